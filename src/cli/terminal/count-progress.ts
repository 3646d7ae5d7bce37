/** One line on a terminal's stderr while many things are gone through. Nothing in a pipe, nothing in the first second. */
import { formatCount } from "../../manifest/count.js";
import { errPaint } from "./paint.js";
import type { Streams } from "./streams.js";

export interface CountProgress {
  readonly show: (done: number) => void;
  readonly clear: () => void;
}

/** `doing`: such as `verifying`; `total`: `null` where nobody knows it. */
export function countProgress(
  doing: string,
  total: number | null,
  streams: Streams,
  what = "runs",
): CountProgress {
  const { glyphs } = errPaint(streams);
  // The global `performance` would cost a millisecond to load.
  const begun = process.uptime();
  let last = 0;
  let shown = false;
  return {
    show: (done) => {
      const now = process.uptime();
      if (!streams.errIsTerminal || now - begun < 1 || now - last < 0.1) return;
      last = now;
      shown = true;
      streams.err(
        `\r\u001b[2K${glyphs.rule} ${doing}  ${formatCount(done)}${total === null ? "" : ` of ${formatCount(total)}`} ${what}`,
      );
    },
    clear: () => {
      if (shown) streams.err("\r\u001b[2K");
      shown = false;
    },
  };
}
