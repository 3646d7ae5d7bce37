/** One line on a terminal's stderr while another program works, in its own words. Nothing in a pipe, nothing in the first second. */
import { errPaint, printable } from "./paint.js";
import type { Streams } from "./streams.js";

export interface WorkProgress {
  /** A piece of what the program says; only what tells how far it is gets shown. */
  readonly hear: (text: string) => void;
  readonly clear: () => void;
}

export function workProgress(doing: string, streams: Streams): WorkProgress {
  const { glyphs } = errPaint(streams);
  const begun = performance.now();
  let last = 0;
  let shown = false;
  return {
    hear: (text) => {
      const now = performance.now();
      if (!streams.errIsTerminal || now - begun < 1000 || now - last < 100) return;
      const line = text.split(/[\r\n]+/).findLast((one) => /\d+%/.test(one));
      if (line === undefined) return;
      last = now;
      shown = true;
      const room = Math.max(20, streams.columns - doing.length - 6);
      streams.err(`\r\u001b[2K${glyphs.rule} ${doing}  ${printable(line.trim()).slice(0, room)}`);
    },
    clear: () => {
      if (shown) streams.err("\r\u001b[2K");
      shown = false;
    },
  };
}
