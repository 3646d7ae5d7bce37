/** What a schema cannot say of a configuration: that everything it names is there, once, and can be made. */
import type { Finding } from "../../errors.js";
import type { GroundTruthGeneration, MetricConfig, QualityIssueConfig } from "../../generated/types.js";
import { sentinelColumns } from "../../kinds/ground-truth/ground-truth.js";
import { bridgeColumns, eventColumns, memberColumns, rowColumns, versionColumns } from "./tables.js";

type Place = readonly (string | number)[];
type Fault = Pick<Finding, "code" | "pointer" | "message" | "hint">;

/** `config` is what its schema accepts. */
export function faultsOfConfig(config: GroundTruthGeneration): Finding[] {
  return [
    ...emptyFaults(config),
    ...twiceFaults(config),
    ...nameFaults(config),
    ...reservedFaults(config),
    ...metricFaults(config),
    ...bandFaults(config),
    ...qualityFaults(config),
    ...windowFaults(config),
  ].map((fault) => ({ ...fault, severity: "error", line: null, column: null }));
}

function fault(code: string, place: Place, words: string, hint: string): Fault {
  return {
    code,
    pointer: place.map((segment) => `/${segment}`).join(""),
    message: `${place.join(".")}: ${words}`,
    hint,
  };
}

function* emptyFaults(config: GroundTruthGeneration): Iterable<Fault> {
  for (const section of ["archetypes", "entities", "metrics"] as const)
    if (config[section].length === 0)
      yield fault("EMPTY", [section], "must have at least 1 item", "Add one.");
}

function* twiceFaults(config: GroundTruthGeneration): Iterable<Fault> {
  const { archetypes, entities, metrics, event_tables = [], dimensions = [], bridges = [] } = config;
  const named = (section: string, items: readonly { readonly name: string }[]) =>
    items.map(({ name }, index) => ({ name, place: [section, index, "name"] as Place }));
  const factTables = metrics
    .map(({ table }, index) => ({ name: table, place: ["metrics", index, "table"] as Place }))
    .filter(({ name }, index, all) => all.findIndex((each) => each.name === name) === index);
  const tables = [
    ...factTables,
    ...named("event_tables", event_tables),
    ...named("dimensions", dimensions),
    ...named("bridges", bridges),
  ];
  yield* twice(named("archetypes", archetypes));
  yield* twice(named("entities", entities));
  yield* twice(named("metrics", metrics));
  // Names of tables are names of files, and not every disk tells cases apart.
  yield* twice(tables.map(({ name, place }) => ({ name: name.toLowerCase(), place })));
  const pairs = (config.correlations ?? []).map(({ metric_a, metric_b }, index) => ({
    name: [metric_a, metric_b].sort().join(" and "),
    place: ["correlations", index] as Place,
  }));
  yield* twice(pairs);
}

/** Archetypes and tables are keys of objects, and no object of JSON that is written here has this one. */
function* reservedFaults(config: GroundTruthGeneration): Iterable<Fault> {
  const { archetypes, metrics, event_tables = [], dimensions = [], bridges = [] } = config;
  const sections = { archetypes, event_tables, dimensions, bridges };
  const places: [Place, string][] = [
    ...Object.entries(sections).flatMap(([section, items]) =>
      items.map(({ name }, index): [Place, string] => [[section, index, "name"], name]),
    ),
    ...metrics.map(({ table }, index): [Place, string] => [["metrics", index, "table"], table]),
  ];
  for (const [place, name] of places)
    if (name === "__proto__") yield fault("WRONG_VALUE", place, `${name} can be no key`, "Rename it.");
}

/** They stand for whole rows in the ground truth, and one is a column of what arrives late. */
const sentinels = Object.values(sentinelColumns);

function* columnFaults(place: Place, column: string): Iterable<Fault> {
  if (sentinels.includes(column))
    yield fault("WRONG_VALUE", place, `${column} stands for whole rows in the ground truth`, "Rename it.");
}

function* twice(items: readonly { readonly name: string; readonly place: Place }[]): Iterable<Fault> {
  const seen = new Set<string>();
  for (const { name, place } of items) {
    if (seen.has(name))
      yield fault("ENTRY_TWICE", place, `${JSON.stringify(name)} is named twice`, "Name each once.");
    seen.add(name);
  }
}

function* nameFaults(config: GroundTruthGeneration): Iterable<Fault> {
  const archetypes = config.archetypes.map(({ name }) => name);
  const metrics = config.metrics.map(({ name }) => name);
  const dimensions = (config.dimensions ?? []).map(({ name }) => name);
  for (const [index, { archetype }] of config.entities.entries())
    yield* unknown(["entities", index, "archetype"], archetype, archetypes);
  for (const [index, pair] of (config.correlations ?? []).entries()) {
    yield* unknown(["correlations", index, "metric_a"], pair.metric_a, metrics);
    yield* unknown(["correlations", index, "metric_b"], pair.metric_b, metrics);
    if (pair.metric_a === pair.metric_b)
      yield fault("WRONG_VALUE", ["correlations", index], "is of one metric", "Name two.");
  }
  for (const [index, { metric }] of (config.event_tables ?? []).entries())
    yield* unknown(["event_tables", index, "metric"], metric, metrics);
  for (const [index, { dimension, least, most }] of (config.bridges ?? []).entries()) {
    yield* unknown(["bridges", index, "dimension"], dimension, dimensions);
    if (least > most)
      yield fault(
        "OUT_OF_RANGE",
        ["bridges", index, "least"],
        `${least} is above most, ${most}`,
        "Swap them.",
      );
  }
  if (config.holdout) yield* unknown(["holdout", "target"], config.holdout.target, metrics);
}

function* unknown(place: Place, name: string, known: readonly string[]): Iterable<Fault> {
  if (known.includes(name)) return;
  const shown = known.slice(0, 10).join(", ") || "none";
  yield fault("WRONG_VALUE", place, `${JSON.stringify(name)} is none of ${shown}`, "Name one that is there.");
}

/** Of a greater rate, the share of no events is below the least double. */
const mostRate = 500;

function* metricFaults({ metrics }: GroundTruthGeneration): Iterable<Fault> {
  for (const [index, metric] of metrics.entries()) {
    const { name, low, high, clamp } = metric;
    const place = (field: string): Place => ["metrics", index, field];
    if (rowColumns.includes(name))
      yield fault("WRONG_VALUE", place("name"), `${name} is a column of every fact table`, "Rename it.");
    yield* columnFaults(place("name"), name);
    if (low >= high)
      yield fault("OUT_OF_RANGE", place("low"), `${low} is not below high, ${high}`, "Swap them.");
    if (clamp.least >= clamp.most)
      yield fault("OUT_OF_RANGE", place("clamp"), `${clamp.least} is not below ${clamp.most}`, "Swap them.");
    yield* supportFaults(metric, place("low"), place("high"));
  }
}

function* supportFaults({ distribution, low, high }: MetricConfig, at: Place, top: Place): Iterable<Fault> {
  if (distribution === "lognormal" && low <= 0)
    yield fault("OUT_OF_RANGE", at, `a lognormal median is above 0, found ${low}`, "Raise it.");
  if (distribution !== "poisson") return;
  if (low < 0) yield fault("OUT_OF_RANGE", at, `a rate is at least 0, found ${low}`, "Raise it.");
  if (high > mostRate)
    yield fault(
      "OUT_OF_RANGE",
      top,
      `a rate is at most ${mostRate} here, found ${high}`,
      "Take a normal one.",
    );
}

function* bandFaults({ dimensions = [], metrics }: GroundTruthGeneration): Iterable<Fault> {
  for (const [index, dimension] of dimensions.entries()) {
    if (dimension.of !== "entities" || dimension.bands === null) continue;
    const { metric, column, labels } = dimension.bands;
    const place: Place = ["dimensions", index, "bands"];
    yield* unknown(
      [...place, "metric"],
      metric,
      metrics.map(({ name }) => name),
    );
    if (versionColumns().includes(column))
      yield fault("WRONG_VALUE", [...place, "column"], `${column} is a column already`, "Rename it.");
    yield* columnFaults([...place, "column"], column);
    if (labels.length < 2)
      yield fault(
        "EMPTY",
        [...place, "labels"],
        `must have at least 2 items, found ${labels.length}`,
        "Add one.",
      );
    yield* twice(labels.map(({ label }, at) => ({ name: label, place: [...place, "labels", at, "label"] })));
    for (const [at, { from }] of labels.entries()) {
      const least = at === 0 ? 0 : labels[at - 1]?.from;
      if (at === 0 ? from !== 0 : from <= (least as number))
        yield fault(
          "OUT_OF_RANGE",
          [...place, "labels", at, "from"],
          at === 0 ? `must be 0, found ${from}` : `${from} is not above ${least}`,
          "Let the bands ascend from 0.",
        );
    }
  }
}

function* qualityFaults(config: GroundTruthGeneration): Iterable<Fault> {
  const columns = columnsByTable(config);
  const late = new Set<string>();
  for (const [index, issue] of (config.quality?.quality_issues ?? []).entries()) {
    const place: Place = ["quality", "quality_issues", index];
    yield* unknown([...place, "table"], issue.table, [...columns.keys()]);
    const known = columns.get(issue.table);
    if (known === undefined) continue;
    if ("column" in issue) yield* unknown([...place, "column"], issue.column, known);
    if (issue.issue_type === "late_arrival") yield* lateFaults(issue, place, known, late);
    if (issue.issue_type === "schema_drift" && !isNumeric(config, issue))
      yield fault("WRONG_VALUE", [...place, "column"], `${issue.column} is no metric`, "Name one.");
  }
}

function* lateFaults(
  { table }: QualityIssueConfig,
  place: Place,
  known: readonly string[],
  late: Set<string>,
): Iterable<Fault> {
  if (!known.includes("period_index"))
    yield fault("WRONG_VALUE", [...place, "table"], `${table} has no periods`, "Name a table that has.");
  if (late.has(table))
    yield fault("ENTRY_TWICE", place, `${table} has a ${sentinelColumns.late_arrival} already`, "Keep one.");
  late.add(table);
}

function isNumeric({ metrics }: GroundTruthGeneration, issue: { table: string; column: string }): boolean {
  return metrics.some(({ name, table }) => name === issue.column && table === issue.table);
}

function columnsByTable(config: GroundTruthGeneration): Map<string, readonly string[]> {
  const { metrics, event_tables = [], dimensions = [], bridges = [] } = config;
  const facts = metrics.map(({ table }): [string, readonly string[]] => [
    table,
    [...rowColumns, ...metrics.filter((each) => each.table === table).map(({ name }) => name)],
  ]);
  const columnsOf = (dimension: (typeof dimensions)[number]) =>
    dimension.of === "members" ? memberColumns : versionColumns(dimension.bands?.column);
  return new Map([
    ...facts,
    ...event_tables.map(({ name }) => [name, eventColumns] as const),
    ...dimensions.map((dimension) => [dimension.name, columnsOf(dimension)] as const),
    ...bridges.map(({ name }) => [name, bridgeColumns] as const),
  ]);
}

function* windowFaults({ holdout, time_window }: GroundTruthGeneration): Iterable<Fault> {
  if (holdout && holdout.periods >= time_window.periods)
    yield fault(
      "OUT_OF_RANGE",
      ["holdout", "periods"],
      `${holdout.periods} of ${time_window.periods} periods leave none to train on`,
      "Hold out fewer.",
    );
}
