/** Whether the code of a run is still there: its commit, what keeps it, and the snapshot of edits that were not committed. */
import { isObject } from "../../manifest/validate.js";
import { type CodeAnswer, commitOf, extensionOf } from "./ask-code.js";
import type { ReadRecord } from "./record.js";
import { type CheckResult, resultsOf } from "./result.js";

const commits = resultsOf("commit");
const snapshots = resultsOf("snapshot");

export function checkCommit(record: ReadRecord, answer: CodeAnswer): CheckResult[] {
  const sha = commitOf(record);
  const { ok, differs, missing, unknown } = commits;
  if (sha === null || answer.commit === null)
    return [unknown("commit", { reason: "no commit is on record" })];
  if ("unanswered" in answer.commit)
    return [unknown("commit", { expected: sha, reason: answer.commit.unanswered })];
  const { there, tree } = answer.commit;
  if (!there && answer.cut !== null)
    return [unknown("commit", { expected: sha, reason: cutWords[answer.cut] })];
  if (!there) return [missing("commit", { expected: sha, reason: "is not in this repository" })];
  const recorded = recordedTree(record);
  const isRight = recorded === null || tree === null || recorded === tree;
  return [
    isRight
      ? ok("commit", { expected: sha, found: sha })
      : differs("tree", { expected: recorded, found: tree, reason: "the commit has another tree" }),
    checkKept(answer),
    checkPushed(answer),
  ];
}

const cutWords = {
  shallow: "is not here: the clone is shallow",
  partial: "is not here: the clone fetches objects when they are needed",
};

function recordedTree(record: ReadRecord): string | null {
  const head = extensionOf(record, "source")?.head;
  return isObject(head) && typeof head.tree === "string" ? head.tree : null;
}

/** A commit that nothing keeps is there until Git collects garbage. */
function checkKept({ commit, cut }: CodeAnswer): CheckResult {
  const { ok, differs, unknown } = commits;
  if (commit === null || "unanswered" in commit) return ok("reachable", { severity: "notice" });
  const { keptBy, ref, remote } = commit;
  if (keptBy === "branch") return ok("reachable", { found: ref ?? "a branch or tag" });
  if (keptBy === "remote") return ok("reachable", { found: remote ?? "a remote-tracking branch" });
  if (cut === "shallow")
    return unknown("reachable", {
      severity: "notice",
      reason: "which branch has it is cut off: the clone is shallow",
    });
  if (keptBy === "unknown")
    return unknown("reachable", {
      severity: "notice",
      reason: "which branch has it cannot be told: the history has a hole",
    });
  if (keptBy === "other-ref")
    return differs("reachable", {
      severity: "notice",
      found: "another ref",
      reason: "no branch or tag has it; HEAD, a stash or a snapshot keeps it",
    });
  return differs("reachable", {
    severity: "notice",
    found: "its id only",
    reason: "no branch or tag has it: Git may collect it as garbage",
  });
}

/** Information, whatever it says. */
function checkPushed({ commit, cut, hasRemotes }: CodeAnswer): CheckResult {
  const { ok, unknown } = commits;
  if (commit === null || "unanswered" in commit) return ok("pushed", { severity: "notice" });
  if (commit.pushed)
    return ok("pushed", { severity: "notice", found: commit.remote ?? "a remote-tracking branch" });
  if (cut === "shallow")
    return unknown("pushed", {
      severity: "notice",
      reason: "whether it was pushed is cut off: the clone is shallow",
    });
  if (commit.pushed === null)
    return unknown("pushed", {
      severity: "notice",
      reason: "whether it was pushed cannot be told: the history has a hole",
    });
  const reason = hasRemotes ? "not pushed" : "there is no remote to push to";
  return ok("pushed", { severity: "notice", found: hasRemotes ? "not pushed" : "no remote", reason });
}

/** `isHome`: whether the run's own untracked files are here, as where it was made. */
export function checkSnapshot(record: ReadRecord, answer: CodeAnswer, isHome: boolean): CheckResult[] {
  const { ok, unknown } = snapshots;
  const snapshot = extensionOf(record, "snapshot");
  const git = record.manifest?.git;
  if (snapshot?.state === "stored") return [...checkStored(snapshot, answer, isHome), ...leftOut(snapshot)];
  if (snapshot?.state === "incomplete") {
    const { reason } = snapshot;
    const why = isObject(reason) && typeof reason.message === "string" ? `: ${reason.message}` : "";
    return [unknown("snapshot", { reason: `none could be made${why}` })];
  }
  if (snapshot?.state === "clean" || (isObject(git) && git.dirty === false))
    return [ok("snapshot", { reason: "the tree was clean: the commit is the code" })];
  if (isObject(git) && git.dirty === true)
    return [unknown("snapshot", { reason: "edits are listed, not kept" })];
  return [unknown("snapshot", { reason: "nothing is on record" })];
}

function checkStored(
  recorded: Readonly<Record<string, unknown>>,
  { snapshot, cut }: CodeAnswer,
  isHome: boolean,
): CheckResult[] {
  const { ok, differs, missing, unreadable, unknown, notHere } = snapshots;
  const [commit, tree, ref] = [recorded.commit, recorded.tree, recorded.ref].map((value) =>
    typeof value === "string" ? value : null,
  ) as [string | null, string | null, string | null];
  if (snapshot === null || commit === null)
    return [unknown("snapshot", { reason: "its commit is not on record" })];
  if ("unanswered" in snapshot)
    return [unknown("snapshot", { expected: commit, reason: snapshot.unanswered })];
  const { refCommit, there } = snapshot;
  if (refCommit === null && !there) {
    const said = { expected: commit, path: null };
    if (isHome)
      return [
        missing("snapshot", { ...said, reason: "neither its ref nor its commit is in this repository" }),
      ];
    return [notHere("snapshot", { ...said, reason: "it stays in the repository where the run was made" })];
  }
  const kept =
    refCommit === commit
      ? ok("ref", { expected: commit, found: refCommit })
      : refCommit === null
        ? missing("ref", {
            expected: commit,
            reason: `${ref ?? "its ref"} is gone: nothing keeps the commit`,
          })
        : differs("ref", { expected: commit, found: refCommit, reason: `${ref} points to another commit` });
  if (!there) return [kept, missing("commit", { expected: commit, reason: "is not in this repository" })];
  const sameTree =
    snapshot.tree === tree
      ? ok("tree", { expected: tree, found: tree })
      : differs("tree", { expected: tree, found: snapshot.tree, reason: "the commit has another tree" });
  if (snapshot.missing === null)
    return [kept, sameTree, unreadable("objects", { reason: "they cannot be listed: git fsck says more" })];
  const [first] = snapshot.missing;
  if (first === undefined) return [kept, sameTree, ok("objects", { found: "complete" })];
  const found = `${snapshot.missing.length} missing`;
  const said = { found, reason: `${snapshot.missing.length} of its objects are not here, such as ${first}` };
  return [kept, sameTree, cut === "partial" ? unknown("objects", said) : missing("objects", said)];
}

/** What the snapshot never held was said when the run began. */
function leftOut({
  left_out,
  left_out_omitted,
  nested_repositories,
}: Readonly<Record<string, unknown>>): CheckResult[] {
  const count =
    (Array.isArray(left_out) ? left_out.length : 0) +
    (typeof left_out_omitted === "number" ? left_out_omitted : 0);
  const nested = Array.isArray(nested_repositories) ? nested_repositories.length : 0;
  const said = [
    ...(count > 0 ? [`${count} ${count === 1 ? "file was" : "files were"} left out of it`] : []),
    ...(nested > 0 ? [`${nested} ${nested === 1 ? "repository" : "repositories"} inside the work tree`] : []),
  ];
  return said.map((reason) => snapshots.ok("left out", { severity: "notice", reason }));
}
