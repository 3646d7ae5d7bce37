/** An error in a query shows the query, and the place in it. */
import { UsageError } from "../errors.js";

const widest = 100;

/** Two lines stand under the message: the query, or what is around the place, and the mark under it. */
export function queryError(
  query: string,
  at: number,
  length: number,
  problem: string,
  hint: string,
): UsageError {
  const shown = query.replaceAll(/\s/g, " ");
  const from = at > widest / 2 ? at - widest / 2 : 0;
  const part = shown.slice(from, from + widest);
  const lead = from > 0 ? "…" : "";
  const mark =
    " ".repeat(lead.length + at - from) +
    "^".repeat(Math.max(1, Math.min(length, part.length - (at - from))));
  const tail = shown.length > from + widest ? "…" : "";
  return new UsageError(
    "BAD_QUERY",
    `${problem}, at character ${at + 1}\n  ${lead}${part}${tail}\n  ${mark}`,
    { hint },
  );
}
