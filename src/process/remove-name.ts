import { unlinkSync } from "node:fs";

/** Of a file that may be gone. `rmSync` would first load code for whole trees, which takes half a millisecond of every run. */
export function removeName(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
