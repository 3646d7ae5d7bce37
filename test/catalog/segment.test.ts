import { describe, expect, test } from "@jest/globals";
import { selectRows } from "../../src/catalog/columnar/ask.js";
import { cellsOf, createSegmentBuilder } from "../../src/catalog/columnar/build-segment.js";
import { firstRows } from "../../src/catalog/columnar/first-rows.js";
import { openSegment } from "../../src/catalog/columnar/segment.js";
import { segmentInMemory } from "../../src/catalog/columnar/segment-file.js";
import { compareStarts } from "../../src/catalog/order.js";
import { matches } from "../../src/query/match.js";
import { parseQuery } from "../../src/query/parse-query.js";
import type { QueriedRun } from "../../src/query/queried-run.js";
import { compareBy, parseSort } from "../../src/query/sort.js";
import { randomFrom } from "./random.js";

const folderOf = (id: string) => `records/${id}`;

/** Numbers of every kind: a few, many, all different, some missing; among them those that are hard to put in order. */
function runsOf(count: number, next: () => number): QueriedRun[] {
  const odd = [-0, 0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e-310, -1];
  const metric = (last: number) => ({ last, best: last, min: last, max: last, step: 1, count: 1 });
  return Array.from({ length: count }, (_, row): QueriedRun => {
    const id = `20261122T${String(235959 - row).padStart(6, "0")}Z_3f9c2e1_${String(row).padStart(6, "0")}`;
    const few = odd[Math.floor(next() * odd.length)] as number;
    return {
      id,
      name: `train_${row % 3}.py`,
      status: "completed",
      folder: folderOf(id),
      pipeline: null,
      started: 1000 * Math.floor(row / 7),
      finished: null,
      elapsed: null,
      version: 3,
      metrics: {
        few: metric(few),
        many: metric(next() < 0.1 ? few : Math.floor(next() * 400) / 100),
        all: metric(next()),
        ...(row % 5 === 0 ? { some: metric(next()) } : {}),
      },
      params: { lr: [0.1, 0.01, 0.001][row % 3], mixed: row % 4 === 0 ? "0.5" : row % 4, odd: few },
      tags: row % 11 === 0 ? ["late"] : [],
      git: {},
      env: {},
      data: {},
    };
  });
}

function segmentOf(runs: readonly QueriedRun[]) {
  const builder = createSegmentBuilder();
  for (const run of runs) builder.add({ id: run.id, sum: 7 }, cellsOf(run, [""]), "{}");
  const { bytes, place } = builder.finish();
  return { name: "one", segment: openSegment(segmentInMemory(bytes, place)), dropped: new Set<number>() };
}

describe.each([3, 1500])("a segment of %i rows", (count) => {
  const runs = runsOf(count, randomFrom(count));
  const open = segmentOf(runs);
  const rowsThat = (isFound: (run: QueriedRun) => boolean) =>
    runs.flatMap((run, row) => (isFound(run) ? [row] : []));

  test("gives back every number as it was", () => {
    for (const [row, run] of runs.entries()) {
      const read = open.segment.queriedAt(row, run.folder, null);
      for (const [name, { last }] of Object.entries(run.metrics))
        expect(Object.is(read.metrics[name]?.last, last)).toBe(true);
      expect(Object.is(read.params.odd, run.params.odd)).toBe(true);
      expect([open.segment.idAt(row), open.segment.sumAt(row)]).toEqual([run.id, 7]);
    }
  });

  test("finds the rows that match", () => {
    const fields = ["metrics.few", "metrics.many", "metrics.all", "metrics.some", "params.lr", "params.odd"];
    const values = ["0", "-0", "0.5", "1", "0.001", "1e-310", "-1", "1e400"];
    let found = 0;
    for (const field of [...fields, "params.mixed"])
      for (const value of values)
        for (const operator of ["<", "<=", ">", ">=", "=", "!="]) {
          const query = parseQuery(`${field} ${operator} ${value}`, 0);
          const rows = [...selectRows([query], open, folderOf)];
          expect(rows).toEqual(rowsThat((run) => matches(query, run)));
          found += rows.length;
        }
    const joined = parseQuery("metrics.all > 0.5 and params.lr = 0.001 and metrics.few in (0, -1)", 0);
    expect([...selectRows([joined], open, folderOf)]).toEqual(rowsThat((run) => matches(joined, run)));
    expect(found).toBeGreaterThan(count);
  });

  test("finds the first of them in every order", () => {
    const all = Uint32Array.from(runs.keys());
    const some = all.filter((row) => row % 2 === 1);
    const sorts = ["few", "many", "all", "some"].flatMap((name) => [`metrics.${name}`, `-metrics.${name}`]);
    for (const text of [...sorts, "params.lr,-metrics.many", "-params.mixed", "name", "-started", ""])
      for (const rows of [all, some])
        for (const limit of [0, 1, 50, Math.floor(rows.length * 0.4), rows.length - 1, null]) {
          const sort = text === "" ? [] : parseSort(text);
          const compare = compareBy(sort);
          const expected = [...rows]
            .map((row) => ({ row, run: runs[row] as QueriedRun }))
            .sort(
              ({ run: a }, { run: b }) =>
                compare(a, b) || compareStarts(a.started ?? 0, a.id, b.started ?? 0, b.id),
            )
            .slice(0, limit ?? undefined);
          const first = firstRows(rows, open.segment, { sort, limit }, folderOf);
          expect(first.map(({ row }) => row)).toEqual(expected.map(({ row }) => row));
        }
  });
});
