import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { callsOfUs, isOurs } from "../../../src/operations/hooks/hook-change.js";

const shipped = readFileSync(new URL("../../../hooks/pre-commit", import.meta.url), "utf8");

describe("isOurs", () => {
  test("knows the shipped hook and other versions of it by their first and last lines", () => {
    expect(isOurs(shipped, shipped)).toBe(true);
    expect(isOurs(shipped.replace("node=''", "# an older line\nnode=''"), shipped)).toBe(true);
  });

  test.each([
    ["with lines before it", `#!/bin/sh\nnpm test\n${shipped}`],
    ["with lines behind it", `${shipped}npm test\n`],
    ["of somebody else's", "#!/bin/sh\nexit 1\n"],
    ["that is empty", ""],
  ])("does not claim a hook %s", (_what, text) => {
    expect(isOurs(text, shipped)).toBe(false);
  });
});

describe("callsOfUs", () => {
  test.each([
    'sh "$(dirname "$0")/colophon-pre-commit" || exit',
    "colophon validate --staged",
    "  node_modules/.bin/colophon validate --staged || exit 1",
    'node "dist/colophon.cjs" validate --staged',
    "COLOPHON=dist/colophon.cjs sh hooks/pre-commit",
    "      - id: colophon",
    "      run: colophon validate --staged",
  ])("sees that %j has Colophon run", (line) => {
    expect(callsOfUs(`#!/bin/sh\n${line}\n`)).toEqual([line]);
  });

  test.each(["# colophon validate --staged", "echo colophon", "- id: colophonic", ""])(
    "takes %j for none",
    (line) => {
      expect(callsOfUs(line)).toEqual([]);
    },
  );

  test("finds nothing in a file that is not there", () => {
    expect(callsOfUs(undefined)).toEqual([]);
  });
});
