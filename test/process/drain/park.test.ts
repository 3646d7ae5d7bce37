import { spawnSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { openPark, type Park } from "../../../src/process/drain/park.js";

let folder: string;
let descriptor: number;
let park: Park;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "colophon-park-"));
  spawnSync("mkfifo", [join(folder, "park")]);
  descriptor = openSync(join(folder, "park"), constants.O_RDWR | constants.O_NONBLOCK);
  park = openPark(descriptor);
});

afterEach(() => {
  closeSync(descriptor);
  rmSync(folder, { recursive: true });
});

function content(): string {
  const bytes = Buffer.alloc(1 << 17);
  try {
    return bytes.toString("latin1", 0, readSync(descriptor, bytes));
  } catch {
    return "";
  }
}

describe("a park", () => {
  test("holds what was read at one size of the log, piece by piece", () => {
    park.add(7, Buffer.from("one "));
    park.add(7, Buffer.from("two\nlines"));
    park.settle();
    expect(content()).toBe("7 4\none 7 9\ntwo\nlines");
  });

  test("holds both sizes while the log is being written, then only the new one", () => {
    park.add(0, Buffer.from("ab\nc"));
    park.add(3, Buffer.from("c"));
    park.settle();
    expect(content()).toBe("3 1\nc");
  });

  test("is empty when nothing is held back", () => {
    park.add(0, Buffer.from("ab\n"));
    park.add(3, new Uint8Array());
    park.settle();
    expect(content()).toBe("");
  });

  test("never waits, and holds no half frame, when more is held back than it has room for", () => {
    for (let piece = 0; piece < 10; piece += 1) park.add(0, Buffer.alloc(10_000, "x"));
    const frames = content().split("0 10000\n").slice(1);
    expect(frames.length).toBeGreaterThan(0);
    expect(frames.every((frame) => frame === "x".repeat(10_000))).toBe(true);
  });
});
