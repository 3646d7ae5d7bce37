/** Files and folders that may be absent: those of the system anywhere, those of a command at any time. Absence is an answer, not an error. */
import { readdirSync, readFileSync, realpathSync } from "node:fs";

export function findText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** Sorted; empty where there is no such folder. */
export function listNames(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** Links resolved, as far as the folder is there: a command may remove the one it was started in. */
export function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}
