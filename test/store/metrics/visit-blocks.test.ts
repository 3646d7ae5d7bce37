import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { drawSvg } from "../../../src/draw/svg.js";
import { parseUtc } from "../../../src/manifest/timestamps.js";
import { type PlotRequest, plotRuns, type VisitBlocks } from "../../../src/operations/plot/plot-runs.js";
import type { QueriedRun } from "../../../src/query/queried-run.js";
import { createColumnWriter, type Moments } from "../../../src/store/metrics/column-file.js";
import { readMetrics } from "../../../src/store/metrics/read-journals.js";
import { type ColumnPlace, visitBlocks } from "../../../src/store/metrics/visit-blocks.js";
import { isLong, makeFolder, program, removePlace } from "./journal-program.js";

let root: string;
let folder: string;
let columns: string;
beforeEach(() => {
  root = makeFolder();
  folder = join(root, "run");
  columns = join(root, ".colophon", "points", "run");
  mkdirSync(folder);
});
afterAll(removePlace);

/** Late enough for every change to be settled. */
const place = (more: Partial<ColumnPlace> = {}): ColumnPlace => ({
  root,
  stateFolder: join(root, ".colophon"),
  openStateFolder: () => {
    mkdirSync(join(root, ".colophon"), { recursive: true });
    return join(root, ".colophon");
  },
  fingerprint: "one",
  now: () => Date.now() + 10_000,
  leastBytes: 1,
  ...more,
});

const noColumns = () => place({ leastBytes: Number.POSITIVE_INFINITY });
const journal = (content: string, rank = "") => writeFileSync(join(folder, `metrics${rank}.jsonl`), content);
const line = (metrics: object, step: number | null = null, time?: string) =>
  `${JSON.stringify({ step, time, metrics })}\n`;
const curve = (count: number, factor = 1) =>
  Array.from({ length: count }, (_, step) => line({ loss: factor * Math.sin(step) }, step)).join("");

/** By metric and process: each point as a text that tells -0 from 0. */
type Found = Record<string, string[]>;
const shown = (moment: number, value: number) =>
  `${Object.is(moment, -0) ? "-0" : moment} ${Object.is(value, -0) ? "-0" : value}`;

async function visited(moments: Moments, from: ColumnPlace, metric?: string) {
  let found: Found = {};
  const names = await visitBlocks(
    folder,
    { metric, moments },
    () => {
      found = {};
      return (block) => {
        const points = found[`${block.metric} ${block.rank}`] ?? [];
        found[`${block.metric} ${block.rank}`] = points;
        for (const [at, value] of block.values.entries())
          points.push(shown(block.moments[at] as number, value));
      };
    },
    from,
  );
  return { names: [...names].sort(), found };
}

/** What the journals say, by the other reader. */
async function written(moments: Moments, wanted?: string) {
  const found: Found = {};
  const names = new Set<string>();
  for await (const { metric, rank, step, time, value } of readMetrics(folder)) {
    names.add(metric);
    if (wanted !== undefined && metric !== wanted) continue;
    const moment = moments === "step" ? step : time === null ? null : (parseUtc(time) ?? null);
    const points = found[`${metric} ${rank}`] ?? [];
    found[`${metric} ${rank}`] = points;
    points.push(shown(moment ?? Number.NaN, value));
  }
  return { names: [...names].sort(), found };
}

async function expectAsWritten(from = place()): Promise<void> {
  for (const moments of ["step", "time"] as const)
    for (const metric of [undefined, "loss"])
      expect(await visited(moments, from, metric)).toEqual(await written(moments, metric));
}

const run = () =>
  ({ id: "run", name: "run", folder, started: 1_763_635_000_000, params: {} }) as unknown as QueriedRun;
const request: PlotRequest = { metric: "loss", x: "step", smoothing: 0, isLog: false, group: undefined };
const svg = async (from: ColumnPlace, more: Partial<PlotRequest> = {}) => {
  const visit: VisitBlocks = (path, asked, begin) => visitBlocks(path, asked, begin, from);
  return drawSvg(await plotRuns([run()], { ...request, ...more }, visit), { width: 800, height: 450 });
};

describe("visitBlocks", () => {
  test("gives from columns what the journals say, whatever stands in them: NaN, infinities, steps that repeat and go back, none, torn and bad lines, several ranks", async () => {
    const value = fc.oneof(
      fc.double(),
      fc.constantFrom("NaN", "Infinity", "-Infinity", "not a number", -0, 1e-320, null),
    );
    const time = fc.constantFrom(undefined, "2026-11-20T10:42:07.120Z", "2026-11-20T10:42:08Z", "yesterday");
    const metrics = fc.dictionary(fc.constantFrom("loss", "acc", "__proto__", "a\u0000b"), value, {
      maxKeys: 3,
    });
    const whole = fc.record({
      step: fc.oneof(fc.constant(null), fc.integer({ min: -3, max: 9 }), fc.double()),
      time,
      metrics,
    });
    const text = fc.oneof(
      { weight: 5, arbitrary: whole.map((each) => `${JSON.stringify(each)}\n`) },
      fc.constantFrom('{"step":3,"metrics":{"lo', "\n", "\u0000\n", '{"metrics":{"loss":NaN}}\n', "[]\n"),
    );
    const content = fc.array(text, { maxLength: 40 }).map((lines) => lines.join(""));
    let kept = 0;
    const runs = isLong ? 1000 : 40;
    await fc.assert(
      fc.asyncProperty(fc.array(content, { minLength: 1, maxLength: 4 }), async (contents) => {
        rmSync(join(root, ".colophon"), { recursive: true, force: true });
        rmSync(folder, { recursive: true });
        mkdirSync(folder);
        for (const [index, each] of contents.entries()) journal(each, index === 0 ? "" : `.${index * 5}`);
        await expectAsWritten();
        if (existsSync(columns)) kept += 1;
        await expectAsWritten();
      }),
      { numRuns: runs },
    );
    process.stderr.write(`${kept} of ${runs} runs read from columns\n`);
    expect(kept).toBeGreaterThan(runs / 2);
  });

  test("reads the columns and not the journals, where they are of these journals", async () => {
    journal(curve(10));
    await visited("step", place());
    const { basis } = directoryOf(readFileSync(columns));
    const other = createColumnWriter(columns, `${columns}.tmp`);
    const numbers = (...values: number[]) => Float64Array.from(values);
    other.add("loss", null, { steps: numbers(1, 2), values: numbers(3, 4), times: numbers(5, 6) });
    other.finish(basis, () => true);
    expect(await visited("step", place())).toEqual({
      names: ["loss"],
      found: { "loss null": ["1 3", "2 4"] },
    });
    expect(await visited("time", place())).toEqual({
      names: ["loss"],
      found: { "loss null": ["5 3", "6 4"] },
    });
    // By another Colophon they may be read otherwise.
    await expectAsWritten(place({ fingerprint: "two" }));
  });

  test("sees lines that are added, and a journal that is replaced by one of its length", async () => {
    journal(curve(50));
    await expectAsWritten();
    appendFileSync(join(folder, "metrics.jsonl"), line({ loss: 7, new: 1 }, 50));
    await expectAsWritten();
    appendFileSync(join(folder, "metrics.jsonl"), '{"step":51,"metr');
    await expectAsWritten();
    journal(curve(50), ".3");
    await expectAsWritten();
    const text = readFileSync(join(folder, "metrics.jsonl"), "utf8");
    writeFileSync(join(root, "other"), text.replace('"step":4,', '"step":5,'));
    renameSync(join(root, "other"), join(folder, "metrics.jsonl"));
    await expectAsWritten();
    rmSync(join(folder, "metrics.3.jsonl"));
    await expectAsWritten();
    expect(existsSync(columns)).toBe(true);
  });

  test("keeps nothing of a journal that changes while it is read, or that changed just now, or of a small one", async () => {
    journal(curve(50));
    await visitBlocks(
      folder,
      { metric: undefined, moments: "step" },
      () => () => appendFileSync(join(folder, "metrics.jsonl"), line({ loss: 1 })),
      place(),
    );
    expect(readdirSync(join(root, ".colophon", "points"))).toEqual([]);
    const { ctimeMs } = statSync(join(folder, "metrics.jsonl"));
    await visited("step", place({ now: () => ctimeMs + 1000 }));
    await visited("step", place({ leastBytes: 1_000_000 }));
    expect(existsSync(columns)).toBe(false);
  });

  test("gives the points of the journals, whichever bit of the columns flips, and wherever they end", async () => {
    journal(curve(60) + line({ acc: 1 }, 3, "2026-11-20T10:42:07.120Z"));
    journal(curve(20, 2), ".1");
    const right = [await written("step"), await written("time")];
    await visited("step", place());
    const bytes = readFileSync(columns);
    const every = isLong ? 1 : 31;
    let tried = 0;
    // Nothing is settled now, so that it stays damaged.
    const from = place({ now: Date.now });
    for (let at = 0; at < bytes.length; at += every) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] as number) ^ (1 << (at % 8));
      writeFileSync(columns, damaged);
      expect([await visited("step", from), await visited("time", from)]).toEqual(right);
      writeFileSync(columns, bytes.subarray(0, at));
      expect(await visited("step", from)).toEqual(right[0]);
      tried += 1;
    }
    process.stderr.write(`${tried} of ${bytes.length} bytes flipped, and as many ends\n`);
    writeFileSync(columns, bytes);
    // What is no file is not followed, and not waited for.
    renameSync(columns, join(root, "elsewhere"));
    symlinkSync(join(root, "elsewhere"), columns);
    await expectAsWritten(from);
    rmSync(columns);
    mkdirSync(columns);
    await expectAsWritten();
  });

  test("does without columns where they cannot be written", async () => {
    journal(curve(50));
    writeFileSync(join(root, ".colophon"), "no folder\n");
    await expectAsWritten();
    rmSync(join(root, ".colophon"));
    mkdirSync(join(root, ".colophon"));
    writeFileSync(join(root, ".colophon", "points"), "no folder\n");
    await expectAsWritten();
  });

  test("drops the columns of runs that are gone, when others are written", async () => {
    journal(curve(5));
    await visited("step", place());
    renameSync(folder, join(root, "other run"));
    folder = join(root, "other run");
    await visited("step", place());
    expect(readdirSync(join(root, ".colophon", "points"))).toEqual(["other%20run"]);
  });
});

describe("a plot", () => {
  test("is the same picture from columns and from journals, by steps, by time, smoothed, in groups and of one point", async () => {
    const many = Array.from({ length: 20_000 }, (_, step) => {
      const loss = step % 7001 === 0 ? "Infinity" : Math.sin(step / 999) + (step % 4567 === 0 ? 5 : 0);
      const time = new Date(1_763_635_200_000 + step).toISOString();
      return `{"step":${step % 1000 === 3 ? step - 500 : step},"time":"${time}","metrics":{"loss":${JSON.stringify(loss)}}}\n`;
    });
    journal(many.join(""));
    journal(curve(100), ".2");
    journal(line({ loss: 3 }), ".10");
    const kinds: Partial<PlotRequest>[] = [
      {},
      { x: "time" },
      { smoothing: 0.9 },
      { group: "seed" },
      { metric: undefined },
    ];
    const plain: string[] = [];
    for (const kind of kinds) plain.push(await svg(noColumns(), kind));
    expect(existsSync(columns)).toBe(false);
    for (const [index, kind] of kinds.entries()) expect(await svg(place(), kind)).toBe(plain[index]);
    expect(existsSync(columns)).toBe(true);
    expect(plain[0]).toContain("run rank 10");
    expect(new Set(plain).size).toBe(4);
    truncateSync(columns, 100_000);
    expect(await svg(place({ now: Date.now }))).toBe(plain[0]);
  });
});

const mayMount = spawnSync("unshare", ["-m", "sh", "-c", "mount -t tmpfs tmpfs /mnt"]).status === 0;
(mayMount ? test : test.skip)(
  `a full disk, or one that is read only, changes no point${mayMount ? "" : " (skipped: no right to mount)"}`,
  () => {
    journal(curve(5000));
    const state = join(root, ".colophon");
    mkdirSync(state);
    const plain = spawnSync(process.execPath, [program, "blocks", root, folder], { encoding: "utf8" });
    const names = readdirSync(join(state, "points"));
    expect([plain.status, names]).toEqual([0, ["run"]]);
    for (const options of ["size=64k", "ro,size=1m"]) {
      const script = `mount -t tmpfs -o ${options} tmpfs "$1/.colophon" && "$2" "$3" blocks "$1" "$4" && ls -R "$1/.colophon" >&2`;
      const words = ["-m", "sh", "-c", script, "sh", root, process.execPath, program, folder];
      const { stdout, stderr, status } = spawnSync("unshare", words, { encoding: "utf8" });
      expect([status, pointsOf(stdout)]).toEqual([0, pointsOf(plain.stdout)]);
      expect(stderr).not.toMatch(/^run|tmp$/m);
    }
    expect(pointsOf(plain.stdout)[0]).toBe(5000);
  },
);

function pointsOf(printed: string): number[] {
  const { points, sum } = JSON.parse(printed.slice(0, printed.indexOf("}") + 1));
  return [points, sum];
}

function directoryOf(bytes: Buffer): { basis: string } {
  const length = bytes.readUInt32LE(bytes.length - 16);
  return JSON.parse(bytes.toString("utf8", bytes.length - 16 - length, bytes.length - 16));
}
