/** The points of one metric of several runs, as the plot that shows them. */

import type { Plot, ThinSeries } from "../../draw/plot.js";
import { type Band, bandOf, type Samples, type Series, smoother } from "../../draw/series.js";
import { mostPoints, thinning } from "../../draw/thin.js";
import { LifecycleError, UsageError } from "../../errors.js";
import { formatCount } from "../../manifest/count.js";
import { isExperimentId, suffixOf } from "../../manifest/ids.js";
import type { QueriedRun } from "../../query/queried-run.js";
import type { PointBlock, PointsAsked } from "../../store/metrics/column-file.js";
import { groupRuns, namesWithoutEffect, parametersThatDiffer } from "../records/list/group-runs.js";

export interface PlotRequest {
  /** By default the only one that there is. */
  readonly metric: string | undefined;
  readonly x: "step" | "time";
  /** Weight of the past, 0 to below 1. */
  readonly smoothing: number;
  readonly isLog: boolean;
  /** Parameters that are not told apart, parted by commas; each group is a mean with a band. */
  readonly group: string | undefined;
}

/** Gives the names of all metrics of the run; with each call of `begin`, what was visited before is void. */
export type VisitBlocks = (
  folder: string,
  asked: PointsAsked,
  begin: () => (block: PointBlock) => void,
) => Promise<readonly string[]>;

/** One process of one run. */
interface Curve extends Series, CurvePoints {
  readonly run: QueriedRun;
  readonly points: Samples;
}

interface CurvePoints {
  readonly points: Samples;
  /** As they were logged, where `points` are an average of them. */
  readonly raw: Samples | null;
  readonly unseen: Unseen;
}

/** How many points are not in the picture, or not as a place in it. */
interface Unseen {
  readonly notFinite: number;
  /** On an axis of powers of ten. */
  readonly notPositive: number;
  readonly withoutTime: number;
}

/** @throws UsageError without a metric to draw, LifecycleError when no run has it. */
export async function plotRuns(
  runs: readonly QueriedRun[],
  request: PlotRequest,
  visit: VisitBlocks,
): Promise<Plot> {
  if (runs.length === 0) throw noRuns();
  const found = await readPoints(runs, request, visit);
  const metric = request.metric ?? onlyMetric(found.names);
  const all = found.read.flatMap(({ run, metrics }) => curvesOf(run, metrics.get(metric)));
  const curves = all.filter(({ points }) => points.xs.length > 0);
  if (curves.length === 0)
    throw all.length > 0 ? noTimes(metric) : noPoints(metric, runs.length, found.names);
  const isSmooth = request.smoothing > 0;
  const { group } = request;
  const notes = [
    ...(group === undefined ? [] : ["mean ± sample σ"]),
    ...(group === undefined ? [] : namesWithoutEffect(runs, group).map((name) => `no run has ${name}`)),
    ...(isSmooth ? [`smoothed, weight ${request.smoothing}`] : []),
    ...unseenNotes(all),
  ];
  return {
    title: metric,
    xLabel: request.x === "step" ? "step" : "seconds since the start",
    ...(group === undefined ? singles(curves) : groups(runs, curves, group)),
    note: notes.length === 0 ? null : notes.join(", "),
    isLog: request.isLog,
  };
}

function unseenNotes(curves: readonly Curve[]): string[] {
  const count = (of: keyof Unseen, thing: string, what: string) => {
    const sum = curves.reduce((sum, { unseen }) => sum + unseen[of], 0);
    return sum === 0 ? [] : [`${formatCount(sum)} ${thing}${sum === 1 ? "" : "s"} ${what}`];
  };
  return [
    ...count("notFinite", "value", "NaN or infinite"),
    ...count("notPositive", "value", "not above 0"),
    ...count("withoutTime", "point", "without a time"),
  ];
}

type Lines = Pick<Plot, "lines" | "thin">;

/** Under a smoothed line stay its raw values. */
function singles(curves: readonly Curve[]): Lines {
  return {
    lines: curves.map(({ name, points }) => ({ name, points })),
    thin: curves.flatMap(({ name, raw }, line) => (raw === null ? [] : [{ name, points: raw, line }])),
  };
}

function groups(runs: readonly QueriedRun[], curves: readonly Curve[], names: string): Lines {
  const drawn = groupRuns(runs, names, []).flatMap(({ runs: members }) => {
    const ids = new Set(members.map(({ id }) => id));
    const own = curves.filter(({ run }) => ids.has(run.id));
    return own.length === 0 ? [] : [{ first: members[0] as QueriedRun, own }];
  });
  const labels = namesOfGroups(
    drawn.map(({ first }) => first),
    parametersThatDiffer(runs, names),
  );
  return {
    lines: drawn.map(({ own }, line): Band => bandOf(labels[line] as string, own)),
    thin: drawn.flatMap(({ own }, line) =>
      own.map(({ name, points }): ThinSeries => ({ name, points, line })),
    ),
  };
}

/** By what tells each from the others: `lr 0.1`; where that is the same, with the run's name before it. */
function namesOfGroups(firsts: readonly QueriedRun[], differing: readonly string[]): string[] {
  const words = firsts.map(({ name, params }) => {
    const own = differing.filter((parameter) => Object.hasOwn(params, parameter));
    return own.length === 0 ? name : own.map((one) => `${one} ${valueWords(params[one])}`).join(" ");
  });
  return words.map((own, at) =>
    words.indexOf(own) === words.lastIndexOf(own) || own === firsts[at]?.name
      ? own
      : `${firsts[at]?.name} ${own}`,
  );
}

function valueWords(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The lines of one metric by rank: each process of a run is one of its own. */
type ReadLines = ReadonlyMap<string | null, ReadLine>;

interface ReadLine {
  readonly add: (block: PointBlock) => void;
  readonly end: () => CurvePoints;
}

interface ReadPoints {
  readonly names: readonly string[];
  readonly read: readonly { readonly run: QueriedRun; readonly metrics: ReadonlyMap<string, ReadLines> }[];
}

/** Of one metric, where it is named; else of all, as it is not known yet which is the only one. */
async function readPoints(
  runs: readonly QueriedRun[],
  request: PlotRequest,
  visit: VisitBlocks,
): Promise<ReadPoints> {
  const names = new Set<string>();
  const read = [];
  const asked = { metric: request.metric, moments: request.x };
  for (const run of runs) {
    let metrics = new Map<string, Map<string | null, ReadLine>>();
    const found = await visit(run.folder, asked, () => {
      metrics = new Map();
      return (block) => {
        const lines = metrics.get(block.metric) ?? new Map<string | null, ReadLine>();
        metrics.set(block.metric, lines);
        const line = lines.get(block.rank) ?? readLine(run.started ?? 0, request);
        lines.set(block.rank, line);
        line.add(block);
      };
    });
    for (const name of found) names.add(name);
    read.push({ run, metrics });
  }
  return { names: [...names].sort(), read };
}

/** Points without a step are counted. Only where means are taken over runs, step by step, has every point to be held. */
function readLine(start: number, { x, smoothing, group, isLog }: PlotRequest): ReadLine {
  const most = group === undefined ? mostPoints : Number.POSITIVE_INFINITY;
  const points = thinning(most);
  const raw = smoothing > 0 && group === undefined ? thinning(most) : null;
  const next = smoother(smoothing);
  const unseen = { notFinite: 0, notPositive: 0, withoutTime: 0 };
  let count = 0;
  const look = (value: number) => {
    if (!Number.isFinite(value)) unseen.notFinite += 1;
    else if (isLog && value <= 0) unseen.notPositive += 1;
  };
  return {
    add: ({ moments, values }) => {
      if (x === "step" && smoothing === 0 && !moments.includes(Number.NaN)) {
        count += values.length;
        for (let at = 0; at < values.length; at += 1) look(values[at] as number);
        points.addAll({ xs: moments, ys: values });
        return;
      }
      for (let at = 0; at < values.length; at += 1) {
        const moment = moments[at] as number;
        const isNone = Number.isNaN(moment);
        if (isNone && x === "time") {
          unseen.withoutTime += 1;
          continue;
        }
        const place = x === "time" ? (moment - start) / 1000 : isNone ? count : moment;
        const value = values[at] as number;
        count += 1;
        look(value);
        points.add(place, next(value));
        raw?.add(place, value);
      }
    },
    end: () => ({ points: points.points(), raw: raw?.points() ?? null, unseen }),
  };
}

function curvesOf(run: QueriedRun, lines: ReadLines = new Map()): Curve[] {
  const name = shortName(run.id);
  return [...lines].map(([rank, line]) => ({
    name: rank === null ? name : `${name} ${nameOfRank(rank)}`,
    run,
    ...line.end(),
  }));
}

/** Points that were read out of the output are in a journal of their own, and those of a run that has no other. */
function nameOfRank(rank: string): string {
  return /^[0-9]+$/.test(rank) ? `rank ${rank}` : rank;
}

function onlyMetric(names: readonly string[]): string {
  const [only] = names;
  if (only === undefined) throw noPoints(undefined, 0, names);
  if (names.length === 1) return only;
  throw new UsageError("WHICH_METRIC", `there are ${names.length} metrics: ${listOf(names)}`, {
    hint: `Say which: --metric ${only}`,
  });
}

function noPoints(metric: string | undefined, count: number, names: readonly string[]): LifecycleError {
  const what = metric === undefined ? "no metric" : `no point of ${metric}`;
  const where = count === 0 ? "of these runs" : count === 1 ? "of this run" : `of these ${count} runs`;
  return new LifecycleError("NO_POINTS", `${what} is in the journals ${where}, as far as they are here`, {
    hint:
      names.length === 0
        ? 'Metrics are logged by run.log(…), colophon.log(…) in Python, or lines added to "$COLOPHON_METRICS"; in a clone: colophon pull --records'
        : `There is ${listOf(names)}.`,
  });
}

function noRuns(): LifecycleError {
  return new LifecycleError("NO_POINTS", "no run matches the query, so that there is nothing to draw", {
    hint: "See what the runs have: colophon ls --json",
  });
}

function noTimes(metric: string): LifecycleError {
  return new LifecycleError("NO_POINTS", `no point of ${metric} has a time to be drawn over`, {
    hint: "Draw it over its steps: leave out --x time.",
  });
}

function listOf(names: readonly string[]): string {
  return names.length > 8 ? `${names.slice(0, 8).join(", ")} and ${names.length - 8} more` : names.join(", ");
}

function shortName(id: string): string {
  return isExperimentId(id) ? suffixOf(id) : id;
}
