/** The rows and the open runs that match a question, and the first of them in its order. */
import { matches } from "../../query/match.js";
import type { QueriedRun, Scalar } from "../../query/queried-run.js";
import { compareAllFound, foundBy, type SortKey } from "../../query/sort.js";
import type { FoundRun, Question, ReadRun } from "../catalog.js";
import { startOf } from "../direct.js";
import { compareStarts } from "../order.js";
import { selectRows } from "./ask.js";
import { firstRows } from "./first-rows.js";
import type { KnownRow, OpenSegment } from "./known-rows.js";
import type { CatalogPlace, View } from "./refresh.js";
import { namesBehind } from "./row-reader.js";

type Asked = Pick<Question, "queries" | "tag">;
type Loaded<S extends object> = NonNullable<ReadRun<S>["run"]>;

/** Either a row or a run that was just read. */
export interface Candidate<S extends object> {
  readonly id: string;
  readonly start: () => number;
  /** What the sort compares. */
  readonly keys: readonly (Scalar | undefined)[];
  readonly known: KnownRow | null;
  readonly read: Loaded<S> | null;
}

/** Of each segment no more than may be among the first of all. */
export function findCandidates<S extends object>(
  view: View<S>,
  question: Question,
  place: CatalogPlace,
): { readonly candidates: readonly Candidate<S>[]; readonly total: number } {
  const open = matchingOpen(view, question);
  const candidates: Candidate<S>[] = open.map((run) => openCandidate(run, question.sort));
  let total = open.length;
  for (const segment of view.rows.segments) {
    const rows = matchingRows(segment, question, place);
    total += rows.length;
    for (const first of firstRows(rows, segment.segment, question, place.folderOf))
      candidates.push({ ...first, known: { segment, row: first.row, id: first.id }, read: null });
  }
  return { candidates, total };
}

export function inOrder(sort: readonly SortKey[]) {
  return (a: Candidate<object>, b: Candidate<object>): number =>
    compareAllFound(a.keys, b.keys, sort) || compareStarts(a.start(), a.id, b.start(), b.id);
}

export function foundRun<S extends object>(
  { known, read, id }: Candidate<S>,
  { fields, wantsShown }: Question,
  { folderOf }: CatalogPlace,
): FoundRun<S> {
  if (read !== null) return { queried: read.queried, shown: wantsShown ? read.shown : null };
  const { segment, row } = known as KnownRow;
  return {
    queried: segment.segment.queriedAt(row, folderOf(id), fields),
    shown: wantsShown ? (JSON.parse(segment.segment.shownAt(row)) as S) : null,
  };
}

/** Of one segment; names of metrics whose every row matches nothing are left out. */
export function metricsIn<S extends object>(view: View<S>, asked: Asked, place: CatalogPlace): string[] {
  const names = new Set(matchingOpen(view, asked).flatMap(({ queried }) => Object.keys(queried.metrics)));
  for (const segment of view.rows.segments) {
    const rows = new Set(matchingRows(segment, asked, place));
    if (rows.size === 0) continue;
    for (const name of namesBehind(segment.segment, "last ")) {
      if (names.has(name)) continue;
      const at = segment.segment.column(`last ${name}`)?.at ?? null;
      if (at === null || at.some((row) => rows.has(row))) names.add(name);
    }
  }
  return [...names].sort();
}

function matchingOpen<S extends object>({ open }: View<S>, { queries, tag }: Asked): Loaded<S>[] {
  return open.flatMap(({ run }) =>
    run !== null &&
    queries.every((query) => matches(query, run.queried)) &&
    (tag === null || run.queried.tags.includes(tag))
      ? [run]
      : [],
  );
}

function openCandidate<S extends object>(run: Loaded<S>, sort: readonly SortKey[]): Candidate<S> {
  const { queried } = run;
  const keys = foundBy(sort, queried);
  return { id: queried.id, start: () => startOf(queried.id, queried), keys, known: null, read: run };
}

/** Ascending. */
export function matchingRows(
  segment: OpenSegment,
  { queries, tag }: Asked,
  { folderOf }: Pick<CatalogPlace, "folderOf">,
): Uint32Array {
  const rows = selectRows(queries, segment, folderOf);
  return tag === null ? rows : rows.filter(taggedWith(tag, segment.segment));
}

function taggedWith(tag: string, segment: OpenSegment["segment"]): (row: number) => boolean {
  const column = segment.column("tags");
  const has = (column?.dictionary.all() ?? []).map((tags) => (tags as QueriedRun["tags"]).includes(tag));
  return (row) => has[column?.codes[row] as number] === true;
}
