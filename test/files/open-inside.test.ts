import { execFileSync, spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { FileError } from "../../src/errors.js";
import { findBytesInside } from "../../src/files/figure-files.js";
import { openInside } from "../../src/files/open-inside.js";
import { hasProgram, scratchFolder, testIf } from "./scratch.js";

function contentAt(root: string, path: string): string {
  const descriptor = openInside(root, path);
  try {
    return readFileSync(descriptor, "utf8");
  } finally {
    closeSync(descriptor);
  }
}

function codeAt(root: string, path: string): string {
  try {
    return contentAt(root, path);
  } catch (error) {
    if (error instanceof FileError) return error.code;
    throw error;
  }
}

describe("openInside (rel-H9, rel-H10)", () => {
  const root = scratchFolder();
  mkdirSync(join(root, "d"));
  writeFileSync(join(root, "d/a.txt"), "inside");
  symlinkSync("d/a.txt", join(root, "link"));
  symlinkSync("d", join(root, "folder"));
  symlinkSync("/etc", join(root, "etc"));

  test("gives a regular file", () => {
    expect(contentAt(root, "d/a.txt")).toBe("inside");
  });

  test.each([
    ["d", "NOT_A_FILE"],
    ["none", "DATA_NOT_FOUND"],
    ["d/a.txt/b", "DATA_NOT_FOUND"],
    ["link", "LINK_IN_PATH"],
    ["folder/a.txt", "LINK_IN_PATH"],
    ["etc/passwd", "LINK_IN_PATH"],
    ["../a", "PATH_ESCAPES"],
    ["d/../../a", "PATH_ESCAPES"],
    ["/etc/passwd", "PATH_ESCAPES"],
    ["d//a.txt", "PATH_ESCAPES"],
    ["d\\a.txt", "PATH_ESCAPES"],
    ["d/a.txt\0", "PATH_ESCAPES"],
    ["", "PATH_ESCAPES"],
  ])("refuses %j with %s", (path, code) => {
    expect(codeAt(root, path)).toBe(code);
  });

  testIf(hasProgram("mkfifo"), "there is no mkfifo here")(
    "does not wait for a pipe, a socket or a device",
    async () => {
      execFileSync("mkfifo", [join(root, "pipe")]);
      const server = createServer().listen(join(root, "socket"));
      await new Promise((resolve) => server.once("listening", resolve));
      expect([codeAt(root, "pipe"), codeAt(root, "socket")]).toEqual(["NOT_A_FILE", "NOT_A_FILE"]);
      expect(() => findBytesInside(root, "pipe")).toThrow(expect.objectContaining({ code: "NOT_A_FILE" }));
      server.close();
    },
  );

  test("never gives what lies outside, while a folder on the way is exchanged for a link all the time", async () => {
    const place = scratchFolder();
    const [inner, outside] = [join(place, "root"), join(place, "outside")];
    for (const folder of [join(inner, "real"), outside]) mkdirSync(folder, { recursive: true });
    writeFileSync(join(inner, "real/a.txt"), "inside");
    writeFileSync(join(outside, "a.txt"), "outside");
    symlinkSync(outside, join(inner, "lure"));
    renameSync(join(inner, "real"), join(inner, "d"));
    const swap = `const { renameSync, writeFileSync } = require("node:fs");
      process.chdir(process.argv[1]);
      let n = 0;
      for (;;) {
        renameSync("d", "real"); renameSync("lure", "d");
        renameSync("d", "lure"); renameSync("real", "d");
        if (n++ === 0) writeFileSync("begun", "");
      }`;
    const child = spawn(process.execPath, ["-e", swap, inner], { stdio: "ignore" });
    try {
      while (!existsSync(join(inner, "begun"))) await new Promise((resolve) => setTimeout(resolve, 5));
      const rounds = process.env.COLOPHON_TEST_LONG === "1" ? 100_000 : 10_000;
      const found = new Map<string, number>();
      for (let n = 0; n < rounds; n += 1) {
        const answer = codeAt(inner, "d/a.txt");
        found.set(answer, (found.get(answer) ?? 0) + 1);
      }
      console.log(`rel-H9: ${rounds} openings while a folder was exchanged: ${JSON.stringify([...found])}`);
      expect(found.get("outside")).toBeUndefined();
      expect([...found.values()].reduce((sum, count) => sum + count, 0)).toBe(rounds);
    } finally {
      child.kill("SIGKILL");
    }
  });

  test("the descriptor is that of the file, whatever its name means later", () => {
    const descriptor = openInside(root, "d/a.txt");
    renameSync(join(root, "d/a.txt"), join(root, "d/b.txt"));
    writeFileSync(join(root, "d/a.txt"), "another");
    const bytes = Buffer.alloc(20);
    expect(bytes.subarray(0, readSync(descriptor, bytes)).toString()).toBe("inside");
    closeSync(descriptor);
  });
});
