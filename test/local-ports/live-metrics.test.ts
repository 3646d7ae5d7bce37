import { appendFileSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { createLiveMetrics } from "../../src/local-ports/records/live-metrics.js";
import { openProject } from "../../src/store/project.js";
import { newPlace, type WrittenRecord, writeRecord } from "../operations/records/records.js";

let root: string;
let record: WrittenRecord;
beforeEach(() => {
  root = newPlace();
  writeFileSync(join(root, "colophon.json"), "{}\n");
  record = writeRecord(join(root, "records/2026-11"), { status: "running" });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const read = (live = createLiveMetrics(openProject(root))) => live.metricsOf(record);
const line = (loss: number | string) => `${JSON.stringify({ step: 1, metrics: { loss } })}\n`;

test("reads what a run without an end has logged so far", async () => {
  expect(await read()).toEqual({});
  record.put("metrics.jsonl", line(0.5) + line(0.25));
  expect(await read()).toEqual({ loss: { last: 0.25, min: 0.25, max: 0.5, count: 2 } });
  appendFileSync(join(record.folder, "metrics.jsonl"), `${line("NaN")}{"step`);
  expect(await read()).toEqual({ loss: { last: Number.NaN, min: 0.25, max: 0.5, count: 3 } });
});

test("takes a summary that is there before the end is", async () => {
  record.put("metrics.jsonl", line(0.5));
  const point = { value: 7, step: 1 };
  record.put("00_run_metadata/metrics_summary.json", {
    metrics_summary_version: 1,
    metrics: { loss: { count: 1, nan: 0, last: point, min: point, max: point } },
    left_out: { secret: 0, beyond_the_first_names: 0 },
    unread: [],
  });
  expect(await read()).toEqual({ loss: { last: 7, min: 7, max: 7, count: 1 } });
});

test("remembers a large journal until it grows, and believes nothing that was harmed", async () => {
  record.put("metrics.jsonl", line(0.5).repeat(8000));
  const known = join(root, ".colophon/catalog", `journals-${record.id}`);
  const expected = { loss: { last: 0.5, min: 0.5, max: 0.5, count: 8000 } };
  while (!existsSync(known)) {
    expect(await read()).toEqual(expected);
    await setTimeout(100);
  }
  expect(await read()).toEqual(expected);
  writeFileSync(known, readFileSync(known, "utf8").replace("8000", "8001"));
  expect(await read()).toEqual(expected);
  appendFileSync(join(record.folder, "metrics.jsonl"), line(0.75));
  expect(await read()).toEqual({ loss: { last: 0.75, min: 0.5, max: 0.75, count: 8001 } });
});

test("says which journals are too large for a list", async () => {
  record.put("metrics.jsonl", line(0.5));
  truncateSync(join(record.folder, "metrics.jsonl"), 65 * 1024 * 1024);
  const live = createLiveMetrics(openProject(root));
  expect(await read(live)).toEqual({});
  expect(live.tooLarge).toEqual([record.id]);
});
