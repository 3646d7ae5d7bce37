import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { digestBytes } from "../../src/files/digest.js";
import { formatSums, parseSums } from "../../src/files/sums.js";
import { codeOf, faultOf, hasProgram, isLinux, scratchFolder, testIf } from "./scratch.js";

const root = scratchFolder();
const one = "1".repeat(64);
const two = "a".repeat(64);

/** Escaping of carriage returns came with coreutils 9. */
const coreutils = Number(
  /coreutils\) (\d+)/.exec(spawnSync("sha256sum", ["--version"]).stdout?.toString() ?? "")?.[1] ?? 0,
);

describe("formatSums", () => {
  test("writes a line a file, in the order given, and escapes what would break the line", () => {
    const sums = [
      { sha256: two, path: "b" },
      { sha256: one, path: "a\\b\nc\rd" },
    ];
    expect(formatSums(sums)).toBe(`${two}  b\n\\${one}  a\\\\b\\nc\\rd\n`);
    expect(formatSums([])).toBe("");
  });

  testIf(isLinux && coreutils >= 9, "needs coreutils 9")("writes what sha256sum writes and checks", () => {
    const folder = mkdtempSync(join(root, "case-"));
    const names = [
      "plain",
      "with  blanks ",
      "*star",
      "back\\slash",
      "new\nline",
      "return\rhere",
      "ümlaut",
      "#hash",
    ];
    for (const name of names) writeFileSync(join(folder, name), name);
    const text = formatSums(names.map((path) => ({ path, sha256: digestBytes(Buffer.from(path)) })));
    expect(text).toBe(execFileSync("sha256sum", ["--", ...names], { cwd: folder }).toString());
    writeFileSync(join(folder, "SHA256SUMS"), text);
    expect(spawnSync("sha256sum", ["--check", "--strict", "SHA256SUMS"], { cwd: folder }).status).toBe(0);
  });
});

describe("parseSums", () => {
  test("reads back whatever was written", () => {
    const name = fc.string({
      unit: fc.oneof(
        fc.constantFrom("\\", "\n", "\r", " ", "*", "#"),
        fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
      ),
      minLength: 1,
    });
    const digest = fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 64, maxLength: 64 });
    const sums = fc.uniqueArray(fc.record({ sha256: digest, path: name }), { selector: ({ path }) => path });
    fc.assert(
      fc.property(sums, (list) => expect(parseSums(formatSums(list))).toEqual(list)),
      { numRuns: 300 },
    );
  });

  test("reads text and binary lines, capital digits, CRLF, a mark of byte order, comments and a last line without end", () => {
    const text = `\uFEFF# made by hand\r\n${one}  a.txt\r\n\r\n${two.toUpperCase()} *dir/b c.bin\r\n${one}  last`;
    expect(parseSums(text)).toEqual([
      { sha256: one, path: "a.txt" },
      { sha256: two, path: "dir/b c.bin" },
      { sha256: one, path: "last" },
    ]);
    expect(parseSums("")).toEqual([]);
  });

  testIf(hasProgram("sha256sum"), "no sha256sum")("reads what sha256sum writes in both modes", () => {
    const folder = mkdtempSync(join(root, "case-"));
    writeFileSync(join(folder, "data"), "x");
    for (const mode of ["--text", "--binary"]) {
      const text = execFileSync("sha256sum", [mode, "data"], { cwd: folder }).toString();
      expect(parseSums(text)).toEqual([{ sha256: digestBytes(Buffer.from("x")), path: "data" }]);
    }
  });

  test("names the line that is no checksum", async () => {
    const bad = [
      "nonsense",
      `${one} a`,
      `${one.slice(1)}  a`,
      `${one}0  a`,
      `${one}  `,
      one,
      `SHA256 (a) = ${one}`,
      `\\${one}  a\\tb`,
      `\\${one}  a\\`,
    ];
    for (const line of bad) {
      const fault = await faultOf(() => parseSums(`${two}  fine\n\n${line}\n`));
      expect(fault.code).toBe("BAD_SUMS_LINE");
      expect(fault.message).toContain("line 3 ");
    }
  });

  test("accepts a line twice, but not two digests for one name", async () => {
    expect(parseSums(`${one}  a\n${one} *a\n`)).toEqual([{ sha256: one, path: "a" }]);
    expect(await codeOf(() => parseSums(`${one}  a\n${two}  a\n`))).toBe("BAD_SUMS_LINE");
  });
});
