import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeEach, describe, expect, test } from "@jest/globals";
import { openJournal } from "../../../src/store/metrics/append-journal.js";
import { type MetricPoint, readMetrics } from "../../../src/store/metrics/read-journals.js";
import { codeOf } from "../../files/scratch.js";
import { isLong, makeFolder, program, removePlace } from "./journal-program.js";

let folder: string;
let path: string;
const writers = new Set<ChildProcess>();
beforeEach(() => {
  folder = makeFolder();
  path = join(folder, "metrics.jsonl");
});
afterAll(() => {
  for (const writer of writers) writer.kill("SIGKILL");
  removePlace();
});

async function read(place = folder) {
  const reading = readMetrics(place);
  const points: MetricPoint[] = [];
  for await (const point of reading) points.push(point);
  return { points, problems: reading.problems };
}

describe("openJournal", () => {
  test("makes the file with its first line", () => {
    const journal = openJournal(path);
    expect(existsSync(path)).toBe(false);
    journal.append("one\n");
    journal.append("zwölf\n", true);
    journal.close();
    expect(readFileSync(path, "utf8")).toBe("one\nzwölf\n");
    const { mode } = statSync(path);
    expect(mode & 0o111).toBe(0);
  });

  test("keeps apart from a line that a killed writer left without its end", () => {
    writeFileSync(path, '{"step":1,"met');
    const journal = openJournal(path);
    journal.append("two\n");
    journal.append("three\n");
    journal.close();
    openJournal(path).append("four\n");
    expect(readFileSync(path, "utf8")).toBe('{"step":1,"met\ntwo\nthree\nfour\n');
  });

  test("writes behind what others add", () => {
    const journal = openJournal(path);
    journal.append("one\n");
    appendFileSync(path, "other\n");
    journal.append("two\n");
    expect(readFileSync(path, "utf8")).toBe("one\nother\ntwo\n");
  });

  test("adds to a file alone, through no link, and says why not", async () => {
    symlinkSync(join(folder, "elsewhere"), path);
    expect(await codeOf(() => openJournal(path).append("x\n"))).toBe("WRITE_FAILED");
    expect(existsSync(join(folder, "elsewhere"))).toBe(false);
    execFileSync("mkfifo", [join(folder, "pipe")]);
    expect(await codeOf(() => openJournal(join(folder, "pipe")).append("x\n"))).toBe("WRITE_FAILED");
    mkdirSync(join(folder, "folder"));
    expect(await codeOf(() => openJournal(join(folder, "folder")).append("x\n"))).toBe("WRITE_FAILED");
    expect(await codeOf(() => openJournal(join(folder, "gone", "metrics.jsonl")).append("x\n"))).toBe(
      "WRITE_FAILED",
    );
  });

  test("tries again with the next line", async () => {
    const place = join(folder, "later");
    const journal = openJournal(join(place, "metrics.jsonl"));
    expect(await codeOf(() => journal.append("one\n"))).toBe("WRITE_FAILED");
    mkdirSync(place);
    journal.append("two\n");
    expect(readFileSync(join(place, "metrics.jsonl"), "utf8")).toBe("two\n");
  });
});

const writersAtOnce = 8;
const linesEach = 10_000;

describe(`${writersAtOnce} processes that log ${linesEach} lines each to one journal`, () => {
  test("lose and tear none", async () => {
    const done = Array.from({ length: writersAtOnce }, (_, index) => {
      const writer = spawn(process.execPath, [program, "write", folder, `loss${index}`, String(linesEach)]);
      return new Promise<number | null>((resolve) => writer.on("close", resolve));
    });
    expect(await Promise.all(done)).toEqual(Array(writersAtOnce).fill(0));
    const { points, problems } = await read();
    expect(problems).toEqual([]);
    expect(points).toHaveLength(writersAtOnce * linesEach);
    for (let index = 0; index < writersAtOnce; index += 1) {
      const steps = points.filter(({ metric }) => metric === `loss${index}`).map(({ step }) => step);
      expect(steps).toEqual(Array.from({ length: linesEach }, (_, step) => step));
    }
  });
});

const kills = isLong ? 1000 : 10;

/** Writers that wait between their points may do so side by side. */
const sideBySide = { max: 2, "200": 8, "5": 24 } as const;

describe("a process that is killed while it logs", () => {
  test.each(isLong ? (["max", "200", "5"] as const) : (["max"] as const))(
    `loses no acknowledged point, ${kills} times, at %s points a second`,
    async (rate) => {
      const sums = { acknowledged: 0, kept: 0, torn: 0 };
      let begun = 0;
      const killOneAfterAnother = async () => {
        while (begun < kills) {
          begun += 1;
          const found = await killAndRead(rate, begun % 4 === 3 ? "durable" : "plain");
          sums.acknowledged += found.acknowledged;
          sums.kept += found.kept;
          sums.torn += found.torn;
        }
      };
      await Promise.all(Array.from({ length: sideBySide[rate] }, killOneAfterAnother));
      const { acknowledged, kept, torn } = sums;
      expect(begun).toBe(kills);
      process.stderr.write(
        `${kills} kills at ${rate}/s: ${acknowledged} points acknowledged, ${kept} kept, ${torn} torn lines\n`,
      );
    },
    isLong ? 1_800_000 : 60_000,
  );

  async function killAndRead(rate: keyof typeof sideBySide, level: string) {
    const place = makeFolder();
    await killWriter(place, rate, level);
    const { points, problems } = await read(place);
    const last = new Float64Array(new Uint8Array(readFileSync(join(place, "acknowledged"))).buffer)[0] ?? -1;
    const steps = points.filter(({ metric }) => metric === "loss").map(({ step }) => step);
    expect(steps.findIndex((step, index) => step !== index)).toBe(-1);
    expect(steps.length).toBeGreaterThan(last);
    expect(problems.every(({ bad }) => bad === 0)).toBe(true);
    // Whoever writes next does not suffer from what the killed one left.
    const next = openJournal(join(place, "metrics.jsonl"));
    next.append('{"step":0,"metrics":{"next":1}}\n');
    next.close();
    expect((await read(place)).points.filter(({ metric }) => metric === "next")).toHaveLength(1);
    rmSync(place, { recursive: true });
    return {
      acknowledged: last + 1,
      kept: steps.length,
      torn: problems.reduce((sum, found) => sum + found.torn, 0),
    };
  }

  async function killWriter(place: string, rate: string, level: string): Promise<void> {
    const writer = spawn(process.execPath, [program, "flood", place, rate, level]);
    writers.add(writer);
    const ended = new Promise((resolve) => writer.on("close", (_status, signal) => resolve(signal)));
    while (!existsSync(join(place, "acknowledged")) && writer.exitCode === null) await setTimeout(2);
    await setTimeout(Math.random() * (rate === "5" ? 1000 : 60));
    writer.kill("SIGKILL");
    expect(await ended).toBe("SIGKILL");
    writers.delete(writer);
  }
});

const mayMount = spawnSync("unshare", ["-m", "sh", "-c", "mount -t tmpfs tmpfs /mnt"]).status === 0;
const fullDisk = mayMount ? test : test.skip;

fullDisk(
  `a full disk takes no acknowledged point, and is told of once${mayMount ? "" : " (skipped: no right to mount)"}`,
  () => {
    // Room for a part; then some is made, and the rest has to come through.
    const script = `mount -t tmpfs -o size=64k tmpfs "$1" && "$2" "$3" write "$1" loss 3000 && echo && cat "$1/metrics.jsonl" >"$4"`;
    const copy = join(makeFolder(), "metrics.jsonl");
    const { stdout, stderr, status } = spawnSync(
      "unshare",
      ["-m", "sh", "-c", script, "sh", folder, process.execPath, program, copy],
      { encoding: "utf8" },
    );
    expect({ stderr, status }).toMatchObject({ status: 0 });
    const { kept } = JSON.parse(stdout.split("\n")[0] ?? "") as { kept: number };
    const lines = readFileSync(copy, "utf8").split("\n");
    const whole = lines.filter((line) => line.endsWith("}}"));
    expect(kept).toBeGreaterThan(500);
    expect(kept).toBeLessThan(3000);
    expect(whole).toHaveLength(kept);
    expect(stderr.trim().split("\n")).toEqual([
      expect.stringMatching(
        /^metrics are not kept: .*the disk or the quota is full \(ENOSPC\); the program goes on$/,
      ),
      expect.stringMatching(new RegExp(`^${3000 - kept} calls of log were not kept in `)),
    ]);
  },
);
