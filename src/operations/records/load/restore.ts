/** What to do about files of a record that are gone or damaged: lines to type where there is a history to take them from. */
import { shellWord } from "../../../manifest/shell-word.js";

/** `paths` relative to the run folder. */
export function restoreHint(folder: string, paths: readonly string[], inRepository: boolean): string {
  const words = paths.map(shellWord).join(" ");
  return inRepository
    ? `If it was committed, take it from history: git -C ${shellWord(folder)} checkout HEAD -- ${words}`
    : `Copy it from where the run was made: ${words}`;
}

/** `path` relative to the folder, which is that of a run. */
export function historyHint(folder: string, path: string, inRepository: boolean): string {
  return inRepository
    ? `See which commits have it: git -C ${shellWord(folder)} log --all --oneline -- ${shellWord(path)}`
    : "Copy the rest of the run from where it was made.";
}
