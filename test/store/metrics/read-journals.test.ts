import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, symlinkSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "@jest/globals";
import { createJournal, type MetricPoint } from "../../../src/store/metrics/journal.js";
import { readMetrics, visitMetrics } from "../../../src/store/metrics/read-journals.js";
import { isLong, makeFolder, program, removePlace } from "./journal-program.js";

let folder: string;
beforeEach(() => {
  folder = makeFolder();
});
afterAll(removePlace);

const write = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content);
const line = (step: number, value: unknown = step) =>
  `${JSON.stringify({ step, metrics: { loss: value } })}\n`;

async function read() {
  const reading = readMetrics(folder);
  const points: MetricPoint[] = [];
  for await (const point of reading) points.push(point);
  return { points, problems: reading.problems };
}

describe("readMetrics", () => {
  test("reads nothing where nothing is", async () => {
    expect(await read()).toEqual({ points: [], problems: [] });
    folder = join(folder, "gone");
    expect(await read()).toEqual({ points: [], problems: [] });
  });

  test("reads the journals of all processes as one, by rank", async () => {
    write("metrics.jsonl", line(1));
    for (const rank of ["10", "2", "node-1.0"]) write(`metrics.${rank}.jsonl`, line(2));
    for (const other of ["metrics.json", "metrics-old.jsonl", "samples.jsonl", "metrics.a b.jsonl"]) {
      write(other, line(3));
    }
    const { points, problems } = await read();
    expect(points.map(({ rank, step }) => [rank, step])).toEqual([
      [null, 1],
      ["2", 2],
      ["10", 2],
      ["node-1.0", 2],
    ]);
    expect(problems).toEqual([]);
  });

  test("gives a point with everything it has", async () => {
    write(
      "metrics.jsonl",
      '{"step":4,"time":"2026-11-20T10:42:07.120Z","metrics":{"loss":0.25}}\n{"metrics":{"a":1}}',
    );
    expect((await read()).points).toEqual([
      { metric: "loss", step: 4, value: 0.25, time: "2026-11-20T10:42:07.120Z", rank: null },
      { metric: "a", step: null, value: 1, time: null, rank: null },
    ]);
  });

  test("says of each journal which lines are none, and why", async () => {
    write("metrics.jsonl", `${line(1)}epoch 3\n${line(2, "x")}{"step":3,"met`);
    write("metrics.1.jsonl", `${line(1)}[]\n`);
    expect((await read()).problems).toEqual([
      {
        path: "metrics.jsonl",
        torn: 1,
        bad: 2,
        lines: [
          { line: 2, message: 'is not JSON: found "epoch" where a value was expected' },
          { line: 3, message: 'has no number for loss, but "x"' },
          { line: 4, message: "was not written to its end" },
        ],
        unreadable: null,
      },
      {
        path: "metrics.1.jsonl",
        torn: 0,
        bad: 1,
        lines: [{ line: 2, message: "is no JSON object" }],
        unreadable: null,
      },
    ]);
  });

  test("counts every bad line, and names the first hundred", async () => {
    write("metrics.jsonl", `${"nothing\n".repeat(5000)}${line(1)}`);
    const { points, problems } = await read();
    expect(points).toHaveLength(1);
    expect(problems).toMatchObject([{ bad: 5000, torn: 0 }]);
    expect(problems[0]?.lines).toHaveLength(100);
    expect(problems[0]?.lines.at(-1)?.line).toBe(100);
  });

  test("follows no link and waits for no pipe", async () => {
    write("elsewhere", line(1));
    symlinkSync(join(folder, "elsewhere"), join(folder, "metrics.jsonl"));
    execFileSync("mkfifo", [join(folder, "metrics.1.jsonl")]);
    mkdirSync(join(folder, "metrics.2.jsonl"));
    write("metrics.3.jsonl", line(3));
    const { points, problems } = await read();
    expect(points.map(({ step }) => step)).toEqual([3]);
    expect(problems.map(({ path, unreadable }) => [path, unreadable])).toEqual([
      ["metrics.jsonl", "it is a link, which is not followed"],
      ["metrics.1.jsonl", "it is not a regular file"],
      ["metrics.2.jsonl", "it is not a regular file"],
    ]);
  });

  test("passes over a line that is too long or nests without end", async () => {
    const wide = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`metric ${index}`, index]));
    const wrong = Array.from({ length: 80_000 }, (_, index) => `"${index}":""`).join();
    write(
      "metrics.jsonl",
      `${line(1)}${"x".repeat(3_000_000)}\n${'{"metrics":'.repeat(10_000)}1${"}".repeat(10_000)}\n${"[".repeat(900_000)}\n${JSON.stringify({ metrics: wide })}\n{"metrics":{${wrong}}}\n`,
    );
    const { points, problems } = await read();
    expect(points).toHaveLength(20_001);
    expect(problems[0]).toMatchObject({ bad: 4, torn: 0 });
    expect(problems[0]?.lines.map(({ message }) => message)).toEqual([
      "is longer than 1048576 bytes",
      "cannot be read without doubt: nests deeper than 64 levels",
      expect.stringMatching(/^is not JSON/),
      'has no number for 0, but "" (and 79999 more)',
    ]);
  });

  test("takes the names of metrics for names", async () => {
    write("metrics.jsonl", '{"metrics":{"__proto__":1,"constructor":2,"a\\"b":3,"température":4}}\n');
    const names = (await read()).points.map(({ metric }) => metric);
    expect(names).toEqual(["constructor", 'a"b', "température"]);
  });

  test.each([
    ['{"metrics":{"a" :1,"a":2}}', 0],
    ['{"metrics":{"a":1,"\\u0061":2}}', 0],
    ['{"metrics":{"a":1},"metrics":{"b":2}}', 0],
    ['{"metrics":{"a":1},"note":"x\\":1"}', 1],
    ['{"metrics":{"a":1},"note":"{\\"metrics\\":{}}"}', 1],
    ['{"metrics": {"a": NaN}, "note": "NaN \\" NaN"}', 1],
    ['{"metrics":{"a":NaN,"a":NaN}}', 0],
    ['{"metrics":{"a":NaNs}}', 0],
  ])("takes no key twice: %s", async (text, count) => {
    write("metrics.jsonl", `${text}\n`);
    const { points, problems } = await read();
    expect([points.length, problems.length]).toEqual([count, 1 - count]);
  });

  test("finds the whole line behind one that a killed writer left", async () => {
    write("metrics.jsonl", `${line(1)}{"step":2,"metrics":{"{"step":3,"metrics":{"l${line(4)}${line(5)}`);
    const { points, problems } = await read();
    expect(points.map(({ step }) => step)).toEqual([1, 4, 5]);
    expect(problems).toMatchObject([{ torn: 1, bad: 0 }]);
  });

  test("may be asked again, and then counts again", async () => {
    write("metrics.jsonl", `${line(1)}none\n`);
    const reading = readMetrics(folder);
    for (const _time of [1, 2]) {
      const values: number[] = [];
      for await (const { value } of reading) values.push(value);
      expect(values).toEqual([1]);
      expect(reading.problems).toHaveLength(1);
    }
  });
});

test("a journal gives the same points wherever its bytes are cut", () => {
  const text = `${line(1)}\n{"metrics":{"größe":1,"😀":"NaN"}}\r\nnone\n${line(2)}{"step":`;
  const bytes = Buffer.from(text);
  const whole = createJournal("metrics.jsonl", null);
  const expected = [[...whole.push(bytes), ...whole.end()], whole.problems()];
  expect(expected[0]).toHaveLength(4);
  for (let size = 1; size < bytes.length; size += 1) {
    const journal = createJournal("metrics.jsonl", null);
    const points: MetricPoint[] = [];
    const chunk = Buffer.alloc(size);
    for (let at = 0; at < bytes.length; at += size) {
      // One buffer that is filled again and again, as a reader's is.
      const length = bytes.copy(chunk, 0, at, at + size);
      points.push(...journal.push(chunk.subarray(0, length)));
    }
    expect([[...points, ...journal.end()], journal.problems()]).toEqual(expected);
  }
});

test("visitMetrics gives the same points", async () => {
  write("metrics.jsonl", `${line(1)}none\n${line(2)}`);
  const points: MetricPoint[] = [];
  const problems = await visitMetrics(folder, (point) => points.push(point));
  expect({ points, problems }).toEqual(await read());
});

const megabytes = isLong ? 1000 : 200;

describe(`a journal of ${megabytes} MB`, () => {
  test("is read in memory that does not grow with it", () => {
    const row = '{"step":123456,"time":"2026-11-20T10:42:07.120Z","metrics":{"loss":0.5,"lr":1e-05}}\n';
    const rows = Math.ceil((megabytes * 1e6) / row.length / 1000) * 1000;
    const file = openSync(join(folder, "metrics.jsonl"), "w");
    // A line that never ends would have to be held.
    writeSync(file, `${"x".repeat(30_000_000)}\n`);
    for (let written = 0; written < rows; written += 1000) writeSync(file, row.repeat(1000));
    closeSync(file);
    for (const verb of isLong ? ["read", "visit"] : ["visit"]) {
      const found = JSON.parse(execFileSync(process.execPath, [program, verb, folder], { encoding: "utf8" }));
      process.stderr.write(
        `${verb}: ${megabytes} MB, ${found.points} points, in ${found.megabytes.toFixed(0)} MB of memory\n`,
      );
      expect(found).toMatchObject({ points: rows * 2, problems: [{ bad: 1 }] });
      // An empty Node takes about 45 MB, and JSON's short-lived objects as much again.
      expect(found.megabytes).toBeLessThan(200);
    }
  }, 120_000);
});
