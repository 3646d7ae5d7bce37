import { fstatSync, write, writeSync } from "node:fs";
import { isatty } from "node:tty";

/** Where the output goes on to: the stream the command would have written to without us. */
export interface Outlet {
  /** `true` when done at once; otherwise calls `done` later, and `bytes` must stay as they are until then. */
  pass(bytes: Uint8Array, done: () => void): boolean;
}

export const nowhere: Outlet = { pass: () => true };

/**
 * A pipe or terminal may make its writer wait, and a tracker that waits forwards no signal: those are written from another thread.
 * Nothing is changed on the descriptor, which other processes share; if somebody made it non-blocking, we ask again.
 */
export function openOutlet(descriptor: number): Outlet {
  const waits = mayWait(descriptor);
  let open = true;
  const passLater = (bytes: Uint8Array, from: number, done: () => void): void => {
    write(descriptor, bytes, from, bytes.length - from, null, (error, count) => {
      if (error !== null && error.code === "EAGAIN") {
        setTimeout(() => passLater(bytes, from, done), 2);
      } else if (error !== null) {
        open = false;
        done();
      } else if (from + count < bytes.length) passLater(bytes, from + count, done);
      else done();
    });
  };
  return {
    pass: (bytes, done) => {
      if (!open) return true;
      if (waits) {
        passLater(bytes, 0, done);
        return false;
      }
      open = passNow(descriptor, bytes);
      return true;
    },
  };
}

function mayWait(descriptor: number): boolean {
  const stat = fstatSync(descriptor);
  return !stat.isFile() && !(stat.isCharacterDevice() && !isatty(descriptor));
}

/** `false` when nobody takes the output any more; the command hears nothing of it. */
function passNow(descriptor: number, bytes: Uint8Array): boolean {
  let done = 0;
  try {
    while (done < bytes.length) done += writeSync(descriptor, bytes, done, bytes.length - done);
    return true;
  } catch {
    return false;
  }
}
