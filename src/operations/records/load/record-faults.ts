/** Why there is no run to load where one was looked for. */
import { LifecycleError } from "../../../errors.js";
import { shellWord } from "../../../manifest/shell-word.js";
import type { RecordPlace } from "../../../store/runs/run-record.js";
import { historyHint } from "./restore.js";

/** `inRepository`: whether the folder lies in a repository, whose history may have the rest. */
export function noRecordThere(
  { state, folder, reason }: RecordPlace,
  path: string,
  inRepository = true,
): LifecycleError {
  switch (state) {
    case "leftovers":
      return new LifecycleError(
        "RUN_ON_ANOTHER_BRANCH",
        `${folder} holds only what Git leaves out; its record is on another branch`,
        { hint: historyHint(folder, ".", inRepository) },
      );
    case "half":
      return new LifecycleError(
        "RUN_HALF_HERE",
        `${folder} holds a part of a run, without run_manifest.json: the rest is on another branch, or it never began`,
        { hint: historyHint(folder, ".", inRepository) },
      );
    case "other-file":
      return new LifecycleError(
        "WRONG_FILE_NAME",
        `${path} is not named run_manifest.json; a run is loaded from its folder or from that file`,
        { hint: `Name the folder: ${shellWord(folder)}` },
      );
    case "no-run":
      return new LifecycleError("NOT_A_RUN", `${folder} has no run_manifest.json`, {
        hint: "Name the folder of a run; this lists them: colophon ls",
      });
    case "loop":
      return new LifecycleError("SYMLINK_LOOP", `${path} is a link that leads to itself`, {
        hint: "Name the folder that was meant.",
      });
    case "unreadable":
      return new LifecycleError("RECORD_UNREADABLE", `${path} cannot be read: ${reason}`, {
        hint: "Check its permissions.",
      });
    default:
      return new LifecycleError("RUN_NOT_FOUND", `there is nothing at ${path}`, {
        hint: "Check the path; this lists the runs of a project: colophon ls",
      });
  }
}
