/**
 * The lines of what a program prints, as somebody at a terminal sees one after the other. A progress bar draws its line again and
 * again: each time it goes back to its beginning (`\r`, backspaces, the cursor moved), a line has ended.
 */

export interface PrintedLine {
  readonly text: string;
  /** It is drawn over by what comes next. A line without a text says that the one before was not. */
  readonly isRedrawn: boolean;
}

export interface PrintedLines {
  push(chunk: Uint8Array): PrintedLine[];
  /** What has no end. */
  end(): PrintedLine[];
  /** Lines longer than `longestPrinted`, which are passed over. */
  readonly tooLong: number;
}

/** In characters. */
export const longestPrinted = 10_000;

export function createPrintedLines(): PrintedLines {
  const decoder = new TextDecoder();
  let rest = "";
  let overlong = false;
  let tooLong = 0;
  let returned = false;

  const hold = (text: string) => {
    if (text.length > longestPrinted && !overlong) {
      overlong = true;
      tooLong += 1;
    }
    rest = overlong ? "" : text;
  };
  const cut = (text: string): PrintedLine[] => {
    const lines: PrintedLine[] = [];
    // The piece before ended between the two halves of `\r\n`.
    if (returned && text.startsWith("\n")) lines.push(lineEnd);
    let from = 0;
    for (const { 0: end, index } of text.matchAll(/\r*\n|\r+|\x08+/g)) {
      take(text.slice(from, index), !end.endsWith("\n"), lines);
      from = index + end.length;
    }
    if (text !== "") returned = text.endsWith("\r");
    hold(text.slice(from));
    return lines;
  };
  const take = (text: string, isRedrawn: boolean, lines: PrintedLine[]) => {
    const passed = overlong || text.length > longestPrinted;
    if (passed && !overlong) tooLong += 1;
    overlong = false;
    if (!passed) lines.push(...onScreen(text, isRedrawn));
  };

  return {
    push: (chunk) => cut(rest + decoder.decode(chunk, { stream: true })),
    end: () => {
      const lines: PrintedLine[] = [];
      const last = rest + decoder.decode();
      if (!overlong) take(last, false, lines);
      rest = "";
      return lines;
    },
    get tooLong() {
      return tooLong;
    },
  };
}

const lineEnd: PrintedLine = { text: "", isRedrawn: false };

/** ECMA-48: colours and the like are taken out; what moves the cursor to another place ends a line there. */
function onScreen(text: string, isRedrawn: boolean): PrintedLine[] {
  if (!text.includes("\x1b")) return text.trim() === "" ? [] : [{ text, isRedrawn }];
  const parts = text
    .replaceAll(/\x1b\[[0-?]*[ -/]*[ABEFHfd]/g, "\r")
    .replaceAll(/\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]/g, "")
    .split("\r");
  return parts
    .map((part, index) => ({ text: part, isRedrawn: isRedrawn || index < parts.length - 1 }))
    .filter((part) => part.text.trim() !== "");
}
