/** The words a script's first line puts before the script. */
import { readStart } from "./locate-program.js";

/** `undefined` when the file is no script. The kernel passes everything after the interpreter as one word. */
export function findShebang(file: string): string[] | undefined {
  return parseShebang(readStart(file));
}

export function parseShebang(start: string): string[] | undefined {
  const parts = /^#![ \t]*([^ \t\n\r]+)[ \t]*([^\n]*?)[ \t\r]*(?:\n|$)/.exec(start);
  if (parts === null) return undefined;
  const [, program, rest] = parts as unknown as [string, string, string];
  if (program === "/bin/sh") {
    // pip's form for paths that are too long for a first line or hold spaces: sh starts it, Python reads past it.
    const long = /^#![^\n]*\n'''exec' (?:"([^"\n]+)"|([^\s"]+)) "\$0" "\$@"/.exec(start);
    if (long !== null) return [decode(long[1] ?? long[2]!)];
  }
  return rest === "" ? [decode(program)] : [decode(program), decode(rest)];
}

function decode(text: string): string {
  return Buffer.from(text, "latin1").toString("utf8");
}
