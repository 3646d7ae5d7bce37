import { resolve } from "node:path";
import { exitStatus, UsageError } from "../../errors.js";
import { queryPorts } from "../../local-ports/synthetic/ground-truth.js";
import { readConfiguration } from "../../local-ports/synthetic/ground-truth-config.js";
import { openGroundTruth } from "../../operations/ground-truth/open-ground-truth.js";
import {
  type QueryName,
  queryGroundTruth,
  queryNames,
} from "../../operations/ground-truth/query-ground-truth.js";
import { showGroundTruth } from "../../operations/ground-truth/show-ground-truth.js";
import { type Arguments, type Flags, parseArguments } from "../arguments.js";
import type { Command } from "../commands.js";
import { formatGroundTruth } from "../reports/synthetic/report-ground-truth.js";
import { formatAnswer, remarksOn } from "../reports/synthetic/report-ground-truth-query.js";
import { byteCount } from "../terminal/byte-count.js";
import { errPaint, outPaint } from "../terminal/paint.js";
import type { Streams } from "../terminal/streams.js";
import { generate, generateFlags } from "./ground-truth-generate.js";

const flags: Flags = {
  config: {
    value: "FILE",
    about: "show: whether this is still the configuration; tape, trace: derive from it what was not sampled",
  },
  threshold: {
    value: "N",
    about: "show: in which mode a generation would land with this threshold (default 50)",
  },
  "without-labels": { about: "show, trace: leave the archetypes out" },
  ...generateFlags,
  entity: { value: "NAME", about: "labels, tape, events, crossings, trace: of this entity" },
  table: { value: "NAME", about: "events, corrupted, clean, split: of this table" },
  column: { value: "NAME", about: "corrupted: in this column" },
  type: {
    value: "TYPE",
    choices: ["null_injection", "duplicate_rows", "type_mismatch", "late_arrival", "schema_drift"],
    about: "corrupted: by this",
  },
  "period-column": { value: "NAME", about: "split: the column of the table that tells the period" },
  part: { value: "PART", choices: ["train", "holdout"], about: "split: print the rows of this part, as CSV" },
  metric: { value: "NAME", about: "trace: of this metric" },
  period: { value: "N", about: "trace: in this period, from 0" },
  all: { about: "undeliverable: also the pairs that were compensated within reach" },
  "max-bytes": { value: "N", about: "read a larger manifest (default 256 MiB)" },
  json: {
    about: "print one JSON object (spec/cli/ground-truth-<verb>.schema.json)",
  },
};

/** What each takes besides --json and --max-bytes. */
const taken: { readonly [Name in QueryName | "show" | "generate"]: readonly string[] } = {
  show: ["config", "threshold", "without-labels"],
  labels: ["entity"],
  tape: ["entity", "config"],
  events: ["entity", "table"],
  corrupted: ["table", "column", "type"],
  clean: ["table"],
  split: ["table", "period-column", "part"],
  undeliverable: ["all"],
  crossings: ["entity"],
  trace: ["entity", "metric", "period", "config", "without-labels"],
  generate: Object.keys(generateFlags),
};

export const groundTruth: Command = {
  summary: "generate tables of which everything is known, and ask what is true of them",
  usage: `colophon ground-truth generate CONFIG --output-dir DIR | show [PATH] | query ${queryNames.join("|")} [PATH]`,
  flags,
  notes: [
    "PATH is the folder of the tables, or the manifest in it (default: the current folder). `clean` and `split --part` print CSV.",
    "CONFIG is JSON, YAML or TOML (spec/ground-truth-config.schema.json). Generating again what is there changes nothing; anything else is",
    "shown and refused, exit status 1, without --accept.",
    "What is told of an entity that was not sampled is derived from its crossings, and marked as derived.",
    "Exit status 1 when --config is another configuration, a file beside the manifest differs from SHA256SUMS or is missing, not all of a",
    "table could be recovered, or a traced cell is not what the configuration makes.",
    "",
    "  colophon ground-truth generate world.yaml --output-dir output",
    "  colophon ground-truth query trace --config world.yaml --entity growers_001 --period 3 --metric mrr output",
    "  colophon ground-truth show output --config config.json",
    "  colophon ground-truth query clean --table fct_engagement output > clean.csv",
    "  colophon ground-truth query labels --json output | jq '.entries[].archetype'",
  ],
  run: runGroundTruth,
};

async function runGroundTruth(words: readonly string[], streams: Streams): Promise<number> {
  const given = parseArguments("ground-truth", words, flags);
  const [verb, ...rest] = given.paths;
  if (verb === "show") return show(given, rest, streams);
  if (verb === "generate") {
    refuseStrays("generate", given);
    return generate(given, rest, streams);
  }
  const [name, ...paths] = rest;
  if (verb !== "query" || !isQuery(name)) throw noSuchVerb(given.paths);
  return query(name, given, paths, streams);
}

async function show(given: Arguments, paths: readonly string[], streams: Streams): Promise<number> {
  const ports = queryPorts(streams.directory);
  const truth = open("show", given, paths, streams);
  const shown = await showGroundTruth(
    truth,
    {
      config: await configuration(given, streams),
      threshold: wholeNumber("show", "threshold", given),
      withLabels: !given.has("without-labels"),
    },
    ports,
  );
  if (given.has("json")) streams.out(`${JSON.stringify(shown, null, 2)}\n`);
  else for (const line of formatGroundTruth(shown, outPaint(streams))) streams.out(`${line}\n`);
  const isFine =
    shown.config !== "differs" && shown.files.every(({ state }) => state === "ok" || state === "unlisted");
  return isFine ? exitStatus.fine : exitStatus.findings;
}

async function query(
  name: QueryName,
  given: Arguments,
  paths: readonly string[],
  streams: Streams,
): Promise<number> {
  const truth = open(name, given, paths, streams);
  const request = {
    entity: given.value("entity"),
    table: given.value("table"),
    column: given.value("column"),
    type: given.value("type"),
    periodColumn: given.value("period-column"),
    part: given.value("part"),
    all: given.has("all"),
    metric: given.value("metric"),
    period: wholeNumber("query trace", "period", given),
    config: await configuration(given, streams),
    withLabels: !given.has("without-labels"),
  };
  const ports = queryPorts(streams.directory);
  const answer = await queryGroundTruth(name, truth, request, ports);
  if (given.has("json")) {
    const { path, sha256 } = truth;
    streams.out(`${JSON.stringify({ path, manifest_sha256: sha256, ...answer }, null, 2)}\n`);
  } else {
    const paint = errPaint(streams);
    streams.out(formatAnswer(answer, ports.formatTable));
    for (const line of remarksOn(answer)) streams.err(`${paint.glyphs.rule} ${line}\n`);
  }
  const isWrong =
    (answer.query === "clean" && (answer.unrecovered.length > 0 || answer.state === "differs")) ||
    (answer.query === "split" && answer.slice?.state === "differs") ||
    (answer.query === "trace" && !answer.agrees);
  return isWrong ? exitStatus.findings : exitStatus.fine;
}

async function configuration(given: Arguments, { directory }: Streams) {
  const path = given.value("config");
  return path === undefined
    ? undefined
    : { ...(await readConfiguration(resolve(directory, path), path)), path };
}

function open(name: QueryName | "show", given: Arguments, paths: readonly string[], streams: Streams) {
  refuseStrays(name, given);
  if (paths.length > 1)
    throw new UsageError("TOO_MANY_WORDS", `ground-truth takes one path; found "${paths.join(" ")}"`, {
      hint: `Type: colophon ground-truth ${name === "show" ? name : `query ${name}`} ${paths[0]}`,
    });
  const maximumBytes = byteCount("ground-truth show", given);
  return openGroundTruth(paths[0] ?? ".", queryPorts(streams.directory), maximumBytes);
}

function refuseStrays(name: keyof typeof taken, given: Arguments): void {
  const stray = Object.keys(flags).find(
    (flag) =>
      !["json", "max-bytes", ...taken[name]].includes(flag) &&
      (given.has(flag) || given.value(flag) !== undefined),
  );
  if (stray !== undefined)
    throw new UsageError("UNKNOWN_FLAG", `${name} takes no --${stray}`, {
      hint: "See: colophon ground-truth --help",
    });
}

function wholeNumber(verb: string, flag: string, given: Arguments): number | undefined {
  const text = given.value(flag);
  if (text === undefined || /^[0-9]{1,15}$/.test(text)) return text === undefined ? undefined : Number(text);
  throw new UsageError("BAD_FLAG_VALUE", `--${flag} takes a whole number from 0; found "${text}"`, {
    hint: `Type: colophon ground-truth ${verb} --${flag} 3`,
  });
}

function isQuery(name: string | undefined): name is QueryName {
  return (queryNames as readonly (string | undefined)[]).includes(name);
}

function noSuchVerb(words: readonly string[]): UsageError {
  const found = words.length === 0 ? "nothing" : `"${words.join(" ")}"`;
  return new UsageError(
    "NO_GROUND_TRUTH_VERB",
    `colophon ground-truth takes generate, show, or query ${queryNames.join("|")}; found ${found}`,
    { hint: "Type: colophon ground-truth show" },
  );
}
