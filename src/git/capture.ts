/** The state of the repository that a run starts from: what the manifest says of it, and everything else worth knowing. */
import { existsSync, realpathSync } from "node:fs";
import { join, relative } from "node:path";
import { GitError } from "../errors.js";
import type { Source } from "../generated/types.js";
import { explainFailure, outputOf, unbornHead } from "./failures.js";
import { findCi } from "./repository/ci.js";
import { findRepositoryHint } from "./repository/find-repository.js";
import { findGitProgram } from "./repository/git-program.js";
import { findOperation } from "./repository/operation.js";
import { captureSetup, type Setup } from "./repository/setup.js";
import { captureSurroundings, type Surroundings } from "./repository/surroundings.js";
import { type GitCall, type GitOutcome, runGit } from "./run-git.js";
import { recordChanges } from "./status/changes.js";
import { listFilters } from "./status/filters.js";
import { recordHiddenBits, recordSubmodules } from "./status/index-facts.js";
import { parseStatus, type Status } from "./status/status.js";

export interface CaptureOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Names the folder for what is remembered between captures; used only when it is there. */
  readonly cache?: (root: string) => string;
  /** Names the folder of the records, relative to the repository's root with `/`; `undefined` when it lies outside, or there is none. */
  readonly recordsIn?: (root: string) => string | undefined;
}

export interface CapturedSource {
  /** Absolute, without links. */
  readonly root: string;
  /** The work tree's own, and the one that linked work trees share. */
  readonly gitDirectory: string;
  readonly commonDirectory: string;
  /** `branch` is "HEAD" when detached. */
  readonly git: { readonly sha: string; readonly branch: string; readonly dirty: boolean };
  /** The folder of the records, relative to the root with `/`: what Colophon wrote there is no code. `undefined` when it lies outside. */
  readonly records: string | undefined;
  readonly source: Source;
}

/**
 * Reads, and changes nothing: neither index nor refs nor configuration. Throws a `GitError` when there is no commit to start from.
 *
 * When nothing changed since the last capture but files of the work tree, `git status` is the only Git that is started; it runs from
 * the first moment, and everything else is read beside it.
 */
export async function captureSource(directory: string, options: CaptureOptions): Promise<CapturedSource> {
  const call: GitCall = { directory: resolveDirectory(directory), env: options.env };
  const hint = findRepositoryHint(call.directory);
  findGitProgram(options.env);
  // Before the status starts: a folder that the caller makes just now must not show up in it half made.
  const cache = hint && options.cache?.(hint);
  const statusOutcome = runStatus(call);
  if (hint === undefined) throw await whyNoRepository(statusOutcome, call);

  const [outcome, setup, surroundings] = await Promise.all([
    statusOutcome,
    captureSetup(call, hint, cache),
    captureSurroundings(call, hint),
  ]);
  setup.assertVersion();
  const status = parseStatus(outputOf(await withoutRenamesIfBlobsAreMissing(outcome, call), call.env));
  if (status.sha === null) throw unbornHead(status.branch, hint);
  return describe(
    status.sha,
    status,
    await setup.complete(status.sha, options.recordsIn ?? (() => undefined)),
    surroundings,
    call,
  );
}

function describe(
  sha: string,
  status: Status,
  setup: Setup,
  surroundings: Surroundings,
  { directory, env }: GitCall,
): CapturedSource {
  const { root, records } = setup;
  const changes = recordChanges(status.entries, setup);
  const hiddenBits = recordHiddenBits(root, setup.index);
  return {
    root,
    gitDirectory: setup.gitDirectory,
    commonDirectory: setup.commonDirectory,
    git: { sha, branch: status.branch ?? "HEAD", dirty: changes.isDirty },
    records,
    source: {
      source_version: 1,
      object_format: setup.objectFormat,
      git_version: setup.version,
      head: { sha, tree: setup.tree, branch: status.branch, detached: status.branch === null },
      code_tree: setup.codeTree,
      upstream: status.upstream,
      operation: findOperation(setup.gitDirectory),
      shallow: setup.shallow,
      sparse: setup.sparse,
      worktree: { linked: setup.gitDirectory !== setup.commonDirectory },
      superproject: surroundings.superproject,
      cwd: relative(root, directory) || ".",
      cwd_ignored: surroundings.directoryIgnored,
      remotes: setup.remotes,
      redactions: setup.redactions,
      counts: {
        ...changes.counts,
        hidden: setup.index.assumeUnchanged.count + setup.index.skipWorktree.count,
      },
      changes: changes.listed,
      changes_omitted: changes.omitted,
      hidden_bits: hiddenBits,
      ...recordSubmodules(root, setup.index),
      nested_repositories: changes.nestedRepositories,
      own_records: changes.ownRecords,
      jj: existsSync(join(root, ".jj")),
      filters: listFilters(root, setup.commonDirectory, setup.filterPrograms),
      ci: findCi(env),
    },
  };
}

/** Git names real paths, so the current folder must be one to be relative to them. */
function resolveDirectory(directory: string): string {
  try {
    return realpathSync(directory);
  } catch (cause) {
    throw new GitError("NO_SUCH_DIRECTORY", `the current folder is not there any more: ${directory}`, {
      hint: "Go to a folder that exists, such as the repository's root, and start again.",
      cause,
    });
  }
}

/**
 * Everything that users can set is pinned, so that a status means the same everywhere. Nothing of a repository that was cloned is
 * executed: no hook, alias, pager, monitor, text conversion or fetch. What is not prevented: the clean filter of a file that may have
 * changed is run when the configuration of this machine or of this very `.git` names a program for it (Git LFS needs it to compare at
 * all); a clone never brings such a configuration along.
 */
function runStatus(call: GitCall, renames = "--find-renames"): Promise<GitOutcome> {
  const words = [
    "status",
    "--porcelain=v2",
    "--branch",
    "-z",
    "--untracked-files=all",
    "--ignore-submodules=none",
  ];
  return runGit([...words, "--ahead-behind", "--no-show-stash", renames], call);
}

/** In a partial clone, comparing contents to find renames can need blobs that are not there; the status itself does not. */
async function withoutRenamesIfBlobsAreMissing(outcome: GitOutcome, call: GitCall): Promise<GitOutcome> {
  const isPartial = outcome.status !== 0 && /promisor remote|lazy fetching disabled/.test(outcome.stderr);
  return isPartial ? runStatus(call, "--no-renames") : outcome;
}

/** No `.git` anywhere above: the folder is in no repository, or in a bare one. */
async function whyNoRepository(outcome: Promise<GitOutcome>, { env }: GitCall): Promise<GitError> {
  return explainFailure(await outcome, env);
}
