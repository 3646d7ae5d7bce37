import { describe, expect, test } from "@jest/globals";
import { redactConfigText } from "../../src/secrets/config-text.js";
import { families, findTokens } from "../../src/secrets/families.js";
import { createStreamRedactor } from "../../src/secrets/stream.js";
import { redactText } from "../../src/secrets/text.js";
import { redactUrl } from "../../src/secrets/url.js";
import { redactWords } from "../../src/secrets/words.js";

const size = 100_000;
const dashes = "-".repeat(5);

/** Texts on which an expression that can match in two ways would not end in this lifetime. */
const units: readonly string[] = [
  ..." \t-.,:;=&|<>\"'`()[]{}\\/@#~+*A0e_",
  ...[
    '="',
    '\\"',
    "\\\\",
    "a,",
    "a=",
    "a: ",
    "a=b,",
    ",a ",
    "--a ",
    "-u a:",
    "://",
    "://a:",
    "://a@",
    "a@",
    "?a=b&",
    "%2F",
  ],
  ...[
    "token",
    "token=",
    'password="',
    "password=a,",
    "api key ",
    "Bearer ",
    "Basic ",
    "Authorization: ",
    "\\npassword",
  ],
  ...[
    "eyJ",
    "eyJa.",
    "eyJaaaaaaaa.eyJ",
    "1:AA",
    "1234567890:AA",
    "1Q~",
    "a.b.c",
    "MTAx",
    "MTAxa.",
    "xoxb-",
    "sk-",
    "sk-a ",
  ],
  ...[
    `${dashes}BEGIN PRIVATE KEY${dashes}`,
    `${dashes}BEGIN `,
    `${dashes}END `,
    "\x1b[3",
    "\x1b[32m",
    'password: """',
    "'''",
  ],
  ...families.map(({ needles }) => needles[0]!),
];

const settings: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => `password=${text}!`,
  ...(process.env.COLOPHON_TEST_LONG
    ? [(text: string) => `token ${text}\0`, (text: string) => `https://${text}@h`]
    : []),
];

describe("the rules", () => {
  test(`end on ${units.length * settings.length} hostile texts of ${size} characters, in every reader`, () => {
    for (const unit of units) {
      const text = unit.repeat(size / unit.length);
      for (const hostile of settings.map((place) => place(text))) {
        redactText(hostile);
        redactWords(["--token", hostile, `--x=${hostile}`, hostile]);
        redactUrl(hostile);
        redactConfigText(hostile);
        const stream = createStreamRedactor();
        stream.push(Buffer.from(`${hostile}\n`));
        stream.end();
      }
    }
    expect(units.length).toBeGreaterThan(100);
  });
});

describe("findTokens", () => {
  test("has only families whose pattern captures nothing and whose needles can be sought", () => {
    for (const { rule, pattern, needles } of families) {
      expect(rule).toMatch(/^[a-z0-9-]+$/);
      expect(new RegExp(`${pattern}|`).exec("")).toHaveLength(1);
      for (const needle of needles) expect(needle).toMatch(/^[\x20-\x7e]{3,}$/);
    }
  });

  test("finds nothing in nothing", () => {
    expect(findTokens("")).toEqual([]);
  });
});
