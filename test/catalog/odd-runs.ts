/** Runs whose records say everything that may make a column hard: nothing, null, other types, nested and dotted names, NaN, many tags. */
import { join } from "node:path";
import { type Json, type WrittenRecord, writeRecord } from "../operations/records/records.js";

export const idOf = (number: number) => {
  const at = new Date(Date.UTC(2026, 9 + (number % 2), 1 + (number % 28), 10, 0, number % 60)).toISOString();
  const suffix = number.toString(36).padStart(6, "a");
  return `${at.slice(0, 19).replaceAll(/[-:]/g, "")}Z_3f9c2e1_${suffix}`;
};

export const monthOf = (id: string) => `${id.slice(0, 4)}-${id.slice(4, 6)}`;

const values: readonly unknown[] = [
  0.1,
  0,
  -3,
  1e21,
  "adam",
  "0.1",
  "",
  " 7 ",
  "nan",
  true,
  false,
  null,
  [1, 2],
  { name: "sgd", "a.b": 4, deep: { er: 1 } },
  'a "quoted", text\nof two lines',
  "größe",
];

/** `root` of a project. Every third has a metric that others lack; every fifth failed. */
export function writeOddRun(root: string, number: number): WrittenRecord {
  const id = idOf(number);
  const record = writeRecord(join(root, "records", monthOf(id)), {
    id,
    status: number % 5 === 4 ? "failed" : "completed",
    change: (run: Json) => {
      const start = Date.UTC(2026, 10, 20) - (number % 4) * 1000 + number;
      run.run_name = number % 3 === 0 ? "train.py" : `eval ${number % 7}.py`;
      run.started_at = new Date(start).toISOString();
      run.finished_at = new Date(start + (number % 9) * 700).toISOString();
    },
  });
  const manifest = {
    manifest_schema_version: 1,
    experiment_id: id,
    timestamp_utc: "2026-11-20T10:42:07.120Z",
    git: {
      sha:
        number % 2 === 0
          ? "3f9c2e1b7a6d5c4e3f2a1b0c9d8e7f6a5b4c3d2e"
          : "0123456789012345678901234567890123456789",
      branch: number % 4 === 0 ? "main" : "try/it",
      dirty: number % 3 === 1,
    },
    env: { node: "20.20.2", platform: number % 2 === 0 ? "Linux" : "macOS" },
    data_provenance:
      number % 6 === 0
        ? { kind: "synthetic", seed: number }
        : { kind: "external", hashes: { train: "ab".repeat(32), test: `${number % 10}`.repeat(64) } },
    params: paramsOf(number),
    colophon: {},
  };
  record.put("manifest.json", manifest);
  if (number % 4 !== 3) record.put("00_run_metadata/metrics_summary.json", summaryOf(number));
  if (number % 7 === 2)
    record.put(
      "00_run_metadata/notes.jsonl",
      `${line({ tags: ["baseline", `model=${number % 3 === 0 ? "large" : "small"}`] })}${line({ untags: number % 2 === 0 ? ["baseline"] : [] })}`,
    );
  return record;
}

export function line({
  tags = [],
  untags = [],
}: {
  readonly tags?: readonly string[];
  readonly untags?: readonly string[];
}) {
  return `${JSON.stringify({ by: null, note_version: 1, tags, text: null, time: "2026-11-21T10:00:00.000Z", untags })}\n`;
}

function paramsOf(number: number): Json {
  const at = (offset: number) => values[(number + offset) % values.length];
  return {
    lr: number % 2 === 0 ? 0.1 : 0.01 * (number % 3),
    mixed: at(0),
    ...(number % 3 === 0 ? { rare: at(5) } : {}),
    ...(number % 8 === 1 ? { "mixed.name": "dotted" } : {}),
    optim: at(13),
    argv: ["python", "train.py"],
  };
}

function summaryOf(number: number): Json {
  const point = (value: number) => ({ value: Number.isFinite(value) ? value : String(value), step: number });
  const metric = (value: number) => ({
    count: number,
    nan: 0,
    last: point(value),
    min: number % 6 === 1 ? null : point(value - 1),
    max: number % 6 === 1 ? null : point(value + 1),
  });
  return {
    metrics_summary_version: 1,
    metrics: {
      loss: metric(number % 10 === 5 ? Number.NaN : 1 / (number + 1)),
      "val/acc": metric(number % 13 === 1 ? Number.POSITIVE_INFINITY : number % 5),
      ...(number % 3 === 0 ? { "loss.min": metric(7) } : {}),
      ...(number % 9 === 0 ? { f1: metric(0.5) } : {}),
    },
    left_out: { secret: 0, beyond_the_first_names: 0 },
    unread: [],
  };
}
