import { resolve } from "node:path";
import { exitStatus, UsageError } from "../../errors.js";
import { generatePorts, resolvePorts } from "../../local-ports/synthetic/generate-fixture.js";
import { generateFixture } from "../../operations/fixtures/generate/generate-fixture.js";
import { resolveRequest } from "../../operations/fixtures/generate/resolve-request.js";
import { type Arguments, type Flags, parseArguments } from "../arguments.js";
import {
  diffLines,
  faultLine,
  generatedAsJson,
  generatedLines,
} from "../reports/synthetic/report-fixture.js";
import { countProgress } from "../terminal/count-progress.js";
import { errPaint, outPaint } from "../terminal/paint.js";
import type { Streams } from "../terminal/streams.js";

export const generateFlags: Flags = {
  generator: { value: "NAME|MODULE|command", about: "market-events, the path of an ES module, or command" },
  "seed-bundle": { value: "JSON|FILE", about: "seed, namespace and partition" },
  profile: { value: "NAME|FILE", about: "a profile of the generator, or a JSON file" },
  scenario: { value: "NAME", about: "what happens; of market-events: plain, options-sweep" },
  "run-name": { value: "NAME", about: "what this generation is called" },
  "output-dir": { value: "DIR", about: "where the fixture goes" },
  param: {
    value: "NAME=VALUE",
    repeat: true,
    short: "p",
    about: "a parameter of the generator; NAME:=JSON forces JSON",
  },
  accept: { about: "replace another fixture that is there" },
};

const required = ["generator", "seed-bundle", "profile", "scenario", "run-name", "output-dir"] as const;

export async function generate(words: readonly string[], streams: Streams): Promise<number> {
  const end = words.indexOf("--");
  const own = end < 0 ? words : words.slice(0, end);
  const given = parseArguments("fixture generate", own, { ...generateFlags, json: { about: "" } });
  const value = requiredValues(given);
  const progress = countProgress("generating", null, streams, "events");
  const ports = generatePorts(streams.directory, streams.env, progress.show);
  const asked = resolveRequest(
    {
      generator: value.generator,
      seedBundle: value["seed-bundle"],
      profile: value.profile,
      scenario: value.scenario,
      runName: value["run-name"],
      params: given.values("param"),
      command: end < 0 ? [] : words.slice(end + 1),
    },
    resolvePorts(streams.directory),
  );
  const outputFolder = resolve(streams.directory, value["output-dir"]);
  const generated = await generateFixture({ ...asked, outputFolder, accept: given.has("accept") }, ports);
  progress.clear();
  if (given.has("json")) {
    streams.out(`${JSON.stringify(generatedAsJson(generated, value["output-dir"]), null, 2)}\n`);
  } else {
    const [out, err] = [outPaint(streams), errPaint(streams)];
    const found = [
      ...generated.faults.map((fault) => faultLine(fault, out)),
      ...(generated.diff === null || generated.diff.same ? [] : diffLines(generated.diff, out)),
    ];
    for (const line of found) streams.out(`${line}\n`);
    for (const line of generatedLines(generated, value["output-dir"], err))
      streams.err(`${err.glyphs.rule} ${line}\n`);
  }
  return generated.status === "differs" ? exitStatus.findings : exitStatus.fine;
}

type Required = (typeof required)[number];

function requiredValues(given: Arguments): Readonly<Record<Required, string>> {
  if (given.paths.length > 0) {
    throw new UsageError("TOO_MANY_WORDS", `fixture generate takes flags alone; found "${given.paths[0]}"`, {
      hint: "Put a command behind --, as in: colophon fixture generate --generator command … -- python3 generate.py",
    });
  }
  const missing = required.filter((flag) => !given.value(flag));
  if (missing.length > 0) {
    throw new UsageError(
      "MISSING_FLAG",
      `fixture generate fills nothing in; missing ${missing.map((flag) => `--${flag}`).join(", ")}`,
      { hint: "See: colophon fixture --help" },
    );
  }
  return Object.fromEntries(required.map((flag) => [flag, given.value(flag)])) as Record<Required, string>;
}
