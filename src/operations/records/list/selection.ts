/** Which of the recorded runs are asked for, and in which order. */
import { parseQuery } from "../../../query/parse-query.js";
import type { Query } from "../../../query/query.js";
import { parseSort, type SortKey } from "../../../query/sort.js";

export interface Selection {
  /** All of them have to match. */
  readonly queries: readonly Query[];
  readonly sort: readonly SortKey[];
  readonly now: number;
}

/** As typed. @throws UsageError that points at the character. */
export function parseSelection(queries: readonly string[], sort: string | undefined, now: number): Selection {
  return {
    queries: queries.map((query) => parseQuery(query, now)),
    sort: sort === undefined ? [] : parseSort(sort),
    now,
  };
}
