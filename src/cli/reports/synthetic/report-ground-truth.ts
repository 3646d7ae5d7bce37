/** `colophon ground-truth show` for people. */
import { formatCount } from "../../../manifest/count.js";
import type { ShownGroundTruth } from "../../../operations/ground-truth/show-ground-truth.js";
import { counted } from "../../terminal/counted.js";
import { type Paint, printable } from "../../terminal/paint.js";

export function formatGroundTruth(shown: ShownGroundTruth, paint: Paint): string[] {
  const { summary, path, threshold } = shown;
  const rows: (readonly [string, string | null])[] = [
    ["config", `${summary.config_sha256.slice(0, 12)}${configWords(shown, paint)}`],
    ["entities", entityWords(shown)],
    ["tape", tapeWords(shown)],
    ...summary.event_tables.map(
      ({ table, entities, periods }) =>
        [
          "events",
          `${printable(table)}: ${counted(entities, "entity").replace(/ys$/, "ies")} in ${formatCount(periods)} periods`,
        ] as const,
    ),
    ["crossings", summary.crossings === 0 ? null : formatCount(summary.crossings)],
    ...summary.bridges.map(
      ({ bridge, targets }) => ["bridge", `${printable(bridge)}: ${counted(targets, "target")}`] as const,
    ),
    ...summary.injections.map(
      ({ issue_type, table, column, rows: count }) =>
        [
          "corrupted",
          `${printable(`${table}.${column}`)}: ${issue_type} in ${counted(count, "row")}`,
        ] as const,
    ),
    ["holdout", holdoutWords(shown)],
    ["pairs", pairWords(shown)],
    ["mode", modeWords(shown)],
    [
      "threshold",
      threshold.changed
        ? paint.yellow(`${threshold.recorded} then, ${threshold.current} now: ${threshold.mode_now}`)
        : null,
    ],
    ["not known", summary.not_recorded.length === 0 ? null : summary.not_recorded.join(", ")],
    ...shown.files.map(({ path: file, state }) => ["file", fileWords(file, state, paint)] as const),
  ];
  const told = rows.filter((row): row is readonly [string, string] => row[1] !== null);
  return [
    `${paint.bold(printable(path))}  ground truth ${summary.schema_version}, seed ${summary.seed}`,
    ...told.map(
      ([label, words], index) => `  ${(told[index - 1]?.[0] === label ? "" : label).padEnd(11)}${words}`,
    ),
  ];
}

function configWords({ config }: ShownGroundTruth, paint: Paint): string {
  if (config === "not-given") return "";
  return config === "same"
    ? `  ${paint.green("the configuration given")}`
    : `  ${paint.red("differs from the configuration given")}`;
}

function entityWords({ summary: { entities, archetypes } }: ShownGroundTruth): string {
  const labels = Object.entries(archetypes ?? {}).map(
    ([name, count]) => `${printable(name)} ${formatCount(count)}`,
  );
  return [formatCount(entities), ...(labels.length > 0 ? [labels.join(", ")] : [])].join("  ");
}

function tapeWords({ summary: { periods, sampled_entities, entities } }: ShownGroundTruth): string {
  const whose =
    sampled_entities === entities
      ? "every entity"
      : `${formatCount(sampled_entities)} of ${formatCount(entities)} entities`;
  return `${formatCount(periods ?? 0)} periods of ${whose}`;
}

function holdoutWords({ summary: { holdout } }: ShownGroundTruth): string | null {
  if (holdout === null) return null;
  return `${counted(holdout.holdout_periods, "period")} from ${holdout.cutoff_period_index}, for ${printable(holdout.target_metric)}`;
}

function pairWords({ summary: { adjusted_pairs, compensated_pairs } }: ShownGroundTruth): string | null {
  const words = [
    ...(adjusted_pairs === null ? [] : [`${adjusted_pairs} projected`]),
    ...(compensated_pairs === null
      ? []
      : [`${compensated_pairs.pairs} compensated, of which ${compensated_pairs.infeasible} out of reach`]),
  ];
  return words.length === 0 ? null : words.join("; ");
}

function modeWords({ summary: { generation_mode, fallback_cells } }: ShownGroundTruth): string {
  return fallback_cells
    ? `${generation_mode}, ${counted(fallback_cells, "cell")} fell back`
    : generation_mode;
}

function fileWords(file: string, state: string, paint: Paint): string {
  const { ok, bad } = paint.glyphs;
  return state === "ok"
    ? `${paint.green(ok)} ${printable(file)}`
    : `${paint.red(bad)} ${printable(file)}  ${paint.red(state)}`;
}
