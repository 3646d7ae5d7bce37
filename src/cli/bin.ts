/** The program `colophon`. */
import { writeSync } from "node:fs";
import { isatty } from "node:tty";
import { FileError } from "../errors.js";
import { gather, gathererWord, guardAgainstInspector } from "../local-ports/startup.js";
import { main } from "./main.js";
import type { Streams } from "./streams.js";

guardAgainstInspector();

if (process.argv[2] === gathererWord) {
  void gather();
} else {
  void main(process.argv.slice(2), streamsOfThisProcess()).then((status) => {
    process.exitCode = status;
  });
}

function streamsOfThisProcess(): Streams {
  return {
    out: (text) => writeAll(1, text, lostResult),
    err: (text) => writeAll(2, text),
    outIsTerminal: isatty(1),
    errIsTerminal: isatty(2),
    columns: columnsOfTerminal() || 100,
    env: process.env,
    directory: process.cwd(),
  };
}

/** `process.stdout` is touched only at a terminal: it would set a pipe, which the command shares, to non-blocking. */
function columnsOfTerminal(): number {
  if (isatty(2)) return process.stderr.columns;
  return isatty(1) ? process.stdout.columns : 0;
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
  text: string,
  lost: (error: NodeJS.ErrnoException) => void = () => {},
): void {
  let rest = Buffer.from(text);
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
