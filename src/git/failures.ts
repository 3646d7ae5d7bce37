/** What Git says on stderr when it gives up, as errors of ours with a way out. Git speaks English here: LC_ALL=C is pinned. */
import { relative } from "node:path";
import { GitError } from "../errors.js";
import { findRepositoryHint } from "./repository/find-repository.js";
import type { GitOutcome } from "./run-git.js";

export const oldestGit = "2.34";

interface Failure {
  readonly pattern: RegExp;
  readonly explain: (outcome: GitOutcome, env: NodeJS.ProcessEnv) => GitError;
}

const failures: readonly Failure[] = [
  { pattern: /dubious ownership|unsafe repository \(/, explain: dubiousOwnership },
  { pattern: /cannot use bare repository|must be run in a work tree/, explain: noWorkTree },
  { pattern: /not a git repository \(or any/, explain: notARepository },
  { pattern: /unknown repository extension|Expected git repo version/, explain: repositoryTooNew },
  { pattern: /clean filter '.*' failed/, explain: filterFailed },
];

/** The bytes Git printed, or the error that its failure means. */
export function outputOf(outcome: GitOutcome, env: NodeJS.ProcessEnv): Buffer {
  if (outcome.status === 0) return outcome.stdout;
  throw explainFailure(outcome, env);
}

export function explainFailure(outcome: GitOutcome, env: NodeJS.ProcessEnv): GitError {
  const failure = failures.find(({ pattern }) => pattern.test(outcome.stderr));
  return (failure?.explain ?? unreadable)(outcome, env);
}

export function assertGitVersion(version: string): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldestGit.split(".").map(Number);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new GitError("GIT_TOO_OLD", `Git is version ${version}; expected ${oldestGit} or newer`, {
    hint: `Install Git ${oldestGit} or newer and put its folder first in PATH.`,
  });
}

export function unbornHead(branch: string | null, root: string): GitError {
  const place = branch === null ? root : `branch ${branch} of ${root}`;
  return new GitError("GIT_UNBORN", `${place} has no commit yet; expected one for the run to start from`, {
    hint: "Make the first commit: git add . && git commit -m Begin",
  });
}

function dubiousOwnership(outcome: GitOutcome): GitError {
  const line = /^\s+(git config --global --add safe\.directory .+)$/m.exec(outcome.stderr)?.[1];
  const root = findRepositoryHint(outcome.directory) ?? outcome.directory;
  return failed(
    "GIT_DUBIOUS_OWNERSHIP",
    outcome,
    `${root} belongs to another user, so Git refuses to read it`,
    ["If you trust it, type:", line ?? `git config --global --add safe.directory ${quote(root)}`],
  );
}

function noWorkTree(outcome: GitOutcome): GitError {
  const { directory } = outcome;
  const inside = directory.split("/").lastIndexOf(".git");
  if (inside < 0) {
    return failed("GIT_BARE", outcome, `${directory} lies in a bare repository, which has no files to run`, [
      "Make a work tree and run there:",
      "git worktree add ../work",
    ]);
  }
  const root = directory.split("/").slice(0, inside).join("/") || "/";
  return failed(
    "GIT_NO_WORK_TREE",
    outcome,
    `${directory} lies in Git's own folder, not among the project's files`,
    ["Go to the project:", `cd ${quote(root)}`],
  );
}

/** Git says the same when there is no `.git` and when there is one that it does not take for a repository. */
function notARepository(outcome: GitOutcome, env: NodeJS.ProcessEnv): GitError {
  const { directory } = outcome;
  const hint = findRepositoryHint(directory);
  if (
    hint !== undefined &&
    !isBeyondCeiling(directory, hint, env) &&
    !/filesystem boundary/.test(outcome.stderr)
  ) {
    return failed("GIT_UNREADABLE", outcome, `${hint} has a .git that Git does not take for a repository`, [
      "Mend it, or begin anew:",
      `git init ${quote(hint)}`,
    ]);
  }
  return failed("NOT_A_REPOSITORY", outcome, `${directory} is not in a Git repository`, [
    "Make one:",
    "git init && git add . && git commit -m Begin",
  ]);
}

/** Git looks at the folder it starts in, but not at a ceiling above it, nor beyond. */
function isBeyondCeiling(directory: string, hint: string, env: NodeJS.ProcessEnv): boolean {
  const ceilings = (env.GIT_CEILING_DIRECTORIES ?? "")
    .split(":")
    .filter((ceiling) => ceiling.startsWith("/"));
  return ceilings.some(
    (ceiling) => directory !== ceiling && isWithin(directory, ceiling) && isWithin(ceiling, hint),
  );
}

function isWithin(path: string, folder: string): boolean {
  return !relative(folder, path).startsWith("..");
}

function repositoryTooNew(outcome: GitOutcome): GitError {
  return failed("GIT_TOO_OLD", outcome, "the repository uses a format that this Git does not know", [
    "Install a newer Git and put its folder first in PATH.",
  ]);
}

function filterFailed(outcome: GitOutcome): GitError {
  const name = /clean filter '(.*)' failed/.exec(outcome.stderr)?.[1] ?? "";
  return failed(
    "GIT_FILTER_FAILED",
    outcome,
    `the content filter "${name}" that the repository requires does not work`,
    [
      "Install its program, or see what is configured:",
      `git config --get-regexp ${quote(`^filter\\.${name}\\.`)}`,
    ],
  );
}

function unreadable(outcome: GitOutcome): GitError {
  return failed("GIT_UNREADABLE", outcome, `Git cannot read the repository at ${outcome.directory}`, [
    "See what is wrong:",
    `cd ${quote(outcome.directory)} && git status && git fsck`,
  ]);
}

/** Git's own words stand in the message, since they name the file at fault, and whole in the cause. */
function failed(code: string, outcome: GitOutcome, what: string, hint: readonly string[]): GitError {
  const said = outcome.stderr.split("\n").find((line) => /^(fatal|error): /.test(line));
  const ended =
    outcome.signal === null ? `ended with status ${outcome.status}` : `was ended by ${outcome.signal}`;
  return new GitError(code, `${what} (${said ?? `git ${outcome.words[0]} ${ended}`})`, {
    hint: hint.join(" "),
    cause: new Error(`git ${outcome.words.join(" ")} ${ended}:\n${outcome.stderr}`),
  });
}

function quote(word: string): string {
  return /^[\w/.,:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
