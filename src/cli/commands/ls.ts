import type { NewestRuns } from "../../catalog/catalog.js";
import { exitStatus, UsageError } from "../../errors.js";
import { openCatalog } from "../../local-ports/records/catalog.js";
import { shellWord } from "../../manifest/shell-word.js";
import type { RunSummary } from "../../operations/records/list/summarize-run.js";
import { type Arguments, type Flags, parseArguments } from "../arguments.js";
import type { Command } from "../commands.js";
import { entryOf, isQuery, limitOf, readingProgress, requestOf } from "../listing/listing.js";
import { formatListing } from "../reports/records/report-ls.js";
import { counted } from "../terminal/counted.js";
import { errPaint, outPaint, type Paint } from "../terminal/paint.js";
import type { Streams } from "../terminal/streams.js";

const flags: Flags = {
  limit: { value: "N", short: "n", about: "the newest N; 0 for all (default 20 on a terminal, else all)" },
  tag: { value: "TAG", about: "only runs that have this tag" },
  where: {
    value: "QUERY",
    short: "w",
    repeat: true,
    about: "only runs that match, such as metrics.loss < 0.3",
  },
  sort: {
    value: "FIELDS",
    dashed: true,
    about: "by these fields, - before one for descending: --sort -metrics.acc,started",
  },
  columns: { value: "FIELDS", about: "show these, such as params.lr,metrics.loss,metrics.loss.min" },
  group: { value: "NAMES", about: "runs that differ only in these parameters are one row: mean ± sample σ" },
  csv: { about: "print comma-separated values" },
  namespace: { value: "KEY", about: "the extension key of the runs (default: that of their project)" },
  "max-bytes": { value: "N", about: "read larger manifests than 8 MiB" },
  fresh: { about: "look at every run anew, whatever is remembered of it" },
  utc: { about: "times in UTC instead of ages" },
  json: { about: "print one JSON object (spec/cli/ls.schema.json)" },
};

export const ls: Command = {
  summary: "list the recorded runs, newest first",
  usage: "colophon ls [flags] [FOLDER | QUERY]",
  flags,
  notes: [
    "Without FOLDER, all runs of the project; else the runs that are direct children of FOLDER.",
    "A run that cannot be loaded is listed with the reason; that does not change the exit status.",
    "A query compares fields (metrics., params., tags., git., env., data., status, name, id, started, elapsed) with",
    "= != < <= > >= LIKE ILIKE IN (…) IS NULL, joined by AND, OR, NOT and parentheses; MLflow's filters are queries.",
    "",
    "  colophon ls \"params.optim = 'adam' and metrics.loss < 0.3\" --sort metrics.loss --columns params.lr,metrics.loss",
    "  colophon ls 'started > now-7d and not status = completed'",
    "  colophon ls --group seed --columns metrics.acc",
    "  colophon ls --tag baseline",
    "  colophon ls --json | jq -r '.runs[] | select(.state == \"failed\") | .id'",
  ],
  run: runLs,
};

/** Certain runs, columns or groups, or a query. */
function asksForSelection(given: Arguments, { directory }: Streams): boolean {
  const flagged =
    given.has("csv") || ["sort", "columns", "group"].some((flag) => given.value(flag) !== undefined);
  return flagged || given.values("where").length > 0 || isQuery(given.paths[0], directory);
}

async function runLs(words: readonly string[], streams: Streams): Promise<number> {
  const given = parseArguments("ls", words, flags);
  if (given.paths.length > 1) throw tooMany(given.paths, streams.directory);
  if (asksForSelection(given, streams))
    return (await import("../listing/ls-selected.js")).runSelected(given, streams);
  const { catalog, now } = openCatalog(streams.directory, streams.env, {
    ...(await requestOf(given, given.paths[0])),
    reading: readingProgress(streams),
  });
  const limit = limitOf(given.value("limit"), streams.outIsTerminal && !given.has("json"));
  const tag = given.value("tag") ?? null;
  const listing = await catalog.listNewest({ limit, tag });
  if (given.has("json")) {
    const runs = listing.runs.map(entryOf);
    streams.out(`${JSON.stringify({ runs, total: listing.total }, null, 2)}\n`);
    return exitStatus.fine;
  }
  const lines = formatListing(listing.runs, { now, utc: given.has("utc") }, streams, outPaint(streams));
  streams.out(lines.map((line) => `${line}\n`).join(""));
  const paint = errPaint(streams);
  const all = tag === null ? listing.total : (await catalog.listNewest({ limit: 1, tag: null })).total;
  for (const line of closingLines(listing, all, given.value("tag"), paint))
    streams.err(`${paint.glyphs.rule} ${line}\n`);
  return exitStatus.fine;
}

/** What was left out, and what to type for it. */
function closingLines(
  { runs, total }: NewestRuns<RunSummary>,
  all: number,
  tag: string | undefined,
  paint: Paint,
): string[] {
  if (all === 0)
    return [
      "no runs are recorded here yet",
      `${paint.glyphs.arrow} colophon run --synthetic-seed 1 -- COMMAND`,
    ];
  if (total === 0) return [`none of ${counted(all, "run")} has the tag ${JSON.stringify(tag)}`];
  const broken = runs.filter(({ run }) => run === null).length;
  return [
    ...(runs.length < total ? [`${runs.length} of ${total}, --limit 0 for all`] : []),
    ...(broken > 0 ? [`${broken} cannot be loaded; this says more: colophon show RUN`] : []),
  ];
}

function tooMany(paths: readonly string[], directory: string): UsageError {
  const query = paths.find((path) => isQuery(path, directory));
  const folder = paths.find((path) => path !== query);
  return new UsageError(
    "TOO_MANY_WORDS",
    `colophon ls takes one folder or query; found ${paths.length}: ${paths.join(" ")}`,
    {
      hint:
        query === undefined || folder === undefined
          ? "Type: colophon ls records/2026-11"
          : `Type: colophon ls ${shellWord(folder)} --where ${shellWord(query)}`,
    },
  );
}
