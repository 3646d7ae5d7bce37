/** For a run that was not begun after all: its ref goes, and with the next collection its objects. */
import type { SnapshotFacts } from "../../generated/types.js";
import { outputOf } from "../failures.js";
import { runGit } from "../run-git.js";

/** `root`: of the work tree. Nothing happens where no commit was made. */
export async function discardSnapshot(
  root: string,
  { ref, commit }: Pick<SnapshotFacts, "ref" | "commit">,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  if (ref === null || commit === null) return;
  outputOf(await runGit(["update-ref", "--no-deref", "-d", ref, commit], { directory: root, env }), env);
}
