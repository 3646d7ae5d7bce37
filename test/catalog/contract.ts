/**
 * What every catalog promises, over a project of records on disk: that it answers as the direct one, which reads them at every question,
 * and that what changed is seen by the next one. `open` gives a catalog of the project in a folder, anew for every question.
 */
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Catalog, Question } from "../../src/catalog/catalog.js";
import { createDirectCatalog } from "../../src/catalog/direct.js";
import { openRunSource } from "../../src/local-ports/records/run-source.js";
import type { RunSummary } from "../../src/operations/records/list/summarize-run.js";
import { parseField } from "../../src/query/parse-query.js";
import { parseSort } from "../../src/query/sort.js";
import { newPlace } from "../operations/records/records.js";
import { idOf, line, monthOf, writeOddRun } from "./odd-runs.js";
import { conditions, fields, joined } from "./questions.js";

export type Open = (root: string) => Catalog<RunSummary>;

/** What time it is for runs that go on. */
export const moment = Date.UTC(2026, 10, 25);

export const openDirect: Open = (root) =>
  createDirectCatalog(async () =>
    openRunSource(root, {}, { folder: undefined, namespace: undefined, maximumBytes: undefined }, moment),
  );

/** The direct one over records that do not change: each is read once. */
export function openRemembering(root: string): Catalog<RunSummary> {
  const request = { folder: undefined, namespace: undefined, maximumBytes: undefined };
  const source = openRunSource(root, {}, request, moment);
  const known = new Map<string, ReturnType<typeof source.read>>();
  const read = (id: string) => {
    const found = known.get(id) ?? source.read(id);
    known.set(id, found);
    return found;
  };
  return createDirectCatalog(async () => ({ ...source, read }));
}

const everything: Question = {
  queries: [],
  tag: null,
  sort: [],
  limit: null,
  fields: null,
  wantsShown: true,
};

/** Everything it says that does not depend on a query. */
export async function wholeAnswer(catalog: Catalog<RunSummary>) {
  return {
    newest: await catalog.listNewest({ limit: null, tag: null }),
    some: await catalog.listNewest({ limit: 7, tag: null }),
    tagged: await catalog.listNewest({ limit: null, tag: "baseline" }),
    found: inNameOrder(await catalog.findRuns(everything)),
    metrics: await catalog.listMetrics(everything),
  };
}

/** The order of members in objects says nothing. */
function inNameOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inNameOrder);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort()
      .map(([name, inside]) => [name, inNameOrder(inside)]),
  );
}

const runs = 44;

export function holdsTheContract(name: string, open: Open): void {
  describe(`the ${name} catalog`, () => {
    let root: string;
    beforeAll(async () => {
      root = newPlace();
      writeFileSync(join(root, "colophon.json"), "{}\n");
      for (let number = 0; number < runs; number += 1) writeOddRun(root, number);
      await open(root).listMetrics(everything);
      // What is remembered is what has not changed just now.
      await new Promise((done) => setTimeout(done, 100));
      await open(root).listMetrics(everything);
    });
    afterAll(() => rmSync(root, { recursive: true, force: true }));

    const same = async (answer: (catalog: Catalog<RunSummary>) => Promise<unknown>) =>
      expect(await answer(open(root))).toEqual(await answer(openDirect(root)));
    const whole = async (expected: unknown) => expect(await wholeAnswer(open(root))).toEqual(expected);

    test("lists and finds what is on record, whole", async () => {
      await whole(await wholeAnswer(openDirect(root)));
      const { total, asked } = await open(root).findRuns(everything);
      expect([total, asked]).toEqual([runs, runs]);
    });

    test("answers every condition, alone and joined", async () => {
      const alone = conditions();
      const all = [...alone, ...joined(alone, 40)];
      const [catalog, direct] = [open(root), openRemembering(root)];
      let matching = 0;
      for (const { text, query } of all.filter((_, index) => index % sampled() === 0)) {
        const question = { ...everything, queries: [query], fields: [], wantsShown: false };
        const [found, expected] = [await catalog.findRuns(question), await direct.findRuns(question)];
        const ids = (answer: typeof found) => [text, ...answer.runs.map(({ queried }) => queried.id)];
        expect(ids(found)).toEqual(ids(expected));
        matching += found.total;
      }
      console.log(`${Math.ceil(all.length / sampled())} of ${all.length} queries, ${matching} matches`);
      expect(matching).toBeGreaterThan(1000);
    }, 120_000);

    test("sorts by every field, both ways, and cuts where it is told", async () => {
      const [catalog, direct] = [open(root), openRemembering(root)];
      for (const field of fields)
        for (const [sort, limit] of [
          [field, 5],
          [`-${field}`, null],
          [`${field},-started`, 1],
          [`-metrics.loss,${field} desc`, 20],
        ] as const) {
          const question = {
            ...everything,
            sort: parseSort(sort),
            limit,
            fields: [parseField(field)],
            wantsShown: false,
          };
          const [found, expected] = [await catalog.findRuns(question), await direct.findRuns(question)];
          const ids = (answer: typeof found) => [sort, ...answer.runs.map(({ queried }) => queried.id)];
          expect(ids(found)).toEqual(ids(expected));
          expect(found.total).toBe(runs);
        }
    }, 60_000);

    test("gives the fields that are asked for", async () => {
      const { valuesOf } = await import("../../src/query/queried-run.js");
      const [catalog, direct] = [open(root), openRemembering(root)];
      for (const name of fields) {
        const asked = [parseField(name)];
        const read = async (from: Catalog<RunSummary>) =>
          (await from.findRuns({ ...everything, fields: asked, wantsShown: false })).runs.map(
            ({ queried }) => [
              queried.id,
              queried.name,
              queried.status,
              queried.folder,
              asked.map((field) => valuesOf(field, queried)),
            ],
          );
        expect(await read(catalog)).toEqual(await read(direct));
      }
    }, 60_000);

    test("finds tags, and the metrics of what matches", async () => {
      for (const tag of ["baseline", "model=large", "none"]) {
        await same((catalog) => catalog.listNewest({ limit: 3, tag }));
        await same((catalog) =>
          catalog.findRuns({ ...everything, tag, limit: 2, fields: [] }).then(({ total }) => total),
        );
        await same((catalog) => catalog.listMetrics({ queries: [], tag }));
      }
    });

    describe("sees at the next question", () => {
      const folder = (number: number) => join(root, "records", monthOf(idOf(number)), idOf(number));
      const facts = (number: number, file: string) => join(folder(number), "00_run_metadata", file);
      const changes: readonly (readonly [string, () => void])[] = [
        ["a new run", () => writeOddRun(root, 100)],
        [
          "a tag that was added in place",
          () => appendFileSync(facts(2, "notes.jsonl"), line({ tags: ["late"] })),
        ],
        [
          "the first tag of a run",
          () => writeFileSync(facts(3, "notes.jsonl"), line({ tags: ["baseline"] })),
        ],
        ["a line that is none", () => appendFileSync(facts(3, "notes.jsonl"), "{\n")],
        [
          "a parameter that was edited in place, to one of the same length",
          () => edit(join(folder(4), "manifest.json"), '"lr": 0.1', '"lr": 0.2'),
        ],
        ["another metric", () => edit(facts(5, "metrics_summary.json"), '"loss"', '"lost"')],
        ["a summary that is gone", () => rmSync(facts(6, "metrics_summary.json"))],
        ["a list of no decisions", () => writeFileSync(join(folder(8), "reconciled.jsonl"), "")],
        ["a manifest that was cut off", () => writeFileSync(join(folder(9), "run_manifest.json"), "{")],
        ["an artifact that is gone", () => rmSync(facts(10, "command.json"))],
        ["an artifact that is back", () => cpSync(facts(11, "command.json"), facts(10, "command.json"))],
        ["a run that is gone", () => rmSync(folder(12), { recursive: true })],
        ["a run that lost its manifest", () => rmSync(join(folder(13), "run_manifest.json"))],
        ["a run that was moved away", () => renameSync(folder(14), join(root, "aside"))],
        ["and back", () => renameSync(join(root, "aside"), folder(14))],
        [
          "a run that was replaced by a link",
          () => {
            renameSync(folder(15), join(root, "elsewhere"));
            symlinkSync(join(root, "elsewhere"), folder(15));
          },
        ],
        ["a folder that became a link", () => linkInside(folder(16), root)],
        ["a file in the place of a run", () => writeFileSync(folder(101), "")],
        ["a month of no runs", () => mkdirSync(join(root, "records/2031-01"))],
        ["a month that is gone", () => rmSync(join(root, "records", monthOf(idOf(1))), { recursive: true })],
        [
          "settings that name another key",
          () => writeFileSync(join(root, "colophon.json"), '{"extensionNamespace":"other"}'),
        ],
        ["the old settings", () => writeFileSync(join(root, "colophon.json"), "{}")],
        [
          "settings in the records",
          () => writeFileSync(join(root, "records/colophon.json"), '{"extensionNamespace":"x"}'),
        ],
        ["settings that are gone", () => rmSync(join(root, "records/colophon.json"))],
        ["settings in a month", () => settings(join(root, "records", monthOf(idOf(0))))],
        ["records that are gone", () => rmSync(join(root, "records"), { recursive: true })],
      ];
      const sayNothing = new Set([
        "a line that is none",
        "a list of no decisions",
        "a file in the place of a run",
        "a month of no runs",
      ]);
      let now: unknown;
      beforeAll(async () => {
        now = await wholeAnswer(openRemembering(root));
      });
      test.each(changes)("%s", async (name, change) => {
        const before = now;
        await whole(before);
        change();
        const after = await wholeAnswer(openRemembering(root));
        now = after;
        await whole(after);
        await whole(after);
        expect(isDeepStrictEqual(after, before)).toBe(sayNothing.has(name));
      });
    });
  });
}

/** In the long form all of them. */
function sampled(): number {
  return process.env.COLOPHON_TEST_LONG === "1" ? 1 : 29;
}

function edit(path: string, from: string, to: string): void {
  const text = readFileSync(path, "utf8");
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
}

function linkInside(folder: string, root: string): void {
  renameSync(join(folder, "00_run_metadata"), join(root, "facts"));
  symlinkSync(join(root, "facts"), join(folder, "00_run_metadata"));
}

function settings(month: string): void {
  writeFileSync(join(month, "colophon.json"), '{"extensionNamespace":"x"}');
}
