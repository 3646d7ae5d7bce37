/** Whatever is done to records in whatever order, what is remembered answers as what is read. Every round prints how to repeat it. */
import {
  appendFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterEach, expect, jest, test } from "@jest/globals";
import type { Catalog } from "../../src/catalog/catalog.js";
import { openCatalog } from "../../src/local-ports/records/catalog.js";
import type { RunSummary } from "../../src/operations/records/list/summarize-run.js";
import { parseQuery } from "../../src/query/parse-query.js";
import { parseSort } from "../../src/query/sort.js";
import { newPlace } from "../operations/records/records.js";
import { openRemembering, wholeAnswer } from "./contract.js";
import { idOf, line, monthOf, writeOddRun } from "./odd-runs.js";
import { randomFrom } from "./random.js";

const isLong = process.env.COLOPHON_TEST_LONG === "1";

let root: string;
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(root, { recursive: true, force: true });
});

const open = () =>
  openCatalog(root, {}, { folder: undefined, namespace: undefined, maximumBytes: undefined, isFresh: false })
    .catalog;

interface Hand {
  readonly random: () => number;
  readonly number: () => number;
  /** The folder of a run, whether or not it is there. */
  readonly folder: () => string;
  readonly month: () => string;
  readonly aside: (path: string) => string;
}

const facts = (folder: string, name: string) => join(folder, "00_run_metadata", name);
const isThere = (path: string) => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

/** To one of the same length, where it can be. */
function edit(path: string, from: RegExp, to: string): void {
  writeFileSync(path, readFileSync(path, "utf8").replace(from, to));
}

function swap(a: string, b: string): void {
  if (a === b) return;
  renameSync(a, `${a}.swap`);
  renameSync(b, a);
  renameSync(`${a}.swap`, b);
}

/** What cannot be done, as the run is not there, is not done. */
const deeds: Readonly<Record<string, (hand: Hand) => void>> = {
  "a tag": ({ folder }) => appendFileSync(facts(folder(), "notes.jsonl"), line({ tags: ["baseline"] })),
  "a tag less": ({ folder }) =>
    appendFileSync(facts(folder(), "notes.jsonl"), line({ untags: ["baseline"] })),
  "a tag by hand": ({ folder }) => edit(facts(folder(), "notes.jsonl"), /small/g, "large"),
  "no notes": ({ folder }) => rmSync(facts(folder(), "notes.jsonl")),
  "another status": ({ folder }) => edit(join(folder(), "run_manifest.json"), /"completed"/, '"failed"   '),
  "no end": ({ folder }) =>
    edit(join(folder(), "run_manifest.json"), /"status": "completed"/, '"status": "running"'),
  "an end": ({ folder }) =>
    edit(join(folder(), "run_manifest.json"), /"status": "running"/, '"status": "completed"'),
  "a parameter, and the old time": ({ folder }) => {
    const path = join(folder(), "manifest.json");
    const { atime, mtime } = statSync(path);
    edit(path, /"lr": 0\.1/, '"lr": 0.2');
    utimesSync(path, atime, mtime);
  },
  "other metrics": ({ folder }) => edit(facts(folder(), "metrics_summary.json"), /"loss"/, '"f1"  '),
  "no summary": ({ folder }) => rmSync(facts(folder(), "metrics_summary.json")),
  "a cut manifest": ({ folder }) => writeFileSync(join(folder(), "run_manifest.json"), "{"),
  "a folder for a file": ({ folder }) => {
    rmSync(join(folder(), "manifest.json"));
    mkdirSync(join(folder(), "manifest.json"));
  },
  "an artifact less": ({ folder }) => rmSync(facts(folder(), "command.json")),
  gone: ({ folder }) => rmSync(folder(), { recursive: true }),
  "a new run": ({ number }) => void writeOddRun(root, number()),
  "another new run": ({ number }) => void writeOddRun(root, 80 + number()),
  "moved aside": ({ folder, aside }) => {
    const from = folder();
    renameSync(from, aside(from));
  },
  restored: ({ folder, aside }) => {
    const to = folder();
    if (!isThere(to)) renameSync(aside(to), to);
  },
  "two runs change places": ({ folder }) => swap(folder(), folder()),
  "two summaries change places": ({ folder }) =>
    swap(facts(folder(), "metrics_summary.json"), facts(folder(), "metrics_summary.json")),
  "copied over itself": ({ folder }) => {
    const from = folder();
    cpSync(from, `${from}.copy`, { recursive: true, preserveTimestamps: true });
    rmSync(from, { recursive: true });
    renameSync(`${from}.copy`, from);
  },
  "a link": ({ folder, aside }) => {
    const from = folder();
    renameSync(from, aside(from));
    symlinkSync(aside(from), from);
  },
  "facts behind a link": ({ folder, aside }) => {
    const from = join(folder(), "00_run_metadata");
    renameSync(from, aside(from));
    symlinkSync(aside(from), from);
  },
  "a month aside and back": ({ random, month, aside }) => {
    const from = month();
    if (isThere(from) && random() < 0.6) return;
    if (isThere(from)) renameSync(from, aside(from));
    else renameSync(aside(from), from);
  },
  "another month like it": ({ month }) => {
    const from = month();
    cpSync(from, `${from}.copy`, { recursive: true, preserveTimestamps: true });
    rmSync(from, { recursive: true });
    renameSync(`${from}.copy`, from);
  },
  "the project is moved": () => {
    const to = `${newPlace()}/moved`;
    renameSync(root, to);
    root = to;
  },
  "the project is copied": () => {
    const to = `${newPlace()}/copied`;
    cpSync(root, to, { recursive: true, preserveTimestamps: true });
    rmSync(root, { recursive: true });
    root = to;
  },
  "the clock is set": ({ random }) => {
    const offset = random() < 0.6 ? 0 : Math.round((random() - 0.5) * 4e6);
    const real = performance.timeOrigin;
    jest.spyOn(Date, "now").mockImplementation(() => Math.floor(real + performance.now()) + offset);
  },
  "nothing is remembered": () => rmSync(join(root, ".colophon"), { recursive: true }),
  "a byte of what is remembered": ({ random }) => {
    const folder = join(root, ".colophon/catalog");
    const names = readdirSync(folder);
    const path = join(folder, names[Math.floor(random() * names.length)] as string);
    const bytes = readFileSync(path);
    const at = Math.floor(random() * bytes.length);
    bytes[at] = (bytes[at] as number) ^ 255;
    writeFileSync(path, bytes);
  },
};

const queries = [
  "metrics.loss < 0.1 or tags.baseline = true",
  "not (params.lr = 0.1 and status = completed)",
  "params.mixed like '%a%' or metrics.f1 is not null",
  "folder like '%7%' and not tag in ('baseline')",
].map((text) => parseQuery(text, 0));

async function answers(catalog: Catalog<RunSummary>) {
  const found: unknown[] = [await wholeAnswer(catalog)];
  for (const query of queries)
    for (const sort of ["-metrics.loss,name", "params.mixed"]) {
      const question = {
        queries: [query],
        tag: null,
        sort: parseSort(sort),
        limit: 9,
        fields: [],
        wantsShown: true,
      };
      const { runs, total, asked, notAsked } = await catalog.findRuns(question);
      found.push({ total, asked, notAsked, runs: runs.map(({ shown }) => shown) });
    }
  return found;
}

const seeds = isLong ? Array.from({ length: 40 }, (_, index) => index + 1) : [1];
const rounds = isLong ? 60 : 12;

test.each(seeds)(
  "seed %i",
  async (seed) => {
    root = newPlace();
    writeFileSync(join(root, "colophon.json"), "{}\n");
    const count = 80;
    for (let number = 0; number < count; number += 1) writeOddRun(root, number);
    const random = randomFrom(seed);
    const number = () => Math.floor(random() * count);
    const hand: Hand = {
      random,
      number,
      folder: () => {
        const id = idOf(number());
        return join(root, "records", monthOf(id), id);
      },
      month: () => join(root, "records", random() < 0.5 ? "2026-10" : "2026-11"),
      aside: (path) => {
        mkdirSync(join(root, "aside"), { recursive: true });
        return join(root, "aside", path.slice(root.length).replaceAll("/", "_"));
      },
    };
    const names = Object.keys(deeds);
    const done: string[] = [];
    let made = 0;
    await setTimeout(120);
    await answers(open());
    let remembered = 0;
    for (let round = 0; round < rounds; round += 1) {
      for (let deed = Math.ceil(random() * 3); deed > 0; deed -= 1) {
        const name = names[Math.floor(random() * names.length)] as string;
        try {
          deeds[name]?.(hand);
          made += 1;
          done.push(name);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === undefined) throw error;
          done.push(`(${name})`);
        }
      }
      // What changed just now is not remembered; some of it is to be.
      if (random() < 0.4) await setTimeout(120);
      const asked = random() < 0.3 ? 2 : 1;
      const found = await Promise.all(Array.from({ length: asked }, () => answers(open())));
      const expected = await answers(openRemembering(root));
      remembered += Number(existsSync(join(root, ".colophon/catalog/current")));
      for (const each of found) expect({ done, each }).toEqual({ done, each: expected });
    }
    console.log(`seed ${seed}: ${made} deeds in ${rounds} rounds, something remembered after ${remembered}`);
    expect(remembered).toBeGreaterThan(0);
  },
  300_000,
);
