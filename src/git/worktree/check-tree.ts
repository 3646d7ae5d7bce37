/** Whether a recorded tree can be checked out at all: its commit is here, the tree is that commit's, and no object of it is missing. */
import type { SnapshotFacts } from "../../generated/types.js";
import { outputOf } from "../failures.js";
import { type GitCall, runGit } from "../run-git.js";

export interface WantedTree {
  readonly commit: string;
  readonly tree: string;
  readonly snapshot: Pick<SnapshotFacts, "commit" | "overlay"> | undefined;
}

export interface TreeFault {
  readonly what: "commit" | "snapshot";
  readonly id: string;
  readonly reason: string;
}

/** Ids must be whole. @throws GitError */
export async function checkTree({ commit, tree, snapshot }: WantedTree, call: GitCall): Promise<TreeFault[]> {
  const holder = snapshot?.commit ?? commit;
  const what = snapshot === undefined ? "commit" : "snapshot";
  const [headTree, holderTree, overlayTree] = await findTrees(
    [commit, holder, snapshot?.overlay ?? holder],
    call,
  );
  if (headTree === undefined) return [fault("commit", commit, "is not in this repository")];
  if (holderTree === undefined || overlayTree === undefined)
    return [fault(what, holder, "is gone: none of its objects are in this repository any more")];
  if (holderTree !== tree) return [fault(what, holder, `has the tree ${holderTree}; recorded is ${tree}`)];
  const missing = await listMissing([...new Set([tree, overlayTree])], call);
  if (missing.length === 0) return [];
  return [fault(what, holder, `lacks ${missing.length} of its objects, such as ${missing[0]}`)];
}

function fault(what: TreeFault["what"], id: string, reason: string): TreeFault {
  return { what, id, reason };
}

async function findTrees(commits: readonly string[], call: GitCall): Promise<(string | undefined)[]> {
  const input = commits.map((commit) => `${commit}^{tree}\n`).join("");
  const outcome = await runGit(["cat-file", "--batch-check"], { ...call, input });
  const lines = outputOf(outcome, call.env).toString().split("\n");
  return commits.map((_, index) => /^([0-9a-f]{40,64}) tree /.exec(lines[index] ?? "")?.[1]);
}

async function listMissing(trees: readonly string[], call: GitCall): Promise<string[]> {
  const words = [
    "rev-list",
    "--objects",
    "--no-object-names",
    "--no-walk=unsorted",
    "--missing=print",
    ...trees,
  ];
  const lines = outputOf(await runGit(words, call), call.env)
    .toString("latin1")
    .split("\n");
  return lines.filter((line) => line.startsWith("?")).map((line) => line.slice(1));
}
