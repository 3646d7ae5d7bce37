/** Kept output on its way to a terminal: its colours and the rewriting of its own line pass, whatever else would be obeyed is shown. */
import { printable } from "./paint.js";

export interface TerminalText {
  readonly pass: (bytes: Uint8Array) => string;
  /** What was held back, and colours as they were before. */
  readonly end: () => string;
}

/** Colours, erasing to the end of the line, and going to a column of it. */
const harmless =
  /(\u001b\[[0-9;]*[mKG]|[\t\n\r])|[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/** A sequence whose end is in the next piece. */
const unfinished = /\u001b(\[[0-9;]*)?$/;

export function terminalText(): TerminalText {
  const decoder = new TextDecoder();
  let held = "";
  const show = (text: string) =>
    text.replace(harmless, (found, obeyed: string | undefined) => obeyed ?? printable(found));
  return {
    pass: (bytes) => {
      const text = held + decoder.decode(bytes, { stream: true });
      held = unfinished.exec(text)?.[0] ?? "";
      return show(text.slice(0, text.length - held.length));
    },
    end: () => `${show(held + decoder.decode())}\u001b[0m`,
  };
}
