/** One line on a terminal's stderr while a large input is read. Nothing in a pipe, nothing in the first second. */
import { errPaint, printable } from "./paint.js";
import type { Streams } from "./streams.js";

export interface Progress {
  readonly path: string;
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface ProgressLine {
  readonly show: (progress: Progress) => void;
  readonly clear: () => void;
}

export function progressLine(streams: Streams): ProgressLine {
  const { glyphs } = errPaint(streams);
  const begun = process.uptime();
  let last = 0;
  let shown = false;
  let announced = false;
  return {
    show: ({ path, doneBytes, totalBytes }) => {
      // The global `performance` would cost a millisecond to load.
      const now = process.uptime();
      if (now - begun < 1 || now - last < 0.1) return;
      last = now;
      if (!streams.errIsTerminal) {
        // A log gets one line, so that a long silence has a reason.
        if (!announced)
          streams.err(`${glyphs.rule} reading   ${printable(path)}  ${formatBytes(totalBytes)}\n`);
        announced = true;
        return;
      }
      const percent = totalBytes > 0 ? Math.floor((100 * doneBytes) / totalBytes) : 100;
      streams.err(
        `\r\u001b[2K${glyphs.rule} reading   ${printable(path)}  ${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}  ${percent} %`,
      );
      shown = true;
    },
    clear: () => {
      if (shown) streams.err("\r\u001b[2K");
      shown = false;
    },
  };
}

export function formatBytes(bytes: number): string {
  for (const [unit, size] of [
    ["GB", 1e9],
    ["MB", 1e6],
    ["kB", 1e3],
  ] as const) {
    if (bytes >= size) return `${(bytes / size).toFixed(bytes >= 100 * size ? 0 : 1)} ${unit}`;
  }
  return `${bytes} B`;
}
