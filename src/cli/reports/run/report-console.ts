/** What became of `--metric-pattern`, said when it is not what was wanted. */
import type { ConsoleFacts } from "../../../generated/types.js";
import { counted } from "../../terminal/counted.js";
import { printable } from "../../terminal/paint.js";

/** Nothing where every pattern has found something, and nothing was lost. */
export function consoleLines(facts: ConsoleFacts | null): string[] {
  if (facts === null) return [];
  if (facts.streams.length === 0) return ["no metrics were read out of the output, as none of it was kept"];
  const { patterns, lost, lines_too_long, whole } = facts;
  return [
    ...patterns.flatMap(({ pattern, lines, no_numbers, too_slow }) => {
      const name = `--metric-pattern ${printable(JSON.stringify(pattern))}`;
      if (too_slow > 0)
        return [
          `${name} took too long on ${counted(too_slow, "line")}${too_slow > 2 ? ", and was used no more" : ""}`,
        ];
      if (lines === 0) return [`${name} matched no line`];
      return no_numbers === 0
        ? []
        : [
            `${name} matched ${counted(no_numbers, "text")} that ${no_numbers === 1 ? "is no number" : "are no numbers"}`,
          ];
    }),
    ...(lines_too_long === 0
      ? []
      : [`${counted(lines_too_long, "line")} of the output too long to be searched for metrics`]),
    ...(lost === 0 ? [] : [`${counted(lost, "line")} of metrics could not be written`]),
    ...(whole ? [] : ["not all of the output could be searched for metrics in time"]),
  ];
}
