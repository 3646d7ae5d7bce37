import { exitStatus, UsageError } from "../../errors.js";
import { checkNamespace } from "../../kinds/table.js";
import { tracePorts } from "../../local-ports/records/trace.js";
import { trace as traceSubject } from "../../operations/trace/trace.js";
import { type Arguments, type Flags, parseArguments } from "../arguments.js";
import type { Command } from "../commands.js";
import { formatTrace, formatTraceVerdict } from "../reports/records/report-trace.js";
import { formatMermaid } from "../reports/records/report-trace-mermaid.js";
import { countProgress } from "../terminal/count-progress.js";
import { errPaint, outPaint } from "../terminal/paint.js";
import { progressLine } from "../terminal/progress.js";
import type { Streams } from "../terminal/streams.js";
import { traceRows } from "./trace-rows.js";

const flags: Flags = {
  forward: { about: "what was made from it, instead of what it came from" },
  limit: { value: "N", short: "n", about: "runs shown for one content, the newest; 0 for all (default 20)" },
  namespace: { value: "KEY", about: "the extension key of the runs (default: that of their project)" },
  utc: { about: "times in UTC" },
  rows: {
    value: "TABLE",
    about: "print the rows of an input table that the figure's drawn values name, as CSV",
  },
  key: {
    value: "COLUMN=VALUE",
    repeat: true,
    dashed: true,
    about: "with --rows: those rows; a column that comes again begins another key",
  },
  mermaid: { about: "print a Mermaid flowchart" },
  json: { about: "print one JSON object (spec/cli/trace.schema.json; with --rows, trace-rows.schema.json)" },
};

export const trace: Command = {
  summary: "the chain behind a file, digest, figure, run or metric: code, data, seed, parameters",
  usage: "colophon trace [flags] FILE | DIGEST | FIGURE | RUN | RUN:METRIC[@STEP]",
  flags,
  notes: [
    "A file is known by its content, wherever it lies; a DIGEST is a whole SHA-256. Every run of the project is searched. Each link is",
    "held against what is there now, as by colophon verify. Exit status 1 when one is broken, or no record knows what was asked for.",
    "",
    "  colophon trace plots/loss.png",
    "  colophon trace k3f9q2:loss@100",
    "  colophon trace --forward data/train.csv",
    "  colophon trace stacked --rows emission_factors --key ef_id=EF.1",
    "  colophon trace --mermaid k3f9q2 > chain.mmd",
  ],
  run: runTrace,
};

async function runTrace(words: readonly string[], streams: Streams): Promise<number> {
  const given = parseArguments("trace", words, flags);
  const word = onlyWord(given);
  const table = given.value("rows");
  if (table !== undefined)
    return traceRows({ figure: word, table, keys: given.values("key"), json: given.has("json") }, streams);
  if (given.values("key").length > 0)
    throw new UsageError("BAD_FLAG_VALUE", "--key says which rows of a table; no table is named", {
      hint: "Type: colophon trace FIGURE --rows TABLE --key COLUMN=VALUE",
    });
  const namespace = given.value("namespace");
  if (namespace !== undefined) checkNamespace(namespace, "--namespace");
  // Its first second begins with the first file: before that the records are read.
  let reading: ReturnType<typeof progressLine> | undefined;
  const ports = tracePorts(streams.directory, streams.env, {
    namespace,
    onProgress: (progress) => {
      reading ??= progressLine(streams);
      reading.show(progress);
    },
  });
  const request = {
    word,
    direction: given.has("forward") ? ("forward" as const) : ("back" as const),
    limit: limitOf(given.value("limit")),
  };
  let counting: ReturnType<typeof countProgress> | undefined;
  const traced = await traceSubject(request, ports, {
    reading: (done, total) => {
      counting ??= countProgress("searching", total, streams);
      counting.show(done);
    },
  });
  ports.remember();
  counting?.clear();
  reading?.clear();
  if (given.has("json")) streams.out(`${JSON.stringify(traced, null, 2)}\n`);
  else if (given.has("mermaid")) streams.out(formatMermaid(traced));
  else {
    const view = { utc: given.has("utc"), width: streams.outIsTerminal ? streams.columns : null };
    if (traced.root !== null)
      for (const line of formatTrace(traced, view, outPaint(streams))) streams.out(`${line}\n`);
  }
  const paint = errPaint(streams);
  for (const line of formatTraceVerdict(traced, paint)) streams.err(`${paint.glyphs.rule} ${line}\n`);
  return traced.verdict === "holds" ? exitStatus.fine : exitStatus.findings;
}

function onlyWord({ paths, has }: Arguments): string {
  if (has("json") && has("mermaid"))
    throw new UsageError("BAD_FLAG_VALUE", "--json and --mermaid each print all of it", {
      hint: "Leave one of them out.",
    });
  const [word, ...others] = paths;
  if (word !== undefined && others.length === 0) return word;
  const found = word === undefined ? "nothing" : `${paths.length} words: ${paths.join(" ")}`;
  throw new UsageError(
    "NOTHING_TO_TRACE",
    `colophon trace takes one file, digest, figure, run or metric; found ${found}`,
    {
      hint: "Type: colophon trace plots/loss.png, or the end of a run's id; `colophon ls` lists them.",
    },
  );
}

const defaultLimit = 20;

function limitOf(text: string | undefined): number {
  if (text === undefined) return defaultLimit;
  const limit = Number(text);
  if (/^[0-9]+$/.test(text) && Number.isSafeInteger(limit))
    return limit === 0 ? Number.POSITIVE_INFINITY : limit;
  throw new UsageError("BAD_FLAG_VALUE", `--limit takes a number of runs; found "${text}"`, {
    hint: "Type: colophon trace --limit 50 FILE, or --limit 0 for all",
  });
}
