/** Folders that live as long as one test file, and what this machine offers. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, test } from "@jest/globals";

const made: string[] = [];

export function scratchFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "colophon-files-")));
  made.push(folder);
  return folder;
}

afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

export function hasProgram(name: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${name}`]).status === 0;
}

/** `test`, or a skip that says what is missing. */
export function testIf(condition: boolean, missing: string) {
  return (name: string, body: () => void | Promise<void>): void => {
    if (condition) test(name, body);
    else test.skip(`${name} (skipped: ${missing})`, body);
  };
}

export const isRoot = process.getuid?.() === 0;
export const isLinux = process.platform === "linux";

export function makePipe(path: string): void {
  execFileSync("mkfifo", [path]);
}

/** The code of the `FileError` that `action` ends with; anything else is passed on. */
export async function codeOf(action: () => unknown): Promise<string> {
  return (await faultOf(action)).code;
}

export async function faultOf(
  action: () => unknown,
): Promise<{ code: string; message: string; hint: string; cause?: unknown }> {
  try {
    await action();
  } catch (error) {
    if ((error as Error).name === "FileError") return error as never;
    throw error;
  }
  throw new Error("nothing was thrown");
}
