import { describe, expect, test } from "@jest/globals";
import { mergeRedactions } from "../../src/secrets/redactions.js";
import { redactText } from "../../src/secrets/text.js";
import { alnum, draw, samplePem, seededRandom } from "./samples.js";

const random = seededRandom(5);
const githubToken = ["gh", "p_"].join("") + draw(random, 36, alnum);

describe("redactText", () => {
  test.each([
    ["password=hunter2", "password=«redacted:named-password»"],
    ["password: hunter2", "password: «redacted:named-password»"],
    ['{"password": "hun\\"ter2", "lr": 1}', '{"password": "«redacted:named-password»", "lr": 1}'],
    [
      '{\\"api_key\\": \\"a\\\\\\"b1\\", \\"lr\\": 1}',
      '{\\"api_key\\": \\"«redacted:named-key»\\", \\"lr\\": 1}',
    ],
    [
      "Namespace(password='x,y', lr=1, api_key='abc')",
      "Namespace(password='«redacted:named-password»', lr=1, api_key='«redacted:named-key»')",
    ],
    ["password=a,b,lr=3", "password=«redacted:named-password»,lr=3"],
    [
      "(password=abc) and [HF_TOKEN=abc]",
      "(password=«redacted:named-password») and [HF_TOKEN=«redacted:named-token»]",
    ],
    ["api_keys = ['abc', 'def'], lr = 1", "api_keys = [«redacted:named-key»], lr = 1"],
    ['os.environ["API_TOKEN"] = "abc"', 'os.environ["API_TOKEN"] = "«redacted:named-token»"'],
    ["['--api-key', 'abc', '--lr', '1']", "['--api-key', '«redacted:named-key»', '--lr', '1']"],
    ["running x --db-password hunter2 --lr 1", "running x --db-password «redacted:named-password» --lr 1"],
    ["Authorization: Bearer abc.def", "Authorization: «redacted:named-credential»"],
    ["curl -u alice:pw https://example.com", "curl -u «redacted:login» https://example.com"],
    ["postgres://bob:pa@ss@db:5432/x", "postgres://«redacted:url-credentials»@db:5432/x"],
    ["postgres://bob:pa/ss@db:5432/x", "postgres://«redacted:url-credentials»@db:5432/x"],
    ["redis://:pw@cache/0", "redis://«redacted:url-credentials»@cache/0"],
    ["https:\\/\\/bob:pw@example.com\\/x", "https:\\/\\/«redacted:url-credentials»@example.com\\/x"],
    ["GET /x?token=abc&lr=1 200", "GET /x?token=«redacted:named-token»&lr=1 200"],
    ["https://h/b?sv=2026&sig=aB3dEfGh1%3D&sr=b", "https://h/b?sv=2026&sig=«redacted:url-query»&sr=b"],
    ["user=bob&password=a&b=1", "user=bob&password=«redacted:named-password»&b=1"],
    ["password=a&b c", "password=«redacted:named-password» c"],
    ["Server=x;Pwd=abc;Database=y", "Server=x;Pwd=«redacted:named-password»;Database=y"],
    [
      "\x1b[32mpassword\x1b[0m=\x1b[33mabc\x1b[0m lr=1",
      "\x1b[32mpassword\x1b[0m=\x1b[33m«redacted:named-password»\x1b[0m lr=1",
    ],
    ["API key: abcd1234efgh5678", "API key: «redacted:named-key»"],
    ["one\\npassword=abc", "one\\npassword=«redacted:named-password»"],
    [`a\\n${githubToken}\\nb`, "a\\n«redacted:github-pat»\\nb"],
    [`\x1b[32m${githubToken}\x1b[0m`, "\x1b[32m«redacted:github-pat»\x1b[0m"],
    [`HF_TOKEN=${githubToken}`, "HF_TOKEN=«redacted:github-pat»"],
  ])("takes the secret out of %j", (text, expected) => {
    expect(redactText(text).value).toBe(expected);
  });

  test.each([
    "token: the cat, auth: ok",
    "password: ***",
    "password: ${DB_PASSWORD}",
    "API_TOKEN=$CI_JOB_TOKEN",
    "token: <s>",
    "use_auth_token=True",
    "Password for 'https://bob@example.com':",
    "docker run -u 1000:1000 image",
    "python -u train.py:main",
    "see http://127.0.0.1:8080/@scope/x and git@example.com:x",
    "KeyError: 'token'",
    "PWD=/home/bob pwd: /work",
    "mask-rcnn_R_50_FPN_3x_coco_0123456789 task-abcdefghijklmnopqrstuvwxyz",
    "https://bob@example.com/x",
    "password=«redacted:named-password»",
  ])("leaves %j as it is", (text) => {
    expect(redactText(text)).toEqual({ value: text, redactions: {} });
  });

  test("is its own fixed point", () => {
    const once = redactText(`password=a token=${githubToken} https://u:p@h -u a:b`).value;
    expect(redactText(once)).toEqual({ value: once, redactions: {} });
  });

  test("counts what it took, in the order of the rules", () => {
    const { redactions } = redactText(`password=a\n${githubToken}\nx password=b`);
    expect(Object.entries(redactions)).toEqual([
      ["github-pat", 1],
      ["named-password", 2],
    ]);
  });

  test("makes one secret of two that overlap, named by the wider", () => {
    const { value, redactions } = redactText(`https://bob:${githubToken}@example.com`);
    expect(value).toBe("https://«redacted:url-credentials»@example.com");
    expect(redactions).toEqual({ "url-credentials": 1 });
  });

  test.each(["\n", "\r\n", "\r"])("keeps every line and its end %j around a private key", (end) => {
    const text = ["before", ...samplePem(random).split("\n"), "after", "done"].join(end);
    const { value, redactions } = redactText(text);
    const lines = value.split(end);
    expect(lines).toHaveLength(text.split(end).length);
    expect(lines.filter((line) => line !== "")).toEqual([
      "before",
      "«redacted:private-key»",
      "after",
      "done",
    ]);
    expect(redactions).toEqual({ "private-key": 1 });
  });

  test("takes a private key written on one line with escapes, to its footer", () => {
    const text = JSON.stringify({ body: samplePem(random, "PRIVATE KEY"), lr: 1 });
    expect(redactText(text).value).toBe('{"body":"«redacted:private-key»","lr":1}');
  });

  test("takes an armoured OpenPGP key with its headers and checksum", () => {
    const dashes = "-".repeat(5);
    const armour = `${dashes}BEGIN PGP PRIVATE KEY BLOCK${dashes}\nVersion: 1\n\n${draw(random, 64, alnum)}\nabc=\n=aB3d\n${dashes}END PGP PRIVATE KEY BLOCK${dashes}`;
    expect(redactText(`${armour}\nafter`).value.replace(/\n+/g, "\n")).toBe("«redacted:private-key»\nafter");
  });

  test("swallows no prose behind a private key that was cut off", () => {
    const cut = samplePem(random).split("\n").slice(0, 4).join("\n");
    expect(redactText(`${cut}\nepoch 1 loss 0.3\ndone`).value).toBe(
      "«redacted:private-key»\n\n\n\nepoch 1 loss 0.3\ndone",
    );
  });

  test("takes a key whose lines stand behind a log's prefix or in quotes", () => {
    for (const [front, back] of [
      ["[rank0] ", ""],
      ['  "', '\\n",'],
    ]) {
      const text = samplePem(random)
        .split("\n")
        .map((line) => front + line + back)
        .join("\n");
      expect(redactText(text).value).not.toMatch(/[A-Za-z0-9+/]{40}/);
    }
  });
});

describe("mergeRedactions", () => {
  test("adds the counts of equal rules, whatever they are called", () => {
    expect(mergeRedactions({ a: 1 }, {}, { b: 2, a: 3 })).toEqual({ a: 4, b: 2 });
    expect(Object.entries(mergeRedactions(JSON.parse('{"__proto__":1}')))).toEqual([["__proto__", 1]]);
  });
});
