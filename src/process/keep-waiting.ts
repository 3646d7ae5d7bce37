/** From the command's start on, a fault of ours is no reason to leave the command alone. */
import { appendFileSync } from "node:fs";

/** Writes what nobody caught to `crashFile` (mode 0600) and tells `warn` once; the process lives on. */
export function keepWaiting(crashFile: string, warn: (error: unknown) => void): void {
  let warned = false;
  process.on("uncaughtException", (error: unknown) => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    try {
      appendFileSync(crashFile, `${text}\n`, { mode: 0o600 });
    } catch {
      // The disk may be what is at fault; the warning still comes.
    }
    if (warned) return;
    warned = true;
    warn(error);
  });
}
