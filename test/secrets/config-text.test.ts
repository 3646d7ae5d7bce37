import { describe, expect, test } from "@jest/globals";
import { redactConfigText } from "../../src/secrets/config-text.js";
import { samplePem, seededRandom } from "./samples.js";

const cases: Readonly<Record<string, readonly [given: string, recorded: string]>> = {
  "a YAML scalar with blanks and a comment": [
    "password: correct horse # mine\nlr: 1\n",
    "password: «redacted:named-password» # mine\nlr: 1\n",
  ],
  "a YAML list under a name": [
    "api_keys:\n  - abc==\n  - a:b\n  - 'def'\nlayers:\n  - 64\n",
    "api_keys:\n  - «redacted:named-key»\n  - «redacted:named-key»\n  - '«redacted:named-key»'\nlayers:\n  - 64\n",
  ],
  "a YAML block scalar": [
    "a:\n  secret: |-\n    one\n\n    two: x\n  lr: 1\n",
    "a:\n  secret: |-\n    «redacted:named-secret»\n\n    «redacted:named-secret»\n  lr: 1\n",
  ],
  "a quoted YAML scalar with a doubled quote": [
    "password: 'it''s'\nlr: 1\n",
    "password: '«redacted:named-password»'\nlr: 1\n",
  ],
  "a quoted YAML scalar over two lines": [
    'password: "one\n  two"\nlr: 1\n',
    'password: "«redacted:named-password»\n  «redacted:named-password»"\nlr: 1\n',
  ],
  "a YAML map under a name, by the names inside": [
    "credentials:\n  user: bob\n  password: x\n",
    "credentials:\n  user: bob\n  password: «redacted:named-password»\n",
  ],
  "a pair of name and value": [
    "env:\n  - name: API_TOKEN\n    value: abc def\n  - name: LR\n    value: x\n",
    "env:\n  - name: API_TOKEN\n    value: «redacted:named-token»\n  - name: LR\n    value: x\n",
  ],
  "JSON members on their own lines": [
    '{\n  "api_key": "a\\"b",\n  "token": 12,\n  "keys": { "api_key": "x" },\n  "lr": 1\n}\n',
    '{\n  "api_key": "«redacted:named-key»",\n  "token": «redacted:named-token»,\n  "keys": { "api_key": "«redacted:named-key»" },\n  "lr": 1\n}\n',
  ],
  "a JSON list under a name": [
    '"api_keys": [\n  "a",\n  "b"\n],\n"lr": 1\n',
    '"api_keys": [\n  "«redacted:named-key»",\n  "«redacted:named-key»"\n],\n"lr": 1\n',
  ],
  "a JSON value below its name": [
    '"password":\n  "x",\n"lr": 1\n',
    '"password":\n  "«redacted:named-password»",\n"lr": 1\n',
  ],
  "a TOML text over several lines": [
    'token = """\nabc\ndef"""\nlr = 1\n',
    'token = """\n«redacted:named-token»\n«redacted:named-token»"""\nlr = 1\n',
  ],
  "a YAML scalar with an anchor or a tag": [
    "password: &pw hunter2\ntoken: !!str abc\nlr: 1\n",
    "password: «redacted:named-password»\ntoken: «redacted:named-token»\nlr: 1\n",
  ],
  "an .ini file with a value left out": [
    "[db]\npassword =\nuser = bob\n; note\nsecret = a b\n",
    "[db]\npassword =\nuser = bob\n; note\nsecret = «redacted:named-secret»\n",
  ],
  "an .env file with Windows line ends": [
    "export HF_TOKEN=xyz\r\nDB_PASS='a b'\r\nLR=1\r\n",
    "export HF_TOKEN=«redacted:named-token»\r\nDB_PASS='«redacted:named-password»'\r\nLR=1\r\n",
  ],
  "addresses with a login": [
    "url: postgres://u:p@h/d\nmirror: https://h/x?token=abc\n",
    "url: postgres://«redacted:url-credentials»@h/d\nmirror: https://h/x?token=«redacted:named-token»\n",
  ],
};

describe("redactConfigText", () => {
  test.each(Object.entries(cases))("takes the secrets out of %s", (_, [given, recorded]) => {
    expect(redactConfigText(given).value).toBe(recorded);
  });

  test("keeps every line of a file with a private key in it", () => {
    const key = samplePem(seededRandom(9))
      .split("\n")
      .map((line) => `  ${line}`);
    const text = ["deploy_key: |", ...key, "lr: 1", ""].join("\n");
    const { value } = redactConfigText(text);
    expect(value.split("\n")).toHaveLength(text.split("\n").length);
    expect(value).not.toMatch(/[A-Za-z0-9+/]{20}/);
    expect(value.endsWith("\nlr: 1\n")).toBe(true);
  });

  test("copies a file without secrets byte for byte", () => {
    const text =
      "\uFEFF# model\r\ntokenizer: gpt2\n\n\tmax_tokens: 512\r\rpad_token: <pad>\ntoken_dim: 3 # tokens\nauthor: A. N. Other";
    expect(redactConfigText(text)).toEqual({ value: text, redactions: {} });
  });
});
