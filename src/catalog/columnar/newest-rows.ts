/** The newest runs, with what a list shows of them. */
import type { ListedRun, NewestRequest, NewestRuns, ReadRun } from "../catalog.js";
import { listed } from "../direct.js";
import { compareStarts, takeFirst, timeInId } from "../order.js";
import { matchingRows } from "./find-rows.js";
import type { KnownRow } from "./known-rows.js";
import type { CatalogPlace, View } from "./refresh.js";

type Listed<S extends object> = ListedRun<S> & { readonly start: number };

export function newestIn<S extends object>(
  view: View<S>,
  { limit, tag }: NewestRequest,
  place: CatalogPlace,
): { readonly result: () => NewestRuns<S>; readonly from: readonly KnownRow[] } {
  const oldest = limit === null || tag !== null ? null : oldestTime(view, limit);
  const isNew = (id: string) => oldest === null || (timeInId(id) ?? Number.POSITIVE_INFINITY) >= oldest;
  const tagged = tag === null ? null : taggedRows(view, tag, place);
  const open = tag === null ? view.open : view.open.filter(({ tags }) => tags.includes(tag));
  const others = tag === null ? view.others : [];
  const total = (tagged?.length ?? view.rows.count) + open.length + others.length;
  const all: (Listed<S> & { readonly known?: KnownRow })[] = [
    ...(tagged ?? newRows(view, isNew)).map((row) => listedRow<S>(row, place)),
    ...open.filter(({ id }) => isNew(id)).map((run: ReadRun<S>) => listed(run)),
    ...others.map((other) => ({ ...other, start: timeInId(other.id) ?? 0 })),
  ];
  const first = takeFirst(all, (a, b) => compareStarts(a.start, a.id, b.start, b.id), limit);
  return {
    from: first.flatMap(({ known }) => known ?? []),
    result: () => ({ runs: first.map(asListed), total }),
  };
}

function taggedRows<S extends object>({ rows }: View<S>, tag: string, place: CatalogPlace): KnownRow[] {
  return rows.segments.flatMap((segment) =>
    Array.from(matchingRows(segment, { queries: [], tag }, place), (row) => ({
      segment,
      row,
      id: segment.segment.idAt(row),
    })),
  );
}

/** The ids stand in their order, the newest first. */
function newRows<S extends object>({ rows }: View<S>, isNew: (id: string) => boolean): KnownRow[] {
  const found: KnownRow[] = [];
  for (const segment of rows.segments)
    for (let row = 0; row < segment.segment.rows; row += 1) {
      const id = segment.segment.idAt(row);
      if (!isNew(id)) break;
      if (!segment.dropped.has(row)) found.push({ segment, row, id });
    }
  return found;
}

function listedRow<S extends object>(
  known: KnownRow,
  { folderOf }: CatalogPlace,
): Listed<S> & { readonly known: KnownRow } {
  const { segment, row, id } = known;
  const start = (segment.segment.cell("started", row) as number | undefined) ?? 0;
  return { id, folder: folderOf(id), run: null, error: null, start, known };
}

function asListed<S extends object>({
  id,
  folder,
  run,
  error,
  known,
}: Listed<S> & { readonly known?: KnownRow }): ListedRun<S> {
  if (known === undefined) return { id, folder, run, error };
  return { id, folder, run: JSON.parse(known.segment.segment.shownAt(known.row)) as S, error: null };
}

/** By their ids: of the run that stands last of so many. `null` where all are among them, or an id says no time. */
function oldestTime<S extends object>({ rows, open }: View<S>, limit: number): number | null {
  const newestFirst = (a: number, b: number) => b - a;
  const times: number[] = [];
  for (const { segment, dropped } of rows.segments) {
    for (let row = 0, taken = 0; row < segment.rows && taken < limit; row += 1) {
      if (dropped.has(row)) continue;
      taken += 1;
      times.push(timeInId(segment.idAt(row)) ?? Number.NaN);
    }
  }
  for (const { id } of open) times.push(timeInId(id) ?? Number.NaN);
  if (times.some(Number.isNaN) || rows.count + open.length <= limit) return null;
  return takeFirst(times, newestFirst, limit).at(-1) ?? null;
}
