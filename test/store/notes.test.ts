import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { appendLine } from "../../src/store/runs/notes.js";
import { codeOf, scratchFolder } from "../files/scratch.js";

let folder: string;
const path = "00_run_metadata/notes.jsonl";

beforeEach(() => {
  folder = scratchFolder();
});

const content = () => readFileSync(join(folder, path), "utf8");

const refusal = () => codeOf(() => appendLine(folder, path, "x\n"));

describe("appendLine", () => {
  test("adds at the end, whatever stands there", () => {
    appendLine(folder, path, "one\n");
    appendLine(folder, path, "two\n");
    expect(content()).toBe("one\ntwo\n");
  });

  test("keeps apart from a line that was left without its end", () => {
    appendLine(folder, path, '{"torn": ');
    appendLine(folder, path, "two\n");
    expect(content()).toBe('{"torn": \ntwo\n');
  });

  test.each([0o755, 0o750, 0o700, 0o775])("makes the file as open as its folder, %o", (mode) => {
    mkdirSync(join(folder, "00_run_metadata"));
    chmodSync(join(folder, "00_run_metadata"), mode);
    appendLine(folder, path, "one\n");
    expect(statSync(join(folder, path)).mode & 0o777).toBe(mode & 0o666);
  });

  test("leaves the mode of a file that is there", () => {
    appendLine(folder, path, "one\n");
    chmodSync(join(folder, path), 0o600);
    appendLine(folder, path, "two\n");
    expect(statSync(join(folder, path)).mode & 0o777).toBe(0o600);
  });

  test("writes nothing outside of the folder, through no link", async () => {
    const outside = `${folder}-outside`;
    symlinkSync(outside, join(folder, "00_run_metadata"));
    expect(await refusal()).toBe("PATH_ESCAPES");
    mkdirSync(outside);
    expect(await refusal()).toBe("PATH_ESCAPES");
    rmSync(join(folder, "00_run_metadata"));
    mkdirSync(join(folder, "00_run_metadata"));
    symlinkSync(join(outside, "notes"), join(folder, path));
    expect(await refusal()).toBe("PATH_ESCAPES");
    expect(existsSync(join(outside, "notes"))).toBe(false);
    rmSync(outside, { recursive: true });
  });

  test("says why a line cannot be added", async () => {
    mkdirSync(join(folder, path), { recursive: true });
    expect(await refusal()).toBe("NOTE_NOT_ADDED");
    rmSync(join(folder, "00_run_metadata"), { recursive: true });
    writeFileSync(join(folder, "00_run_metadata"), "");
    expect(await refusal()).toBe("NOTE_NOT_ADDED");
  });

  test("loses and tears no line of processes that add at once", async () => {
    appendLine(folder, path, "first\n");
    const text = "a".repeat(3000);
    const program = `i=0; while [ $i -lt 30 ]; do printf '%s\\n' "$1$2" >> "$3"; i=$((i+1)); done`;
    const others = [1, 2, 3].map((index) => {
      const words = ["-c", program, "sh", String(index), text, join(folder, path)];
      return new Promise((resolve) => spawn("sh", words).on("close", resolve));
    });
    for (let added = 0; added < 30; added += 1) {
      appendLine(folder, path, `0${text}\n`);
      await setTimeout(1);
    }
    await Promise.all(others);
    // An empty line is none: one is put where another's line was seen before all of it was there.
    const lines = content().split("\n").slice(1).filter(Boolean);
    expect(lines).toHaveLength(120);
    expect(lines.every((line) => /^[0-3]a{3000}$/.test(line))).toBe(true);
  });
});
