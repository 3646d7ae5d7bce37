import { rmSync } from "node:fs";

/** For clearing up after a failure that matters more than one of the clearing up. */
export function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {}
}
