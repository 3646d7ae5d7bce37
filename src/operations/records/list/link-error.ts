import { LifecycleError } from "../../../errors.js";
import { shellWord } from "../../../manifest/shell-word.js";
import type { RunLink } from "../../../store/runs/run-record.js";

/** Links stand in lists with the reason why they are not followed. */
export function linkError({ folder, target }: RunLink): LifecycleError {
  return new LifecycleError("RUN_IS_LINK", `${folder} is a link to ${target}; lists follow none`, {
    hint: `To load it, name it: colophon show ${shellWord(folder)}`,
  });
}
