/** The verbs that read a fixture: verify, load, replay and diff. */
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { exitStatus, UsageError } from "../../errors.js";
import { fixturePorts } from "../../local-ports/synthetic/fixtures.js";
import { diffFixturesAt } from "../../operations/fixtures/diff-fixtures.js";
import { loadFixtureAt } from "../../operations/fixtures/load-fixture.js";
import { replayFixtureAt } from "../../operations/fixtures/replay-fixture.js";
import { verifyFixtureAt } from "../../operations/fixtures/verify/verify-fixture.js";
import { type Arguments, type Flags, parseArguments } from "../arguments.js";
import {
  diffLines,
  faultLine,
  loadedAsJson,
  loadedLines,
  verifiedAsJson,
  verifiedLine,
} from "../reports/synthetic/report-fixture.js";
import { errPaint, outPaint } from "../terminal/paint.js";
import type { Streams } from "../terminal/streams.js";

const json: Flags = { json: { about: "" } };

export const loadFlags: Flags = {
  "without-labels": { about: "load: leave out what is true of the events and not said in them" },
};

export const replayFlags: Flags = {
  speed: {
    value: "N",
    about: "replay N times as fast as in the events' own time; 1 is real time (default: no waiting)",
  },
  step: { about: "replay the next event at each line of standard input" },
};

export async function verify(words: readonly string[], streams: Streams): Promise<number> {
  const given = parseArguments("fixture verify", words, json);
  const [path] = pathsOf("verify", given, 1);
  const verified = verifyFixtureAt(resolve(streams.directory, path), fixturePorts);
  if (given.has("json")) {
    streams.out(`${JSON.stringify(verifiedAsJson(verified, path), null, 2)}\n`);
  } else {
    const [out, err] = [outPaint(streams), errPaint(streams)];
    for (const fault of verified.faults) streams.out(`${faultLine(fault, out)}\n`);
    streams.err(`${err.glyphs.rule} ${verifiedLine(verified, path, err)}\n`);
  }
  return verified.faults.length === 0 ? exitStatus.fine : exitStatus.findings;
}

export async function load(words: readonly string[], streams: Streams): Promise<number> {
  const given = parseArguments("fixture load", words, { ...loadFlags, ...json });
  const [path] = pathsOf("load", given, 1);
  const options = { labels: !given.has("without-labels") };
  const loaded = loadFixtureAt(resolve(streams.directory, path), options, fixturePorts);
  if (given.has("json")) streams.out(`${JSON.stringify(loadedAsJson(loaded, path), null, 2)}\n`);
  else for (const line of loadedLines(loaded)) streams.out(`${line}\n`);
  return exitStatus.fine;
}

export async function replay(words: readonly string[], streams: Streams): Promise<number> {
  const given = parseArguments("fixture replay", words, { ...replayFlags, ...json });
  const [path] = pathsOf("replay", given, 1);
  const speed = speedOf(given);
  const out = batchedOutput(streams);
  const isJson = given.has("json");
  const steps = given.has("step") ? stepper() : undefined;
  const isPaced = speed !== undefined || steps !== undefined;
  let count = 0;
  const write = (line: string) => {
    if (isJson) out.add(`${count === 0 ? "" : ",\n"}    ${line}`);
    else out.add(`${line}\n`);
    count += 1;
    if (isPaced) out.flush();
  };
  // Held until the first event: a fixture that is refused leaves no output.
  if (isJson) out.add('{\n  "events": [\n');
  const { orderRestored } = await replayFixtureAt(
    resolve(streams.directory, path),
    steps === undefined
      ? (_event, line) => write(line)
      : async (_event, line) => (await steps.next()) && write(line),
    speed === undefined ? {} : { speed },
    fixturePorts,
  );
  if (isJson) out.add(`\n  ],\n  "order_restored": ${orderRestored}\n}\n`);
  out.flush();
  steps?.end();
  if (orderRestored) {
    const { glyphs, yellow } = errPaint(streams);
    streams.err(
      `${glyphs.rule} ${yellow(glyphs.note)} the file was shuffled; its events were given in replay order\n`,
    );
  }
  return exitStatus.fine;
}

export async function diff(words: readonly string[], streams: Streams): Promise<number> {
  const given = parseArguments("fixture diff", words, json);
  const [a, b] = pathsOf("diff", given, 2);
  const found = diffFixturesAt(
    resolve(streams.directory, a),
    resolve(streams.directory, b as string),
    fixturePorts,
  );
  if (given.has("json")) streams.out(`${JSON.stringify(found, null, 2)}\n`);
  else for (const line of diffLines(found, outPaint(streams))) streams.out(`${line}\n`);
  return found.same ? exitStatus.fine : exitStatus.findings;
}

function pathsOf(verb: string, { paths }: Arguments, count: number): readonly [string, ...string[]] {
  if (paths.length === count && paths.every((path) => path !== ""))
    return paths as unknown as [string, ...string[]];
  const expected = count === 1 ? "one fixture" : "two fixtures";
  throw new UsageError("WHICH_FIXTURE", `fixture ${verb} takes ${expected}; found ${paths.length}`, {
    hint: `Type: colophon fixture ${verb} ${count === 1 ? "fixtures/opening" : "fixtures/opening fixtures/closing"}`,
  });
}

function speedOf(given: Arguments): number | undefined {
  const word = given.value("speed");
  if (word === undefined) return undefined;
  const speed = Number(word);
  if (word.trim() !== "" && speed > 0 && Number.isFinite(speed) && !given.has("step")) return speed;
  throw new UsageError("BAD_FLAG_VALUE", `--speed takes a number above 0, and no --step; found "${word}"`, {
    hint: "Type: colophon fixture replay fixtures/opening --speed 60",
  });
}

/** Few writes for many events. */
function batchedOutput({ out }: Streams): { add: (text: string) => void; flush: () => void } {
  let held: string[] = [];
  let length = 0;
  const flush = () => {
    if (length > 0) out(held.join(""));
    held = [];
    length = 0;
  };
  return {
    add: (text) => {
      held.push(text);
      length += text.length;
      if (length > 65_536) flush();
    },
    flush,
  };
}

/** A line of standard input is a step; at its end there are none any more. */
function stepper(): { next: () => Promise<boolean>; end: () => void } {
  const lines = createInterface({ input: process.stdin });
  const iterator = lines[Symbol.asyncIterator]();
  return { next: async () => !(await iterator.next()).done, end: () => lines.close() };
}
