/** Folders, programs and interpreters for the tests of this folder: all real, all temporary. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, test } from "@jest/globals";

const made: string[] = [];

export function makeFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "colophon-environment-")));
  made.push(folder);
  return folder;
}

afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export function writeText(folder: string, path: string, text: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

export function writeProgram(folder: string, path: string, text: string): string {
  const file = writeText(folder, path, text);
  chmodSync(file, 0o755);
  return file;
}

/** The PATH of the machine and nothing else of this process's environment. */
export const plainEnv: NodeJS.ProcessEnv = { PATH: process.env.PATH ?? "/usr/bin:/bin", HOME: tmpdir() };

/** A real Python, not a shim; `undefined` where there is none. */
export const python = findPython();

function findPython(): string | undefined {
  const words = ["-c", "import sys; print(sys.executable)"];
  const { status, stdout } = spawnSync("python3", words, { encoding: "utf8", env: plainEnv });
  return status === 0 && stdout.trim() !== "" ? stdout.trim() : undefined;
}

/** A test that needs Python, or a reported skip. */
export function testWithPython(name: string, body: () => Promise<void> | void): void {
  if (python === undefined) test.skip(`${name} (skipped: no python3 on this machine)`, body);
  else test(name, body);
}

/** An environment without pip, which every Python can make. */
export function makeVenv(folder: string): string {
  const { status, stderr } = spawnSync(python!, ["-m", "venv", "--without-pip", folder], {
    encoding: "utf8",
    env: plainEnv,
  });
  if (status !== 0) throw new Error(`python3 -m venv failed: ${stderr}`);
  return folder;
}

export function askPython(program: string, expression: string): string {
  const words = ["-c", `import sys, platform; sys.stdout.write(${expression})`];
  return spawnSync(program, words, { encoding: "utf8", env: plainEnv }).stdout;
}

/** Ends when the process has ended and been waited for; the test's own limit is the only one. */
export async function untilGone(pid: number): Promise<void> {
  while (isThere(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
