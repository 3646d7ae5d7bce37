/** Brings commits of runs from a remote, each by its own id. */
import { GitError } from "../../errors.js";
import { runRemoteGit } from "../run-git.js";
import { type Remote, type RemotePlace, remoteCall } from "./remote.js";
import { unreachable } from "./remote-failures.js";

export interface WantedCommit {
  /** Full id, which is what arrives, whatever the remote does in the meantime. */
  readonly commit: string;
  /** A ref to be made of it; `null` where what arrives is looked at first. */
  readonly ref: string | null;
}

/**
 * `isOurs`: trees of our own making, which Git holds to every rule it has for names and forms. Code has a history, and old
 * histories hold objects that would not pass.
 *
 * @throws GitError when the remote cannot be reached, or objects are refused.
 */
export async function fetchObjects(
  remote: Remote,
  commits: readonly WantedCommit[],
  isOurs: boolean,
  place: RemotePlace,
): Promise<void> {
  if (commits.length === 0) return;
  const options = [
    "--no-tags",
    "--no-prune",
    "--no-prune-tags",
    "--no-write-fetch-head",
    "--no-recurse-submodules",
    // A partial clone leaves out what is needed here.
    "--no-filter",
    "--no-auto-maintenance",
    "--refmap=",
    "--progress",
    "--stdin",
  ];
  const call = remoteCall(remote, place);
  const settings = { ...call.settings, ...(isOurs && { "fetch.fsckObjects": "true" }) };
  const input = commits.map(({ commit, ref }) => `${commit}${ref === null ? "" : `:${ref}`}\n`).join("");
  const outcome = await runRemoteGit(["fetch", ...options, "--", remote.name], { ...call, settings, input });
  if (outcome.status === 0) return;
  const failure = unreachable(remote, "the fetch failed", outcome);
  if (!/fsck error|fsck failed|did not receive expected object/i.test(outcome.stderr)) throw failure;
  throw new GitError("RECORDS_REFUSED", failure.message, {
    hint: "Ask whoever pushed it to push it again.",
    cause: failure,
  });
}
