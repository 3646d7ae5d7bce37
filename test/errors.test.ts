import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { ColophonError, exitStatus, ValidationError } from "../src/errors.js";

const root = new URL("../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const below = (folder: string) =>
  readdirSync(new URL(folder, root), { recursive: true, encoding: "utf8" })
    .map((file) => `${folder}${file.replaceAll("\\", "/")}`)
    .filter((file) => /\.(ts|json)$/.test(file) && !file.includes("/generated/"));

const documentation = read("spec/README.md");
const documented = [...documentation.matchAll(/^\| `([A-Z][A-Z0-9_]+)` \|/gm)].map(
  ([, code]) => code as string,
);

/** Where a code is given: to an error's constructor, as a `code` member, or to a function that makes a finding. */
const givings = [
  /new \w*Error\(\s*"([A-Z][A-Z0-9_]{2,})"/g,
  /\bcode: "([A-Z][A-Z0-9_]{2,})"/g,
  /\b(?:error|check|explain|documentFinding|unreadable|refused|failed|fault|stop|bad|fileError)\(\s*(?:error, base, )?"([A-Z][A-Z0-9_]{2,})"/g,
  /\breturn "([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)";/g,
];
const given = new Map<string, string>();
for (const file of below("src/")) {
  const text = read(file);
  for (const giving of givings) for (const [, code] of text.matchAll(giving)) given.set(code as string, file);
}
const errnos = /^(E[A-Z0-9]+|UNKNOWN)$/;
const codes = [...given.keys()].filter((code) => !errnos.test(code) || documented.includes(code)).sort();

describe("the codes of errors and findings", () => {
  test("are found in the sources at all", () => {
    expect(codes.length).toBeGreaterThan(60);
  });

  test("every one that is given stands in spec/README.md", () => {
    expect(
      codes.filter((code) => !documented.includes(code)).map((code) => `${code} (${given.get(code)})`),
    ).toEqual([]);
  });

  test("every one that stands in spec/README.md is given, once in the table", () => {
    const sources = below("src/").map(read).join("\n");
    expect(documented.filter((code) => !sources.includes(`"${code}"`))).toEqual([]);
    expect(documented).toEqual([...new Set(documented)]);
  });

  test("every one is exercised by a test or an example", () => {
    const tests = [...below("test/"), "spec/examples/index.json"]
      .filter((file) => file !== "test/errors.test.ts")
      .map(read)
      .join("\n");
    expect(documented.filter((code) => !new RegExp(`\\b${code}\\b`).test(tests))).toEqual([]);
  });
});

describe("ColophonError", () => {
  test("carries code, hint, cause and exit status", () => {
    const cause = new Error("inner");
    const error = new ColophonError("NOT_JSON", "cannot", { hint: "Do.", cause });
    expect(error).toMatchObject({ code: "NOT_JSON", hint: "Do.", cause, exitStatus: exitStatus.couldNotRun });
    expect(new ValidationError("x", []).exitStatus).toBe(exitStatus.findings);
  });
});
