/** Where the output goes on to: the stream that the command would have written to without us. */
import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { isatty } from "node:tty";

const { O_NOCTTY, O_RDWR, O_WRONLY } = constants;

/**
 * Whoever shares a stream can set it to non-blocking for all, and `tee` takes that for a broken one. A pipe or terminal that is opened
 * anew cannot be changed from outside. Linux alone opens it anew; sockets cannot be. `null` is nowhere.
 */
export function openOutlet(stream: number | null): number {
  if (stream === null) return openSync("/dev/null", O_WRONLY);
  try {
    if (!fstatSync(stream).isFIFO() && !isatty(stream)) return stream;
    const path = `/proc/self/fd/${stream}`;
    // A pipe that has lost its reader would make a writer wait for one.
    const reader = openSync(path, O_RDWR | O_NOCTTY);
    const outlet = openSync(path, O_WRONLY | O_NOCTTY);
    closeSync(reader);
    return outlet;
  } catch {
    return stream;
  }
}

export function closeOutlet(outlet: number): void {
  if (outlet > 2) closeSync(outlet);
}
