/** A throw-away Git repository, and the built program in it. Nothing of the machine's own Git settings reaches it. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { gitIdentity } from "../git-identity.js";
import { builtCli } from "./built-cli.js";

export interface Outcome {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Call {
  /** Relative to the repository's root; default the root. */
  readonly directory?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
}

export interface Repository {
  /** Absolute, without links. */
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  /** Fails the test when Git fails; gives what it printed, without the last newline. */
  readonly git: (...words: string[]) => string;
  /** All that is there. */
  readonly commit: (message: string) => void;
  /** Any program, Git's failures included. */
  readonly call: (program: string, words: readonly string[], call?: Call) => Outcome;
  readonly colophon: (words: readonly string[], call?: Call) => Outcome;
  /** Makes the folders it needs; gives the path it was given. */
  readonly write: (path: string, text: string, mode?: number) => string;
  readonly read: (path: string) => string;
  readonly remove: () => void;
}

export const cli = builtCli();

/** What every process of a test sees: the machine's PATH, an identity, a home of its own, and no settings of anybody's. */
export function scrubbedEnv(home: string): NodeJS.ProcessEnv {
  return {
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    HOME: home,
    TMPDIR: tmpdir(),
    LANG: "C.UTF-8",
    ...gitIdentity,
  };
}

/** On branch `main`, with one commit unless `unborn`. */
export function makeRepository({ unborn = false }: { readonly unborn?: boolean } = {}): Repository {
  const place = realpathSync(mkdtempSync(join(tmpdir(), "colophon-journey-")));
  const root = join(place, "repository");
  const home = join(place, "home");
  mkdirSync(root);
  mkdirSync(home);
  const repository = repositoryAt(root, scrubbedEnv(home), () =>
    rmSync(place, { recursive: true, force: true }),
  );
  repository.git("init", "--quiet", "--initial-branch=main");
  if (!unborn) {
    repository.write("README.md", "# A study\n");
    repository.commit("Begin");
  }
  return repository;
}

/** Gives the outcome; the test fails when it is another than expected. */
export function done(outcome: Outcome, status = 0): Outcome {
  if (outcome.status !== status)
    throw new Error(`ended with ${outcome.status}:\n${outcome.stdout}${outcome.stderr}`);
  return outcome;
}

/**
 * Copies the folder, by default beside itself; gives what puts the copy in its place, times included. By `cp`: Node takes
 * twice as long, and cuts times off.
 */
export function keepAsItIs(folder: string, kept = `${folder}.pristine`): () => void {
  const copy = (from: string, to: string) => execFileSync("cp", ["-a", from, to]);
  copy(folder, kept);
  return () => {
    rmSync(folder, { recursive: true, force: true });
    copy(kept, folder);
  };
}

/** The same for a folder that is there already: a linked work tree, a clone. */
export function repositoryAt(
  root: string,
  env: NodeJS.ProcessEnv,
  remove: () => void = () => {},
): Repository {
  const call = (
    program: string,
    words: readonly string[],
    { directory = ".", env: more, input }: Call = {},
  ): Outcome => {
    const { status, signal, stdout, stderr, error } = spawnSync(program, words, {
      cwd: join(root, directory),
      env: { ...env, ...more },
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
      input: input ?? "",
    });
    if (error !== undefined) throw error;
    return { status, signal, stdout, stderr };
  };
  const git = (...words: string[]) => {
    const { status, stdout, stderr } = call("git", words);
    if (status !== 0) throw new Error(`git ${words.join(" ")} ended with ${status}:\n${stdout}${stderr}`);
    return stdout.replace(/\n$/, "");
  };
  return {
    root,
    env,
    call,
    git,
    commit: (message) => {
      git("add", ".");
      git("commit", "--quiet", `--message=${message}`);
    },
    colophon: (words, options) => call(process.execPath, [cli, ...words], options),
    write: (path, text, mode) => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
      if (mode !== undefined) chmodSync(join(root, path), mode);
      return path;
    },
    read: (path) => readFileSync(join(root, path), "utf8"),
    remove,
  };
}
