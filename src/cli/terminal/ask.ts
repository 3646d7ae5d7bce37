/** A question with yes as its answer on Enter. Only where somebody sits at the terminal. */
import { createInterface } from "node:readline/promises";
import { isatty } from "node:tty";
import type { Streams } from "./streams.js";

export function canAsk({ errIsTerminal, env }: Streams): boolean {
  return errIsTerminal && isatty(0) && !env.CI;
}

export async function askYesNo(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // Ctrl-D closes the input without an answer, which is no consent.
  const closed = new Promise<string>((resolve) => lines.once("close", () => resolve("no")));
  try {
    const answer = await Promise.race([lines.question(`${question} [Y/n] `), closed]);
    return /^(y|yes)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
