/** `colophon ls` where it is asked for certain runs, columns or groups. */
import type { Catalog, FoundRun, Question } from "../../catalog/catalog.js";
import { exitStatus } from "../../errors.js";
import { type OpenCatalog, openCatalog } from "../../local-ports/records/catalog.js";
import {
  groupRuns,
  namesWithoutEffect,
  parametersThatDiffer,
  parseColumns,
} from "../../operations/records/list/group-runs.js";
import { parseSelection } from "../../operations/records/list/selection.js";
import type { RunSummary } from "../../operations/records/list/summarize-run.js";
import { parseField, splitFields } from "../../query/parse-query.js";
import type { QueriedRun } from "../../query/queried-run.js";
import type { Field } from "../../query/query.js";
import type { Arguments } from "../arguments.js";
import {
  type ChosenColumns,
  formatGroups,
  formatSelected,
  groupsAsCsv,
  groupsAsJson,
  selectedAsCsv,
  valuesAsJson,
} from "../reports/records/report-selected.js";
import { counted } from "../terminal/counted.js";
import { errPaint, outPaint, printable } from "../terminal/paint.js";
import type { Streams } from "../terminal/streams.js";
import { isQuery, limitOf, readingProgress, requestOf } from "./listing.js";

export async function runSelected(given: Arguments, streams: Streams): Promise<number> {
  const [word] = given.paths;
  const query = isQuery(word, streams.directory) ? [word] : [];
  const request = await requestOf(given, query.length > 0 ? undefined : word);
  const opened = openCatalog(streams.directory, streams.env, {
    ...request,
    reading: readingProgress(streams),
  });
  const { queries, sort } = parseSelection(
    [...query, ...given.values("where")],
    given.value("sort"),
    opened.now,
  );
  const asked = { queries, sort, tag: given.value("tag") ?? null };
  const limit = limitOf(
    given.value("limit"),
    streams.outIsTerminal && !given.has("json") && !given.has("csv"),
  );
  const group = given.value("group");
  const say =
    group === undefined
      ? await listSelected(opened, { ...asked, limit }, given, streams)
      : await listGroups(opened, { ...asked, limit }, group, given, streams);
  const { glyphs } = errPaint(streams);
  for (const line of [...say, ...notMeasuredLines(opened)]) streams.err(`${glyphs.rule} ${line}\n`);
  return exitStatus.fine;
}

type Asked = Pick<Question, "queries" | "sort" | "tag" | "limit">;

async function listSelected(
  { catalog }: OpenCatalog,
  asked: Asked,
  given: Arguments,
  streams: Streams,
): Promise<string[]> {
  const columns = await columnsOf(given.value("columns"), asked, catalog);
  const wantsShown = given.has("json");
  const found = await catalog.findRuns({ ...asked, fields: columns.fields, wantsShown });
  const queried = found.runs.map((run) => run.queried);
  if (wantsShown) printJson({ runs: entries(found.runs, columns), total: found.total }, streams);
  else if (given.has("csv")) streams.out(selectedAsCsv(queried, columns));
  else printLines(formatSelected(queried, columns, streams, outPaint(streams)), streams);
  const none = found.total === 0 ? [`none of ${counted(found.asked, "run")} matches`] : [];
  return [...none, ...leftOut(queried.length, found.total, found.notAsked)];
}

async function listGroups(
  { catalog }: OpenCatalog,
  asked: Asked,
  group: string,
  given: Arguments,
  streams: Streams,
): Promise<string[]> {
  const wantsShown = given.has("json");
  const { runs, total, notAsked } = await catalog.findRuns({
    ...asked,
    limit: null,
    fields: null,
    wantsShown,
  });
  const queried = runs.map((run) => run.queried);
  const columns = columnsOfGroups(given.value("columns"), queried, group);
  const groups = groupRuns(queried, group, columns.fields);
  const shown = asked.limit === null ? groups : groups.slice(0, asked.limit);
  if (wantsShown)
    printJson({ runs: entries(runs, columns), groups: groupsAsJson(shown, columns), total }, streams);
  else if (given.has("csv")) streams.out(groupsAsCsv(shown, columns));
  else printLines(formatGroups(shown, columns, streams, outPaint(streams)), streams);
  return [
    `${counted(groups.length, "group")} of ${counted(total, "run")}, ${errPaint(streams).glyphs.spread} is the sample standard deviation`,
    ...namesWithoutEffect(queried, group).map((name) => `no run has the parameter ${printable(name)}`),
    ...alikeButForWords(queried, group, groups.length),
    ...leftOut(shown.length, groups.length, notAsked),
  ];
}

/** Words that are no flags tell groups apart, and no column says so. */
function alikeButForWords(runs: readonly QueriedRun[], group: string, count: number): string[] {
  const without = `${group},argv`;
  return groupRuns(runs, without, []).length < count
    ? [`some differ in nothing but the command's words; to leave these out: --group ${without}`]
    : [];
}

function leftOut(shown: number, all: number, notAsked: number): string[] {
  return [
    ...(shown < all ? [`${shown} of ${all}, --limit 0 for all`] : []),
    ...(notAsked > 0
      ? [`${counted(notAsked, "run")} cannot be loaded, and was not asked; colophon ls lists them`]
      : []),
  ];
}

/** What a list leaves out is said. */
function notMeasuredLines({ notMeasured }: OpenCatalog): string[] {
  const count = notMeasured().length;
  if (count === 0) return [];
  return [
    `the journals of ${counted(count, "run")} without an end are larger than 64 MiB, and were not read; colophon show RUN reads them`,
  ];
}

const mostByDefault = 6;

function chosenColumns(text: string): ChosenColumns {
  return { names: splitFields(text), fields: parseColumns(text) };
}

/** Without `--columns`: what tells runs apart best. */
async function columnsOf(
  text: string | undefined,
  asked: Asked,
  catalog: Catalog<RunSummary>,
): Promise<ChosenColumns> {
  if (text !== undefined) return chosenColumns(text);
  const ofRun = ["status", "started"].map((name): [string, Field] => [name, parseField(name)]);
  return withMetrics(ofRun, await catalog.listMetrics(asked));
}

/** Without `--columns`: the parameters that tell the groups apart, and the metrics that there are. */
function columnsOfGroups(
  text: string | undefined,
  runs: readonly QueriedRun[],
  group: string,
): ChosenColumns {
  if (text !== undefined) return chosenColumns(text);
  const ofGroups = parametersThatDiffer(runs, group)
    .slice(0, mostByDefault)
    .map((name): [string, Field] => [`params.${name}`, { entity: "param", path: [name], at: 0, length: 0 }]);
  return withMetrics(ofGroups, [...new Set(runs.flatMap(({ metrics }) => Object.keys(metrics)))].sort());
}

function withMetrics(chosen: readonly [string, Field][], metrics: readonly string[]): ChosenColumns {
  const ofMetrics = metrics
    .slice(0, mostByDefault)
    .map((name): [string, Field] => [
      `metrics.${name}`,
      { entity: "metric", path: [name], at: 0, length: 0 },
    ]);
  const all = [...chosen, ...ofMetrics];
  return { names: all.map(([name]) => name), fields: all.map(([, field]) => field) };
}

function entries(runs: readonly FoundRun<RunSummary>[], columns: ChosenColumns): object[] {
  return runs.map(({ shown, queried }) => ({
    ...shown,
    error: null,
    values: valuesAsJson(queried, columns),
  }));
}

function printJson(value: object, streams: Streams): void {
  streams.out(`${JSON.stringify(value, null, 2)}\n`);
}

function printLines(lines: readonly string[], streams: Streams): void {
  streams.out(lines.map((line) => `${line}\n`).join(""));
}
