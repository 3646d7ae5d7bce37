import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { metric_line } from "../../src/generated/validators.js";
import { type MetricPoint, readMetrics } from "../../src/store/metrics/read-journals.js";

interface Example {
  readonly file: string;
  /** Name, step and value; the three that JSON has no numbers for as strings. */
  readonly points: readonly (readonly [string, number | null, number | string])[];
  readonly torn: readonly number[];
  readonly bad: readonly number[];
}

const folder = fileURLToPath(new URL("../../spec/examples/journals/", import.meta.url));
const examples = JSON.parse(readFileSync(join(folder, "index.json"), "utf8")) as Example[];

async function read(file: string) {
  const run = mkdtempSync(join(tmpdir(), "colophon-journal-"));
  try {
    copyFileSync(join(folder, file), join(run, "metrics.jsonl"));
    const reading = readMetrics(run);
    const points: MetricPoint[] = [];
    for await (const point of reading) points.push(point);
    return { points, problems: reading.problems };
  } finally {
    rmSync(run, { recursive: true });
  }
}

const spelled = (value: number) => (Number.isFinite(value) ? value : String(value));

describe("every journal in spec/examples/journals", () => {
  test("is listed in its index, and nothing else is", () => {
    const files = ["valid", "invalid"].flatMap((name) =>
      readdirSync(join(folder, name)).map((file) => `${name}/${file}`),
    );
    expect(examples.map(({ file }) => file).sort()).toEqual(files.sort());
  });

  test.each(examples.map((example) => [example.file, example] as const))(
    "%s gives its points, and what of it is none",
    async (file, example) => {
      const { points, problems } = await read(file);
      expect(points.map(({ metric, step, value }) => [metric, step, spelled(value)])).toEqual(example.points);
      expect(problems.length > 0).toBe(file.startsWith("invalid/"));
      const [found] = problems;
      expect(found?.torn ?? 0).toBe(example.torn.length);
      expect(found?.bad ?? 0).toBe(example.bad.length);
      const lines = [...example.torn, ...example.bad].sort((a, b) => a - b);
      expect((found?.lines ?? []).map(({ line }) => line)).toEqual(lines);
    },
  );

  // The bare words of Python's json.dumps are read, and are no JSON.
  test.each(
    examples
      .filter(({ file }) => file !== "valid/diverged.jsonl")
      .map((example) => [example.file, example] as const),
  )("%s has lines that the schema judges alike", (file, { torn, bad }) => {
    const lines = readFileSync(join(folder, file), "utf8").split("\n");
    for (const [index, line] of lines.entries()) {
      if (line.trim() === "") continue;
      expect({ line: index + 1, fits: fits(line) }).toEqual({
        line: index + 1,
        fits: ![...torn, ...bad].includes(index + 1) || ambiguous(line),
      });
    }
  });
});

function fits(line: string): boolean {
  try {
    return metric_line(JSON.parse(line));
  } catch {
    return false;
  }
}

/** What a schema cannot see: a key that stands twice, and bytes that were no UTF-8. */
function ambiguous(line: string): boolean {
  return line.includes('"loss":0.3,"loss"') || line.includes("\uFFFD");
}
