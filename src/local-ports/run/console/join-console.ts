import type { ConsoleFacts } from "../../../generated/types.js";
import { redactText } from "../../../secrets/text.js";

/** Of the stages of one run, whose patterns are the same; without the secrets that a pattern may hold. */
export function joinConsole(all: readonly ConsoleFacts[]): ConsoleFacts | null {
  const [first] = all;
  if (first === undefined) return null;
  const sum = (count: (facts: ConsoleFacts) => number | undefined) =>
    all.reduce((total, facts) => total + (count(facts) ?? 0), 0);
  return {
    ...first,
    streams: [...new Set(all.flatMap(({ streams }) => streams))],
    patterns: first.patterns.map(({ pattern }, index) => ({
      pattern: redactText(pattern).value,
      lines: sum(({ patterns }) => patterns[index]?.lines),
      no_numbers: sum(({ patterns }) => patterns[index]?.no_numbers),
      too_slow: sum(({ patterns }) => patterns[index]?.too_slow),
    })),
    written: sum(({ written }) => written),
    lost: sum(({ lost }) => lost),
    lines_too_long: sum(({ lines_too_long }) => lines_too_long),
    whole: all.every(({ whole }) => whole),
  };
}
