/** The program `colophon`. */
import { fstatSync, writeSync } from "node:fs";
import { FileError } from "../errors.js";
import {
  consoleWord,
  gather,
  gathererWord,
  guardAgainstInspector,
  judgeForAnotherThread,
  judgingWord,
  readConsoleForAnotherThread,
  sampleForAnotherThread,
  samplingWord,
} from "../local-ports/run/startup.js";
import { main } from "./main.js";
import type { Streams } from "./terminal/streams.js";

// The other threads share the guard of the first.
const threadWords: readonly (string | undefined)[] = [judgingWord, consoleWord, samplingWord];
if (!threadWords.includes(process.argv[2])) guardAgainstInspector();

if (process.argv[2] === gathererWord) {
  void gather();
} else if (process.argv[2] === judgingWord) {
  void judgeForAnotherThread();
} else if (process.argv[2] === consoleWord) {
  void readConsoleForAnotherThread();
} else if (process.argv[2] === samplingWord) {
  void sampleForAnotherThread();
} else {
  // After the guard has looked, and before there is a socket of our own that it would have to look into.
  setImmediate(() => {
    void main(process.argv.slice(2), streamsOfThisProcess()).then((status) => {
      process.exitCode = status;
    });
  });
}

function streamsOfThisProcess(): Streams {
  return {
    out: (text) => writeAll(1, text, lostResult),
    err: (text) => writeAll(2, text),
    get outIsTerminal() {
      return isTerminal(1);
    },
    get errIsTerminal() {
      return isTerminal(2);
    },
    get columns() {
      return columnsOfTerminal() || 100;
    },
    env: process.env,
    directory: process.cwd(),
  };
}

/** Loading `node:tty` takes milliseconds, so only who asks waits for it, and nobody for a pipe or a file. */
function isTerminal(descriptor: number): boolean {
  return isDevice(descriptor) && process.getBuiltinModule("node:tty").isatty(descriptor);
}

function isDevice(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice();
  } catch {
    return false; // A descriptor that is closed is no terminal.
  }
}

/** `process.stdout` is touched only at a terminal: it would set a pipe, which the command shares, to non-blocking. */
function columnsOfTerminal(): number {
  if (isTerminal(2)) return process.stderr.columns;
  return isTerminal(1) ? process.stdout.columns : 0;
}

/** A result that nobody got is no success. */
function lostResult(cause: NodeJS.ErrnoException): never {
  throw new FileError("OUTPUT_LOST", `the result could not be written to standard output: ${cause.message}`, {
    hint: "Look whether the disk is full.",
    cause,
  });
}

/** A reader that has gone away (`| head`) is no error of ours; one that is slow is waited for. */
function writeAll(
  descriptor: number,
  text: string | Uint8Array,
  lost: (error: NodeJS.ErrnoException) => void = () => {},
): void {
  let rest =
    typeof text === "string" ? Buffer.from(text) : Buffer.from(text.buffer, text.byteOffset, text.length);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "EAGAIN") {
        if (code !== "EPIPE") lost(error as NodeJS.ErrnoException);
        return;
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
