/** Sends refs of runs to a remote, each named in full on both sides. Nothing there is overwritten. */

import { runRemoteGit } from "../run-git.js";
import { type Remote, type RemotePlace, remoteCall } from "./remote.js";
import { unreachable, withoutCredentials } from "./remote-failures.js";

export interface SharedRef {
  readonly ref: string;
  /** Full id of what it points to. */
  readonly commit: string;
}

export interface PushedRef {
  readonly isThere: boolean;
  /** Why it is not. */
  readonly reason: string | null;
}

/** Git holds each name against all refs of both sides, so thousands take their time: in between one sees how far it is. */
const mostAtOnce = 500;

/** By ref. Without force, so whatever came in between is refused by Git itself. @throws GitError when the remote cannot be reached. */
export async function pushRefs(
  remote: Remote,
  refs: readonly SharedRef[],
  place: RemotePlace,
): Promise<ReadonlyMap<string, PushedRef>> {
  const pushed = new Map<string, PushedRef>();
  for (let from = 0; from < refs.length; from += mostAtOnce) {
    const some = refs.slice(from, from + mostAtOnce);
    place.onProgress?.(`${from} of ${refs.length} refs, ${Math.floor((100 * from) / refs.length)}%`);
    const options = ["--porcelain", "--progress", "--no-verify", "--no-follow-tags", "--no-signed"];
    const refspecs = some.map(({ ref, commit }) => `${commit}:${ref}`);
    const words = ["push", ...options, "--recurse-submodules=no", "--", remote.name, ...refspecs];
    const outcome = await runRemoteGit(words, remoteCall(remote, place));
    const told = readReport(outcome.stdout.toString(), remote);
    if (outcome.status !== 0 && told.size === 0)
      throw unreachable(remote, `${from} of ${refs.length} refs were sent, then the push failed`, outcome);
    for (const { ref } of some)
      pushed.set(ref, told.get(ref) ?? { isThere: false, reason: "the remote said nothing of it" });
  }
  return pushed;
}

/** `<flag> TAB <from>:<to> TAB <summary>`; with several addresses a ref stands there once for each, and the worst counts. */
function readReport(report: string, remote: Remote): Map<string, PushedRef> {
  const told = new Map<string, PushedRef>();
  for (const line of report.split("\n")) {
    const [flag, names, summary = ""] = line.split("\t");
    const ref = names?.slice(names.indexOf(":") + 1);
    if (flag === undefined || ref === undefined || told.get(ref)?.isThere === false) continue;
    const isThere = flag === "*" || flag === "=" || flag === " ";
    const reason = isThere ? null : withoutCredentials(summary, remote);
    told.set(ref, { isThere, reason });
  }
  return told;
}
