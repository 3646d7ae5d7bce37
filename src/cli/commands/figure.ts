import { UsageError } from "../../errors.js";
import { type Flags, parseArguments } from "../arguments.js";
import type { Command } from "../commands.js";
import type { Streams } from "../terminal/streams.js";

const flags: Flags = {
  accept: { about: "record: write over output of that name which differs" },
  json: { about: "print one JSON object (spec/cli/figure-<verb>.schema.json)" },
};

export const figure: Command = {
  summary: "record what figures are made from, and hold them against it",
  usage: "colophon figure record SPEC … [--accept] | verify [FIGURE …] | compare A B [--json]",
  flags,
  notes: [
    "SPEC is JSON, YAML or TOML (spec/figure-spec.schema.json); its paths are relative to the project. Digests, rows, hashes,",
    "references and sums are found out, never taken from it. Output of the same name that differs is shown, and stays.",
    "FIGURE is an id, a name or a manifest; all of them, where none is named. Exit status 1 when one differs or is stale, and",
    "when two may not be compared like for like.",
    "",
    "  colophon figure record figures/stacked.yaml",
    "  colophon figure verify",
    "  colophon figure compare stacked bubble",
  ],
  run: runFigure,
};

const verbs: Readonly<Record<string, () => Promise<FigureVerb>>> = {
  record: async () => (await import("./figure-record.js")).recordFigures,
  verify: async () => (await import("./figure-verify.js")).verifyFigureWords,
  compare: async () => (await import("./figure-compare.js")).compareFigureWords,
};

export interface FigureWords {
  readonly paths: readonly string[];
  readonly accept: boolean;
  readonly json: boolean;
}

export type FigureVerb = (words: FigureWords, streams: Streams) => Promise<number>;

async function runFigure(words: readonly string[], streams: Streams): Promise<number> {
  const given = parseArguments("figure", words, flags);
  const [verb = "", ...paths] = given.paths;
  const load = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (load === undefined)
    throw new UsageError(
      "NO_FIGURE_VERB",
      `colophon figure takes ${Object.keys(verbs).join(", ")}; found ${verb === "" ? "nothing" : `"${verb}"`}`,
      { hint: "Type: colophon figure record SPEC" },
    );
  if (given.has("accept") && verb !== "record")
    throw new UsageError("BAD_FLAG_VALUE", `colophon figure ${verb} accepts nothing`, {
      hint: "Leave out --accept.",
    });
  const run = await load();
  return run({ paths, accept: given.has("accept"), json: given.has("json") }, streams);
}
