/** Runs Git: words as they are, no shell, output as bytes, stderr apart. */
import { spawn } from "node:child_process";
import { GitError } from "../errors.js";
import {
  hardenedEnvironment,
  hardenedWords,
  remoteEnvironment,
  remoteWords,
  userEnvironment,
} from "./git-environment.js";
import { findGitProgram } from "./repository/git-program.js";

export type GitInput = string | Uint8Array;

export interface GitCall {
  /** Absolute; must exist. */
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
  /** What is still to come is waited for by a Git that has started already; if it never comes, there is none. */
  readonly input?: GitInput | Promise<GitInput>;
  /** Variables that name the commit in progress. */
  readonly alsoKept?: Readonly<Record<string, string>>;
  /** A descriptor that stdout goes to instead of into memory. */
  readonly output?: number;
  /** Told of what Git says on stderr while it works. */
  readonly onStderr?: (text: string) => void;
}

export interface RemoteCall extends GitCall {
  /** Whether somebody is there to be asked for a password. */
  readonly mayAsk: boolean;
  /** Settings by their full name, for this one Git. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface GitOutcome {
  readonly words: readonly string[];
  readonly directory: string;
  /** `null` when a signal ended it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

let spawned = 0;

/** How many Gits this process has started so far. */
export function spawnCount(): number {
  return spawned;
}

/** For everything Colophon asks for itself: nothing of the repository's is executed, nothing is fetched, no lock is taken. */
export function runGit(words: readonly string[], call: GitCall): Promise<GitOutcome> {
  const env = hardenedEnvironment(call.env, call.alsoKept);
  return start([...hardenedWords, ...words], words, { ...call, env });
}

/** For a commit that is the user's own: with their hooks, identity and settings. */
export function runUsersGit(words: readonly string[], call: GitCall): Promise<GitOutcome> {
  return start(words, words, { ...call, env: userEnvironment(call.env) });
}

/** For a remote that the user named: with their transports, keys and credentials, without hooks, and without what else Git does on the way. */
export function runRemoteGit(words: readonly string[], call: RemoteCall): Promise<GitOutcome> {
  const env = remoteEnvironment(call.env, call.mayAsk, call.settings);
  return start([...remoteWords, ...words], words, { ...call, env });
}

function start(
  allWords: readonly string[],
  words: readonly string[],
  { directory, env, input, output, onStderr }: GitCall,
): Promise<GitOutcome> {
  return new Promise((resolve, reject) => {
    spawned += 1;
    const program = findGitProgram(env);
    const child = spawn(program, allWords, {
      cwd: directory,
      env,
      stdio: [input === undefined ? "ignore" : "pipe", output ?? "pipe", "pipe"],
    });
    const end = (bytes?: GitInput) => child.stdin?.end(bytes);
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout?.on("data", (bytes: Buffer) => stdout.push(bytes));
    child.stderr!.on("data", (bytes: Buffer) => {
      stderr.push(bytes);
      onStderr?.(bytes.toString());
    });
    child.on("error", (cause) => reject(notStarted(program, directory, cause)));
    child.on("close", (status, signal) =>
      resolve({
        words,
        directory,
        status,
        signal,
        stdout: stdout.length === 1 ? stdout[0]! : Buffer.concat(stdout),
        stderr: Buffer.concat(stderr).toString(),
      }),
    );
    // A Git that ends before it has read everything says why by its status; the broken pipe adds nothing.
    child.stdin?.on("error", () => {});
    if (input instanceof Promise) input.then(end, () => end());
    else end(input);
  });
}

function notStarted(program: string, directory: string, cause: Error): GitError {
  return new GitError(
    "GIT_NOT_STARTED",
    `${program} could not be started in ${directory}: ${cause.message}`,
    {
      hint: `See whether this works: cd ${directory} && ${program} --version`,
      cause,
    },
  );
}
