/** The catalog that remembers nothing: every question reads and judges every run. What others answer is held to what this one does. */
import { matches } from "../query/match.js";
import { compareBy } from "../query/sort.js";
import type {
  Catalog,
  FoundRun,
  FoundRuns,
  ListedRun,
  NewestRequest,
  NewestRuns,
  Question,
  ReadRun,
  RunSource,
} from "./catalog.js";
import { compareStarts, takeFirst, timeInId } from "./order.js";

export function createDirectCatalog<S extends object>(openSource: () => Promise<RunSource<S>>): Catalog<S> {
  return {
    async listNewest(request) {
      const source = await openSource();
      const ids = source.ids();
      const others = request.tag === null ? source.others() : [];
      if (request.tag !== null || request.limit === null)
        return newestOf(await readAll(ids, source), others, request);
      const { runs } = newestOf(await readAll(newestIds(ids, request.limit), source), others, request);
      return { runs, total: ids.length + others.length };
    },
    async findRuns(question) {
      const source = await openSource();
      const read = await readAll(source.ids(), source);
      return foundAmong(read, source.others().length, question);
    },
    async listMetrics(question) {
      const source = await openSource();
      const all = matching(await readAll(source.ids(), source), question);
      return [...new Set(all.flatMap(({ queried }) => Object.keys(queried.metrics)))].sort();
    },
  };
}

async function readAll<S extends object>(
  ids: readonly string[],
  source: RunSource<S>,
): Promise<ReadRun<S>[]> {
  const read: ReadRun<S>[] = [];
  for (const id of ids) read.push(await source.read(id));
  return read;
}

function newestOf<S extends object>(
  read: readonly ReadRun<S>[],
  others: readonly ListedRun<S>[],
  { tag, limit }: NewestRequest,
): NewestRuns<S> {
  const wanted = tag === null ? read : read.filter(({ tags }) => tags.includes(tag));
  const all = [
    ...wanted.map(listed),
    ...others.map((other) => ({ ...other, start: timeInId(other.id) ?? 0 })),
  ];
  const runs = takeFirst(all, (a, b) => compareStarts(a.start, a.id, b.start, b.id), limit);
  return { runs: runs.map(({ start, ...run }) => run), total: all.length };
}

export function listed<S extends object>({
  id,
  folder,
  run,
  error,
}: ReadRun<S>): ListedRun<S> & { readonly start: number } {
  return { id, folder, run: run?.shown ?? null, error, start: startOf(id, run?.queried) };
}

/** A run that cannot be loaded still has a time in its name; one that has none either stands last. */
export function startOf(id: string, queried: FoundRun<object>["queried"] | undefined): number {
  return (queried === undefined ? timeInId(id) : queried.started) ?? 0;
}

/** Ids begin with their time: the newest ones and all others of the same second; all there are, where one says no time. */
export function newestIds(ids: readonly string[], limit: number): readonly string[] {
  const timed = ids.map((id) => ({ id, time: timeInId(id) }));
  if (limit === 0 || timed.some(({ time }) => time === null)) return limit === 0 ? [] : ids;
  const sorted = timed.sort((a, b) => (b.time as number) - (a.time as number));
  const last = sorted[limit - 1]?.time ?? null;
  return sorted.filter(({ time }, index) => index < limit || time === last).map(({ id }) => id);
}

function matching<S extends object>(
  read: readonly ReadRun<S>[],
  { queries, tag }: Pick<Question, "queries" | "tag">,
) {
  return read.flatMap(({ run }) =>
    run !== null &&
    queries.every((query) => matches(query, run.queried)) &&
    (tag === null || run.queried.tags.includes(tag))
      ? [run]
      : [],
  );
}

function foundAmong<S extends object>(
  read: readonly ReadRun<S>[],
  others: number,
  question: Question,
): FoundRuns<S> {
  const all = matching(read, question);
  const bySort = compareBy(question.sort);
  const runs = takeFirst(
    all,
    ({ queried: a }, { queried: b }) =>
      bySort(a, b) || compareStarts(startOf(a.id, a), a.id, startOf(b.id, b), b.id),
    question.limit,
  );
  const asked = read.filter(({ run }) => run !== null).length;
  return {
    runs: runs.map(({ queried, shown }) => ({ queried, shown: question.wantsShown ? shown : null })),
    total: all.length,
    asked,
    notAsked: read.length - asked + others,
  };
}
