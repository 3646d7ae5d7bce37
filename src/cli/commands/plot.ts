import { extname, resolve } from "node:path";
import type { Catalog } from "../../catalog/catalog.js";
import type { Plot } from "../../draw/plot.js";
import { drawSvg } from "../../draw/svg.js";
import { drawInTerminal } from "../../draw/terminal.js";
import { exitStatus, UsageError } from "../../errors.js";
import { openCatalog } from "../../local-ports/records/catalog.js";
import { openPoints, renderPng, writePicture } from "../../local-ports/records/plot.js";
import { type RecordPorts, recordPorts } from "../../local-ports/records/records.js";
import { shellWord } from "../../manifest/shell-word.js";
import { type PlotRequest, plotRuns } from "../../operations/plot/plot-runs.js";
import { queriedRun } from "../../operations/records/list/queried-run.js";
import { parseSelection } from "../../operations/records/list/selection.js";
import { type RunSummary, summarizeRun } from "../../operations/records/list/summarize-run.js";
import type { LoadedRecord } from "../../operations/records/load/loaded-run.js";
import type { QueriedRun } from "../../query/queried-run.js";
import { type Arguments, type Flags, parseArguments } from "../arguments.js";
import type { Command } from "../commands.js";
import { isQuery, readingProgress } from "../listing/listing.js";
import { errPaint, outPaint, printable } from "../terminal/paint.js";
import type { Streams } from "../terminal/streams.js";

const flags: Flags = {
  metric: { value: "NAME", short: "m", about: "what to draw (default: the only metric there is)" },
  x: {
    value: "AXIS",
    choices: ["step", "time"],
    about: "over steps (default), or seconds since the run began",
  },
  smooth: {
    value: "WEIGHT",
    about: "exponential average of the raw values, 0 to below 1; these stay under it",
  },
  log: { about: "powers of ten on the vertical axis" },
  group: { value: "NAMES", about: "runs that differ only in these parameters are one line: mean ± sample σ" },
  output: {
    value: "FILE",
    short: "o",
    about: "write .svg, or .png where a program that draws SVG is installed",
  },
  width: { value: "N", about: "of the picture; in a terminal in characters" },
  height: { value: "N", about: "of the picture; in a terminal in lines" },
};

export const plot: Command = {
  summary: "draw a metric of one or more runs, in the terminal or as SVG or PNG",
  usage: "colophon plot [flags] RUN… | QUERY",
  flags,
  notes: [
    "Every spike is in the picture: each column has its lowest and highest value. The same points give the same SVG.",
    "",
    "  colophon plot k3f9q2 a81c0d --metric loss",
    "  colophon plot \"params.optim = 'adam'\" --metric val/acc --group seed --output acc.svg",
  ],
  run: runPlot,
};

async function runPlot(words: readonly string[], streams: Streams): Promise<number> {
  const given = parseArguments("plot", words, flags);
  const request: PlotRequest = {
    metric: given.value("metric"),
    x: (given.value("x") ?? "step") as PlotRequest["x"],
    smoothing: weightOf(given.value("smooth")),
    isLog: given.has("log"),
    group: given.value("group"),
  };
  const output = outputOf(given.value("output"));
  const runs = await chooseRuns(given, streams);
  const picture = await plotRuns(runs, request, openPoints(streams.directory));
  if (output === undefined) {
    const { line, isUnicode } = outPaint(streams);
    const lines = drawInTerminal(withoutControls(picture), {
      columns: sizeOf(given, "width") ?? (streams.outIsTerminal ? streams.columns : 100),
      rows: sizeOf(given, "height") ?? 14,
      isUnicode,
      paint: line,
    });
    streams.out(lines.map((line) => `${line}\n`).join(""));
    return exitStatus.fine;
  }
  const svg = drawSvg(picture, {
    width: sizeOf(given, "width") ?? 800,
    height: sizeOf(given, "height") ?? 450,
  });
  writePicture(resolve(streams.directory, output.path), output.isPng ? renderPng(svg, streams.env) : svg);
  streams.err(`${errPaint(streams).glyphs.rule} ${output.path} written\n`);
  return exitStatus.fine;
}

/** Names of metrics and runs are somebody's. */
function withoutControls(plot: Plot): Plot {
  const lines = plot.lines.map((line) => ({ ...line, name: printable(line.name) }));
  return { ...plot, title: printable(plot.title), lines };
}

/** Those that are named, then those that each query finds, the oldest first. */
async function chooseRuns(given: Arguments, streams: Streams): Promise<readonly QueriedRun[]> {
  const ports = recordPorts(streams.directory, streams.env);
  const queries = given.paths.filter((word) => isQuery(word, streams.directory));
  const names = given.paths.filter((word) => !queries.includes(word));
  if (given.paths.length === 0) {
    throw new UsageError(
      "NO_RUN_NAMED",
      "colophon plot takes runs, or a query that finds them; found neither",
      {
        hint: "Type: colophon plot k3f9q2, with the end of the run's id; `colophon ls` lists them.",
      },
    );
  }
  const { catalog, now } = openCatalog(streams.directory, streams.env, {
    ...{ folder: undefined, namespace: undefined, maximumBytes: undefined, isFresh: false },
    reading: readingProgress(streams),
  });
  const chosen: QueriedRun[] = [];
  for (const name of names) {
    const run = await loadNamed(name, ports, catalog);
    chosen.push(queriedRun(run, summarizeRun(run, now), ports.metricsOf(run)));
  }
  for (const query of queries) {
    const asked = { ...parseSelection([query], undefined, now), tag: null, limit: null };
    const { runs } = await catalog.findRuns({ ...asked, fields: null, wantsShown: false });
    chosen.push(...runs.toReversed().map(({ queried }) => queried));
  }
  return [...new Map(chosen.map((run) => [run.folder, run])).values()];
}

/** Of a word that is the name of a metric, the error says which query means it. @throws UsageError */
async function loadNamed(
  word: string,
  { load }: RecordPorts,
  catalog: Catalog<RunSummary>,
): Promise<LoadedRecord> {
  try {
    return load(word);
  } catch (error) {
    if (!(error instanceof UsageError) || error.code !== "NO_SUCH_RUN") throw error;
    const metrics = await catalog.listMetrics({ queries: [], tag: null });
    if (!metrics.includes(word)) throw error;
    const field = /^[A-Za-z][\w/]*$/.test(word) ? word : `\`${word.replaceAll("`", "``")}\``;
    throw new UsageError(
      "NO_SUCH_RUN",
      `colophon plot takes runs, or a query that finds them; "${word}" is a metric`,
      {
        hint: `Type: colophon plot ${shellWord(`metrics.${field} IS NOT NULL`)} --metric ${shellWord(word)}`,
      },
    );
  }
}

function weightOf(text: string | undefined): number {
  if (text === undefined) return 0;
  const weight = Number(text);
  if (text.trim() !== "" && weight >= 0 && weight < 1) return weight;
  throw new UsageError("BAD_FLAG_VALUE", `--smooth takes a weight from 0 to below 1; found "${text}"`, {
    hint: "Type: --smooth 0.9",
  });
}

function outputOf(path: string | undefined): { readonly path: string; readonly isPng: boolean } | undefined {
  if (path === undefined) return undefined;
  const form = extname(path).toLowerCase();
  if (form === ".svg" || form === ".png") return { path, isPng: form === ".png" };
  throw new UsageError("BAD_FLAG_VALUE", `--output takes a file that ends in .svg or .png; found "${path}"`, {
    hint: "Type: --output plot.svg",
  });
}

const [least, most] = [4, 10_000];

function sizeOf(given: Arguments, flag: "width" | "height"): number | undefined {
  const text = given.value(flag);
  if (text === undefined) return undefined;
  const size = Number(text);
  if (/^[0-9]+$/.test(text) && size >= least && size <= most) return size;
  throw new UsageError(
    "BAD_FLAG_VALUE",
    `--${flag} takes a whole number from ${least} to ${most}; found "${text}"`,
    {
      hint: `Type: --${flag} 800`,
    },
  );
}
