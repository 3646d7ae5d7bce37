/** Keeps SIGUSR1, which job schedulers send for "save your state now", from opening a debugger to everybody on the machine. */
import { fstatSync, readdirSync } from "node:fs";

/** The first statement of the program: without a listener Node answers the signal by listening on port 9229. */
export function guardAgainstInspector(): void {
  process.on("SIGUSR1", () => {});
  if (process.execArgv.some((word) => /^--inspect(-brk|-wait)?(=|$)/.test(word))) return;
  // A signal that came before this line opens the port only when the event loop turns.
  setImmediate(closeInspector);
  setTimeout(closeInspector, 100).unref();
}

/** Loading the inspector takes two milliseconds; it listens only when we hold a socket. */
function closeInspector(): void {
  if (!holdsSocket()) return;
  void import("node:inspector").then(({ close, url }) => {
    if (url() !== undefined) close();
  });
}

function holdsSocket(): boolean {
  try {
    return readdirSync("/dev/fd").some((name) => Number(name) > 2 && isSocket(Number(name)));
  } catch {
    return true;
  }
}

function isSocket(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isSocket();
  } catch {
    return false; // The one that listed the folder is closed again.
  }
}
