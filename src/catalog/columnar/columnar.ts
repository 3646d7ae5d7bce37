/**
 * The catalog in files: what was read of runs that have ended, column by column. It answers as the direct one does, and forgets all it
 * has when it is in any doubt. Whatever of it is shown was looked at just before.
 */
import type { Catalog, RunSource } from "../catalog.js";
import { takeFirst } from "../order.js";
import { findCandidates, foundRun, inOrder, metricsIn } from "./find-rows.js";
import type { KnownRow } from "./known-rows.js";
import { newestIn } from "./newest-rows.js";
import { type CatalogPlace, createRefresher, type View } from "./refresh.js";
import { Doubt } from "./segment-file.js";

export function createColumnarCatalog<S extends object>(
  place: CatalogPlace,
  openSource: () => Promise<RunSource<S>>,
): Catalog<S> {
  const refresher = createRefresher(place, openSource);

  /** `answer` says which rows it is made from; where one of them has changed, it is made again. */
  async function ask<T>(
    answer: (view: View<S>) => { result: () => T; from: readonly KnownRow[] },
  ): Promise<T> {
    const doubted = new Set<string>();
    for (let doubts = 0; ; ) {
      try {
        const view = await refresher.refresh([...doubted]);
        const { result, from } = answer(view);
        const changed = view.isChecked ? [] : from.filter((known) => !view.rows.isAsRead(known));
        if (changed.length === 0) return result();
        for (const { id } of changed) doubted.add(id);
      } catch (error) {
        if (!(error instanceof Doubt) || doubts > 3) throw error;
        doubts += 1;
        refresher.forget();
      }
    }
  }

  return {
    listNewest: (request) => ask((view) => newestIn(view, request, place)),
    findRuns: (question) =>
      ask((view) => {
        const { candidates, total } = findCandidates(view, question, place);
        const runs = takeFirst(candidates, inOrder(question.sort), question.limit);
        const from = runs.flatMap(({ known }) => known ?? []);
        const loaded = view.open.filter(({ run }) => run !== null).length;
        const asked = view.rows.count + loaded;
        return {
          from,
          result: () => ({
            runs: runs.map((run) => foundRun(run, question, place)),
            total,
            asked,
            notAsked: view.open.length - loaded + view.others.length,
          }),
        };
      }),
    listMetrics: (question) => ask((view) => ({ from: [], result: () => metricsIn(view, question, place) })),
  };
}
