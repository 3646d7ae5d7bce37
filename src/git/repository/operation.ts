/** What Git is in the middle of, from the files it leaves in its folder, without starting one. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Source } from "../../generated/types.js";

type Operation = NonNullable<Source["operation"]>;

/** The one that must end first comes first: a rebase may have stopped at a cherry-pick, within a bisect. */
const marks: readonly (readonly [string, Operation])[] = [
  ["rebase-merge", "rebase"],
  ["rebase-apply/applying", "am"],
  ["rebase-apply", "rebase"],
  ["MERGE_HEAD", "merge"],
  ["CHERRY_PICK_HEAD", "cherry-pick"],
  ["REVERT_HEAD", "revert"],
  ["BISECT_LOG", "bisect"],
];

/** `gitDirectory`: the work tree's own, not the common one. */
export function findOperation(gitDirectory: string): Operation | null {
  return marks.find(([file]) => existsSync(join(gitDirectory, file)))?.[1] ?? null;
}
