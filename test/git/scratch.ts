/** A throw-away Git repository. Nothing of the machine's own Git settings, nor of a Git around the tests, reaches it. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll } from "@jest/globals";
import * as validators from "../../src/generated/validators.js";
import { type CapturedSource, type CaptureOptions, captureSource } from "../../src/git/capture.js";
import { findGitProgram } from "../../src/git/repository/git-program.js";
import { gitIdentity } from "../git-identity.js";

const places: string[] = [];
afterAll(() => {
  for (const place of places) rmSync(place, { recursive: true, force: true });
});

/** Absolute, without links; removed after the tests of the file. */
export function makeFolder(): string {
  const place = realpathSync(mkdtempSync(join(tmpdir(), "colophon-git-")));
  places.push(place);
  return place;
}

const home = makeFolder();

export const env: NodeJS.ProcessEnv = {
  PATH: process.env.PATH,
  HOME: home,
  ...gitIdentity,
};

export const realGit = findGitProgram(env);
export const isRoot = process.getuid?.() === 0;

export interface Scratch {
  readonly root: string;
  /** Fails the test when Git fails; gives what it printed, without the last newline. */
  readonly git: (...words: string[]) => string;
  /** All that is there. */
  readonly commit: (message: string) => void;
  readonly gitWith: (more: NodeJS.ProcessEnv, ...words: string[]) => string;
  readonly tryGit: (...words: string[]) => { status: number | null; output: string };
  /** Makes the folders it needs; gives the absolute path. */
  readonly write: (path: string, text: string | Buffer, mode?: number) => string;
  readonly remove: (path: string) => void;
  readonly link: (target: string, path: string) => void;
  readonly capture: (directory?: string, options?: Partial<CaptureOptions>) => Promise<CapturedSource>;
}

export function scratchAt(root: string): Scratch {
  const call = (more: NodeJS.ProcessEnv, words: readonly string[]) =>
    spawnSync(realGit, ["-c", "protocol.file.allow=always", ...words], {
      cwd: root,
      env: { ...env, ...more },
      encoding: "utf8",
    });
  const gitWith = (more: NodeJS.ProcessEnv, ...words: string[]) => {
    const { status, stdout, stderr } = call(more, words);
    if (status !== 0) throw new Error(`git ${words.join(" ")} ended with ${status}:\n${stdout}${stderr}`);
    return stdout.replace(/\n$/, "");
  };
  const git = (...words: string[]) => gitWith({}, ...words);
  return {
    root,
    git,
    commit: (message) => {
      git("add", ".");
      git("commit", "--quiet", `--message=${message}`);
    },
    gitWith,
    tryGit: (...words) => {
      const { status, stdout, stderr } = call({}, words);
      return { status, output: stdout + stderr };
    },
    write: (path, text, mode) => {
      const file = join(root, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      if (mode !== undefined) chmodSync(file, mode);
      return file;
    },
    remove: (path) => rmSync(join(root, path), { recursive: true, force: true }),
    link: (target, path) => symlinkSync(target, join(root, path)),
    capture: (directory = ".", options) => captureAt(join(root, directory), options),
  };
}

/** Every capture of every test must be valid. */
export async function captureAt(
  directory: string,
  options: Partial<CaptureOptions> = {},
): Promise<CapturedSource> {
  const captured = await captureSource(directory, { env, ...options });
  if (!validators.source(captured.source)) throw new Error(JSON.stringify(validators.source.errors));
  return captured;
}

/** On `main`, with `a.txt` and `src/b.txt` committed unless `unborn`. */
export function makeScratch({ unborn = false, words = [] as string[] } = {}): Scratch {
  const scratch = scratchAt(join(makeFolder(), "repository"));
  mkdirSync(scratch.root);
  scratch.git("init", "--quiet", "--initial-branch=main", ...words);
  if (!unborn) {
    scratch.write("a.txt", "one\ntwo\nthree\n");
    scratch.write("src/b.txt", "bee\n");
    scratch.commit("Begin");
  }
  return scratch;
}

/** The code and hint of the `GitError` it ends with; a test that expects an error fails when there is none. */
export async function failureOf(
  work: Promise<unknown>,
): Promise<{ name: string; code: string; message: string; hint: string; cause: unknown }> {
  const outcome = await work.then(
    () => undefined,
    (error) => error,
  );
  if (outcome === undefined) throw new Error("nothing failed");
  const { name, code, message, hint, cause } = outcome;
  return { name, code, message, hint, cause };
}

/** A program called `git` that runs these lines of sh; `$REAL` is Git. Gives the environment that finds it first. */
export function wrapGit(lines: string): NodeJS.ProcessEnv {
  const folder = makeFolder();
  writeFileSync(join(folder, "git"), `#!/bin/sh\nREAL='${realGit}'\n${lines}\n`, { mode: 0o755 });
  return { ...env, PATH: [folder, env.PATH].join(delimiter) };
}

/** Every file below, with its bytes; for "nothing changed". Of the folders only the names. */
export function photograph(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: "latin1" }).sort();
  return Object.fromEntries(
    files.map((file) => {
      const path = join(folder, file);
      const stat = lstatSync(path);
      if (stat.isSymbolicLink()) return [file, `-> ${readlinkSync(path)}`];
      if (!stat.isFile()) return [file, "no file"];
      return [file, `${stat.mode} ${stat.mtimeMs} ${readFileSync(path).toString("base64")}`];
    }),
  );
}
