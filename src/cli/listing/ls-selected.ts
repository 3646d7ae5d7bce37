/** `colophon ls` where it is asked for certain runs, columns or groups. */
import { exitStatus } from "../../errors.js";
import { checkNamespace } from "../../kinds/table.js";
import { recordPorts } from "../../local-ports/records/records.js";
import { groupRuns, parametersThatDiffer, parseColumns } from "../../operations/records/list/group-runs.js";
import { listRuns } from "../../operations/records/list/list-runs.js";
import { parseSelection, type SelectedRun, selectRuns } from "../../operations/records/list/select-runs.js";
import { loadListed } from "../../operations/records/load/load-run.js";
import { parseField } from "../../query/parse-query.js";
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
import { byteCount } from "../terminal/byte-count.js";
import { counted } from "../terminal/counted.js";
import { errPaint, outPaint } from "../terminal/paint.js";
import type { Streams } from "../terminal/streams.js";
import { entryOf, isQuery, limitOf } from "./listing.js";

export function runSelected(given: Arguments, streams: Streams): number {
  const namespace = given.value("namespace");
  if (namespace !== undefined) checkNamespace(namespace, "--namespace");
  const ports = recordPorts(streams.directory, streams.env, namespace, byteCount("ls", given));
  const [word] = given.paths;
  const query = isQuery(word, streams.directory) ? [word] : [];
  const folder = query.length > 0 ? undefined : word;
  const tag = given.value("tag");
  const queries = [...query, ...given.values("where")];
  const selection = parseSelection(queries, given.value("sort"), ports.now());
  const listed = listRuns(ports.folders(folder), ports.links(folder), (each) =>
    loadListed(each, ports.loading),
  );
  const { runs: matching, notAsked } = selectRuns(listed, selection, ports.metricsOf);
  const tagged = tag === undefined ? matching : matching.filter(({ queried }) => queried.tags.includes(tag));
  const columns = columnsOf(given.value("columns"), tagged, given.value("group"));
  const group = given.value("group");
  const limit = limitOf(
    given.value("limit"),
    streams.outIsTerminal && !given.has("json") && !given.has("csv"),
  );
  const cut = <T>(all: readonly T[]) => (limit === null ? all : all.slice(0, limit));
  if (group !== undefined) {
    const groups = groupRuns(
      tagged.map(({ queried }) => queried),
      group,
      columns.fields,
    );
    const shown = cut(groups);
    if (given.has("json"))
      printJson(
        {
          runs: entries(tagged, selection.now, columns),
          groups: groupsAsJson(shown, columns),
          total: tagged.length,
        },
        streams,
      );
    else if (given.has("csv")) streams.out(groupsAsCsv(shown, columns));
    else printLines(formatGroups(shown, columns, streams, outPaint(streams)), streams);
    say(
      [
        `${counted(groups.length, "group")} of ${counted(tagged.length, "run")}, ± is the sample standard deviation`,
      ],
      shown.length,
      groups.length,
      notAsked,
      streams,
    );
    return exitStatus.fine;
  }
  const shown = cut(tagged);
  const queried = shown.map(({ queried }) => queried);
  if (given.has("json"))
    printJson({ runs: entries(shown, selection.now, columns), total: tagged.length }, streams);
  else if (given.has("csv")) streams.out(selectedAsCsv(queried, columns));
  else printLines(formatSelected(queried, columns, streams, outPaint(streams)), streams);
  const none = tagged.length === 0 ? [`none of ${counted(listed.length - notAsked, "run")} matches`] : [];
  say(none, shown.length, tagged.length, notAsked, streams);
  return exitStatus.fine;
}

const mostByDefault = 6;

/** Without `--columns`: of one run a row, what tells them apart best; of groups, the metrics that there are. */
function columnsOf(
  text: string | undefined,
  runs: readonly SelectedRun[],
  group: string | undefined,
): ChosenColumns {
  if (text !== undefined)
    return { names: text.split(",").map((name) => name.trim()), fields: parseColumns(text) };
  const metrics = [...new Set(runs.flatMap(({ queried }) => Object.keys(queried.metrics)))].sort();
  const ofMetrics = metrics
    .slice(0, mostByDefault)
    .map((name): [string, Field] => [
      `metrics.${name}`,
      { entity: "metric", path: [name], at: 0, length: 0 },
    ]);
  const ofRun = ["status", "started"].map((name): [string, Field] => [name, parseField(name)]);
  const chosen = [...(group === undefined ? ofRun : ofGroups(group, runs)), ...ofMetrics];
  return { names: chosen.map(([name]) => name), fields: chosen.map(([, field]) => field) };
}

/** What tells them apart. */
function ofGroups(group: string, runs: readonly SelectedRun[]): [string, Field][] {
  const names = parametersThatDiffer(
    runs.map(({ queried }) => queried),
    group,
  );
  return names
    .slice(0, mostByDefault)
    .map((name) => [`params.${name}`, { entity: "param", path: [name], at: 0, length: 0 }]);
}

function entries(runs: readonly SelectedRun[], now: number, columns: ChosenColumns): object[] {
  return runs.map(({ record, queried }) => ({
    ...entryOf({ folder: record.folder, run: record, error: null }, now),
    values: valuesAsJson(queried, columns),
  }));
}

function printJson(value: object, streams: Streams): void {
  streams.out(`${JSON.stringify(value, null, 2)}\n`);
}

function printLines(lines: readonly string[], streams: Streams): void {
  streams.out(lines.map((line) => `${line}\n`).join(""));
}

function say(lines: readonly string[], shown: number, all: number, notAsked: number, streams: Streams): void {
  const { glyphs } = errPaint(streams);
  const said = [
    ...lines,
    ...(shown < all ? [`${shown} of ${all}, --limit 0 for all`] : []),
    ...(notAsked > 0
      ? [`${counted(notAsked, "run")} cannot be loaded, and was not asked; colophon ls lists them`]
      : []),
  ];
  for (const line of said) streams.err(`${glyphs.rule} ${line}\n`);
}
