import { UsageError } from "../../errors.js";
import { type Flags, nearest } from "../arguments.js";
import type { Command } from "../commands.js";
import type { Streams } from "../terminal/streams.js";
import { generate, generateFlags } from "./fixture-generate.js";
import { diff, load, loadFlags, replay, replayFlags, verify } from "./fixture-read.js";

/** Each verb takes those of its own. */
const flags: Flags = {
  ...generateFlags,
  ...loadFlags,
  ...replayFlags,
  json: { about: "print one JSON object (spec/cli/fixture-<verb>.schema.json)" },
};

const verbs: Readonly<Record<string, (words: readonly string[], streams: Streams) => Promise<number>>> = {
  generate,
  verify,
  load,
  replay,
  diff,
};

export const fixture: Command = {
  summary: "generate, verify, load, replay and compare deterministic batches of events",
  usage: "colophon fixture generate|verify|load|replay|diff [flags] [FIXTURE …]",
  flags,
  notes: [
    "FIXTURE is a folder, or the manifest in it. All flags of generate but --param, --accept and --json are required, and all that",
    "is given is written into the manifest: nothing is filled in. The generator market-events is built in; an ES module exports",
    'name, version and generate(request); a command behind `--` takes the request on standard input and writes a line {"generator":',
    '{"name", "version"}}, then {"event", "provenance", "labels"} a line. These two are run twice, to see that they repeat themselves.',
    "Generating again what is there changes nothing; anything else is shown and refused, exit status 1, without --accept.",
    "replay --speed and --step are about pace alone: all events come, in the same order.",
    "",
    '  colophon fixture generate --generator market-events --seed-bundle \'{"seed": 42, "namespace": "tests", "partition": "0"}\' \\',
    "    --profile calm --scenario plain --run-name opening --output-dir fixtures/opening \\",
    "    --param events=40 --param symbols=SPY,QQQ --param start_ts=1767623400000 --param interval_ms=250",
    "  colophon fixture verify fixtures/opening",
    "  colophon fixture replay fixtures/opening --speed 60 | jq .kind",
  ],
  run: async ([verb, ...words], streams) => {
    const run = verb !== undefined && Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
    if (run !== undefined) return run(words, streams);
    const near = nearest(verb ?? "", Object.keys(verbs));
    throw new UsageError(
      "NO_FIXTURE_VERB",
      `colophon fixture takes ${Object.keys(verbs).join(", ")}; found ${verb === undefined ? "nothing" : `"${verb}"`}`,
      {
        hint: near === undefined ? "See: colophon fixture --help" : `Did you mean: colophon fixture ${near}`,
      },
    );
  },
};
