import { spawn } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { generateRuns } from "../../scripts/generate-runs.mjs";
import { stampOf } from "../../src/catalog/columnar/stamps.js";
import { tellOfChange } from "../../src/catalog/columnar/told.js";
import { openCatalog } from "../../src/local-ports/records/catalog.js";
import { parseField, parseQuery } from "../../src/query/parse-query.js";
import { parseSort } from "../../src/query/sort.js";
import { builtCli } from "../journeys/built-cli.js";
import { newPlace } from "../operations/records/records.js";
import { openDirect, wholeAnswer } from "./contract.js";
import { line, writeOddRun } from "./odd-runs.js";

const isLong = process.env.COLOPHON_TEST_LONG === "1";
const spec = fileURLToPath(new URL("../../spec", import.meta.url));

let root: string;
const begin = () => {
  root = newPlace();
  writeFileSync(join(root, "colophon.json"), "{}\n");
};
const end = () => rmSync(root, { recursive: true, force: true });

const open = (isFresh = false) =>
  openCatalog(root, {}, { folder: undefined, namespace: undefined, maximumBytes: undefined, isFresh })
    .catalog;
const folder = () => join(root, ".colophon/catalog");
const files = () => readdirSync(folder()).map((name) => join(folder(), name));

/** Asks until there is something to remember. */
async function remembered(): Promise<void> {
  while (!existsSync(join(folder(), "current"))) {
    await open().listNewest({ limit: null, tag: null });
    await setTimeout(20);
  }
}

describe("what is remembered", () => {
  afterEach(end);
  beforeEach(async () => {
    begin();
    for (let number = 0; number < 36; number += 1) writeOddRun(root, number);
    await remembered();
  });

  test("may have any bit flipped", async () => {
    const expected = await wholeAnswer(openDirect(root));
    const whole = files().map((path) => [path, readFileSync(path)] as const);
    let flips = 0;
    for (const [path, bytes] of whole) {
      const count = isLong ? 400 : 12;
      for (let index = 0; index < count; index += 1) {
        const bit = Math.floor(((index + 0.5) * bytes.length * 8) / count);
        const flipped = Buffer.from(bytes);
        flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
        writeFileSync(path, flipped);
        expect(await wholeAnswer(open())).toEqual(expected);
        // What was made anew in the meantime gives way to what is to be harmed next.
        for (const [file, content] of whole) writeFileSync(file, content);
        flips += 1;
      }
    }
    console.log(`${flips} bits flipped in ${whole.length} files`);
    expect(flips).toBeGreaterThan(20);
  }, 300_000);

  test("may be harmed by a disk, without a trace: that is found by the next look at all runs", async () => {
    const expected = await wholeAnswer(openDirect(root));
    const path = files().find((file) => file.includes("segment-")) ?? "";
    const whole = readFileSync(path);
    const [head, body = ""] = readFileSync(join(folder(), "current"), "utf8").split("\n");
    const harm = (bytes: Buffer, checkedAt: number) => {
      writeFileSync(path, bytes);
      const state = JSON.parse(body);
      const segments = state.segments.map((segment: object) => ({
        ...segment,
        stamp: stampOf(path, [""]).sum,
      }));
      const text = JSON.stringify({ ...state, checkedAt, segments });
      writeFileSync(join(folder(), "current"), `${head}\n${text}\n${text}\n`);
    };
    const renamed = Buffer.from(whole);
    renamed.write("brain", whole.indexOf("train"));
    harm(renamed, Date.now());
    expect(await wholeAnswer(open(true))).toEqual(expected);
    // Until then there is an answer, whatever became of the file.
    const parts = isLong ? 200 : 16;
    for (let part = 0; part < parts; part += 1) {
      const zeros = Buffer.from(whole);
      zeros.fill(
        0,
        Math.floor((part * whole.length) / parts),
        Math.floor(((part + 1) * whole.length) / parts),
      );
      harm(zeros, Date.now());
      await wholeAnswer(open());
      harm(zeros, Date.now());
      expect(await wholeAnswer(open(true))).toEqual(expected);
    }
  }, 60_000);

  test("may be cut, emptied, replaced and removed, in part or whole", async () => {
    const expected = await wholeAnswer(openDirect(root));
    const harms: readonly ((path: string) => void)[] = [
      (path) => rmSync(path),
      (path) => truncateSync(path, 0),
      (path) => truncateSync(path, Math.floor(readFileSync(path).length / 2)),
      (path) => appendFileSync(path, "more"),
      (path) => {
        rmSync(path);
        mkdirSync(path);
      },
      () => rmSync(folder(), { recursive: true }),
      () => rmSync(join(root, ".colophon"), { recursive: true }),
    ];
    for (const harm of harms)
      for (const name of ["current", "segment-"]) {
        await remembered();
        const path = files().find((file) => file.includes(name));
        if (path === undefined) throw new Error(`there is no ${name}`);
        harm(path);
        expect(await wholeAnswer(open())).toEqual(expected);
        rmSync(join(root, ".colophon"), { recursive: true, force: true });
      }
  }, 60_000);

  test("is not needed where nothing can be written", async () => {
    rmSync(join(root, ".colophon"), { recursive: true });
    writeFileSync(join(root, ".colophon"), "a file");
    expect(await wholeAnswer(open())).toEqual(await wholeAnswer(openDirect(root)));
  });

  test("is forgotten when another program, project or user would read the records otherwise", async () => {
    const current = readFileSync(join(folder(), "current"), "utf8");
    const [head = "", ...rest] = current.split("\n");
    writeFileSync(join(folder(), "current"), [head.replace(/ \d+ /, " 0 "), ...rest].join("\n"));
    expect(await wholeAnswer(open())).toEqual(await wholeAnswer(openDirect(root)));
    expect(readFileSync(join(folder(), "current"), "utf8")).not.toContain(" 0 ");
  });

  test("keeps what many processes find at once whole, while runs and tags are added", async () => {
    const cli = builtCli();
    const colophon = (...words: string[]) =>
      new Promise<string>((done, fail) => {
        const child = spawn(process.execPath, [cli, ...words], { cwd: root });
        let text = "";
        child.stdout.on("data", (chunk) => {
          text += chunk;
        });
        child.on("close", (status) =>
          status === 0 ? done(text) : fail(new Error(`${words[0]}: ${status}`)),
        );
      });
    const totals: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const runs = Array.from({ length: 4 }, (_, index) => writeOddRun(root, 200 + round * 4 + index));
      const lists = Array.from({ length: 4 }, () => colophon("ls", "--json"));
      const tags = runs.slice(0, 2).map(({ id }) => colophon("tag", id, "late"));
      await Promise.all([...lists, ...tags]);
      for (const list of lists) totals.push((JSON.parse(await list) as { total: number }).total);
    }
    expect(totals.every((total, index) => total === 40 + 4 * Math.floor(index / 4))).toBe(true);
    const late = JSON.parse(await colophon("ls", "--tag", "late", "--json")) as { total: number };
    expect(late.total).toBe(6);
    expect(files().filter((path) => path.endsWith(".tmp"))).toEqual([]);
    expect(await wholeAnswer(open())).toEqual(await wholeAnswer(openDirect(root)));
  }, 120_000);
});

describe("of more runs than are looked at every time", () => {
  const count = 1100;
  const best = {
    queries: [parseQuery("params.seed = 3", 0)],
    tag: null,
    sort: parseSort("-metrics.acc"),
    limit: 3,
    fields: [parseField("metrics.acc")],
    wantsShown: false,
  };
  const noted = (id: string) => join(root, "records", `${id.slice(0, 4)}-${id.slice(4, 6)}`, id);
  const taggedOnes = async (tag: string, isFresh = false) =>
    (await open(isFresh).listNewest({ limit: null, tag })).runs.map(({ id }) => id);
  let ids: readonly string[];
  afterAll(end);
  beforeAll(async () => {
    begin();
    ids = generateRuns(root, spec, count);
    await remembered();
    await open().listNewest({ limit: 1, tag: null });
  }, 60_000);

  test("what commands say they change is seen, and what they are about to change", async () => {
    const [, , id = ""] = ids;
    const notes = join(noted(id), "00_run_metadata/notes.jsonl");
    expect(await taggedOnes("told")).toEqual([]);
    tellOfChange(folder(), [id]);
    expect(await taggedOnes("told")).toEqual([]);
    writeFileSync(notes, line({ tags: ["told"] }));
    tellOfChange(folder(), [id]);
    expect(await taggedOnes("told")).toEqual([id]);
  });

  test("nothing is shown that is no more true, whoever changed it", async () => {
    const before = await open().findRuns(best);
    const [first] = before.runs;
    if (first === undefined) throw new Error("nothing was found");
    const path = join(noted(first.queried.id), "00_run_metadata/metrics_summary.json");
    const summary = JSON.parse(readFileSync(path, "utf8"));
    summary.metrics.acc.last.value = -1;
    writeFileSync(path, JSON.stringify(summary));
    const after = await open().findRuns(best);
    expect(after).toEqual(await openDirect(root).findRuns(best).then(onlyAsked));
    expect(after.runs[0]?.queried.id).toBe(before.runs[1]?.queried.id);
  }, 60_000);

  /** The direct one gives all it has. */
  function onlyAsked(found: Awaited<ReturnType<ReturnType<typeof openDirect>["findRuns"]>>) {
    const runs = found.runs.map(({ queried, shown }) => {
      const { id, folder, name, status, metrics } = queried;
      const empty = { pipeline: null, started: null, finished: null, elapsed: null, version: null };
      const rest = { ...empty, params: {}, tags: [], git: {}, env: {}, data: {} };
      return {
        queried: { ...rest, id, folder, name, status, metrics: { acc: { last: metrics.acc?.last } } },
        shown,
      };
    });
    return { ...found, runs };
  }

  test("an edit by hand that nothing tells of is seen when Git writes its index, and when it is asked for", async () => {
    const [a = "", b = ""] = ids;
    for (const id of [a, b]) writeFileSync(join(noted(id), "reconciled.jsonl"), "");
    writeFileSync(join(noted(a), "00_run_metadata/notes.jsonl"), line({ tags: ["late"] }));
    expect(await taggedOnes("late", true)).toEqual([a]);
    writeFileSync(join(noted(b), "00_run_metadata/notes.jsonl"), line({ tags: ["late"] }));
    mkdirSync(join(root, ".git"));
    writeFileSync(join(root, ".git/index"), "as after a pull");
    expect((await taggedOnes("late")).toSorted()).toEqual([a, b].toSorted());
  });

  test("an edit by hand that nothing tells of is seen by itself, of a thousand runs after five seconds", async () => {
    const [, , , id = ""] = ids;
    await taggedOnes("seen", true);
    writeFileSync(join(noted(id), "00_run_metadata/notes.jsonl"), line({ tags: ["seen"] }));
    while ((await taggedOnes("seen")).length === 0) await setTimeout(200);
    expect(await taggedOnes("seen")).toEqual([id]);
  }, 30_000);

  test("new runs move no more than small segments, which stay few", async () => {
    const sizes = () => files().filter((path) => path.includes("segment-")).length;
    const [base] = files().filter((path) => path.includes("segment-"));
    for (let round = 0; round < 12; round += 1) {
      generateRuns(root, spec, 1, count + round);
      const current = readFileSync(join(folder(), "current"), "utf8");
      while (readFileSync(join(folder(), "current"), "utf8") === current)
        await open().listNewest({ limit: 1, tag: null });
    }
    const { segments } = JSON.parse(readFileSync(join(folder(), "current"), "utf8").split("\n")[1] as string);
    expect(segments.map(({ name }: { name: string }) => join(folder(), name))).toContain(base);
    expect(segments.length).toBeLessThan(6);
    // What others may be about to read stays for a while.
    expect(sizes()).toBeGreaterThanOrEqual(segments.length);
    expect((await open().listNewest({ limit: 1, tag: null })).total).toBe(count + 12);
  }, 60_000);
});

(isLong ? test : test.skip)(
  "a hundred thousand runs are listed, filtered and sorted as by reading them",
  async () => {
    begin();
    generateRuns(root, spec, 100_000);
    const catalog = open();
    const direct = openDirect(root);
    const question = {
      queries: [parseQuery("metrics.`val/acc` > 0.5 and params.lr = 0.001", 0)],
      tag: null,
      sort: parseSort("-metrics.`val/acc`"),
      limit: 50,
      fields: [],
      wantsShown: true,
    };
    const [found, expected] = [await catalog.findRuns(question), await direct.findRuns(question)];
    expect(found.total).toBe(expected.total);
    expect(found.runs.map(({ shown }) => shown)).toEqual(expected.runs.map(({ shown }) => shown));
    expect(await catalog.listNewest({ limit: 50, tag: null })).toEqual(
      await direct.listNewest({ limit: 50, tag: null }),
    );
    end();
    console.log(`${expected.asked} runs asked, ${expected.total} match`);
  },
  1_800_000,
);
