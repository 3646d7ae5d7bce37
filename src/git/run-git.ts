/** Runs Git: words as they are, no shell, output as bytes, stderr apart. */
import { spawn } from "node:child_process";
import { GitError } from "../errors.js";
import { hardenedEnvironment, hardenedWords, userEnvironment } from "./git-environment.js";
import { findGitProgram } from "./git-program.js";

export interface GitCall {
  /** Absolute; must exist. */
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
  readonly input?: string;
  /** Variables that name the commit in progress. */
  readonly alsoKept?: Readonly<Record<string, string>>;
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

function start(
  allWords: readonly string[],
  words: readonly string[],
  { directory, env, input }: GitCall,
): Promise<GitOutcome> {
  return new Promise((resolve, reject) => {
    spawned += 1;
    const program = findGitProgram(env);
    const child = spawn(program, allWords, {
      cwd: directory,
      env,
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout!.on("data", (bytes: Buffer) => stdout.push(bytes));
    child.stderr!.on("data", (bytes: Buffer) => stderr.push(bytes));
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
    child.stdin?.end(input);
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
