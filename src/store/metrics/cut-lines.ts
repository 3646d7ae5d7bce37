/** Bytes that arrive in pieces, cut into lines. A line that is too long, or not UTF-8, is counted and passed over. */
import { isUtf8 } from "node:buffer";

export interface Line {
  /** From 1. */
  readonly number: number;
  /** Without its end; `null` where it cannot be read, for the reason in `fault`. */
  readonly text: string | null;
  readonly fault: string | null;
  /** `false` for a last line without its line feed. */
  readonly isEnded: boolean;
}

export interface LineCutter {
  push(chunk: Uint8Array): Line[];
  /** What is left. */
  end(): Line[];
}

const lineFeed = 0x0a;

/** Holds at most `longest` bytes of a line that has not ended. */
export function createLineCutter(longest: number): LineCutter {
  let pieces: Uint8Array[] = [];
  let pending = 0;
  let number = 0;

  function take(bytes: Uint8Array, isEnded: boolean): Line {
    number += 1;
    if (pending > longest) return { number, text: null, fault: `is longer than ${longest} bytes`, isEnded };
    if (!isUtf8(bytes)) return { number, text: null, fault: "is not UTF-8", isEnded };
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
    return { number, text: number === 1 ? text.replace(/^\uFEFF/, "") : text, fault: null, isEnded };
  }

  /** Keeps what of a line was not ended; of one that is too long, nothing but its length. */
  function hold(bytes: Uint8Array): void {
    pending += bytes.length;
    if (pending > longest) pieces = [];
    // The chunk is the reader's, who fills it again.
    else if (bytes.length > 0) pieces.push(Uint8Array.from(bytes));
  }

  function finish(bytes: Uint8Array, isEnded: boolean): Line {
    pending += bytes.length;
    const line = take(
      pieces.length === 0 || pending > longest ? bytes : Buffer.concat([...pieces, bytes]),
      isEnded,
    );
    pieces = [];
    pending = 0;
    return line;
  }

  /** Lines that are whole in one chunk are decoded together. */
  function takeAll(block: Uint8Array): Line[] {
    if (block.length <= longest && isUtf8(block)) {
      const texts = Buffer.from(block.buffer, block.byteOffset, block.length - 1)
        .toString()
        .split("\n");
      return texts.map((text) => {
        number += 1;
        return { number, text, fault: null, isEnded: true };
      });
    }
    const lines: Line[] = [];
    for (let from = 0; from < block.length; ) {
      const at = block.indexOf(lineFeed, from);
      lines.push(finish(block.subarray(from, at), true));
      from = at + 1;
    }
    return lines;
  }

  return {
    push(chunk) {
      const first = chunk.indexOf(lineFeed);
      if (first < 0) {
        hold(chunk);
        return [];
      }
      const beginning = finish(chunk.subarray(0, first), true);
      const last = chunk.lastIndexOf(lineFeed);
      const lines = last > first ? takeAll(chunk.subarray(first + 1, last + 1)) : [];
      hold(chunk.subarray(last + 1));
      lines.unshift(beginning);
      return lines;
    },
    end: () => (pending === 0 ? [] : [finish(new Uint8Array(0), false)]),
  };
}
