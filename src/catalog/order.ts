/** The order of lists: what comes first, without sorting what comes behind. */

/** When a run began, as its id says it before the first `_`, in milliseconds since 1970; `null` where it says no time. */
export function timeInId(id: string): number | null {
  const [, year, month, day, hour, minute, second] = /^(....)(..)(..)T(..)(..)(..)Z_/.exec(id) ?? [];
  const text = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const time = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  // 20260230 is no day.
  return Number.isNaN(time) || new Date(time).toISOString() !== text ? null : time;
}

/** Newest first, then by id. */
export function compareStarts(aStart: number, aId: string, bStart: number, bId: string): number {
  return bStart - aStart || (aId < bId ? -1 : aId > bId ? 1 : 0);
}

/** The first `limit` of many by an order, or all of them. The best so far are kept in a heap, the last of them on top. */
export function takeFirst<T>(all: readonly T[], compare: (a: T, b: T) => number, limit: number | null): T[] {
  // Lists in order, one behind the other, are sorted with hardly more comparisons than there are entries.
  if (limit === null || all.length <= 4 * limit) return all.toSorted(compare).slice(0, limit ?? undefined);
  const heap: T[] = [];
  if (limit === 0) return heap;
  for (const each of all) {
    if (heap.length < limit) {
      heap.push(each);
      rise(heap, compare);
    } else if (compare(each, heap[0] as T) < 0) {
      heap[0] = each;
      sink(heap, compare);
    }
  }
  return heap.sort(compare);
}

function rise<T>(heap: T[], compare: (a: T, b: T) => number): void {
  for (let at = heap.length - 1; at > 0; ) {
    const above = (at - 1) >> 1;
    if (compare(heap[at] as T, heap[above] as T) <= 0) return;
    swap(heap, at, above);
    at = above;
  }
}

function sink<T>(heap: T[], compare: (a: T, b: T) => number): void {
  for (let at = 0; ; ) {
    let last = at;
    for (const below of [2 * at + 1, 2 * at + 2])
      if (below < heap.length && compare(heap[below] as T, heap[last] as T) > 0) last = below;
    if (last === at) return;
    swap(heap, at, last);
    at = last;
  }
}

function swap<T>(heap: T[], a: number, b: number): void {
  [heap[a], heap[b]] = [heap[b] as T, heap[a] as T];
}
