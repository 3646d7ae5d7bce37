/** Answers of `colophon ground-truth query`: tables as CSV, everything else in columns. */
import type { Answer, QueryPorts } from "../../../operations/ground-truth/query-ground-truth.js";
import { type Column, formatColumns } from "../../terminal/columns.js";
import { printable } from "../../terminal/paint.js";

type Cell = string | number | boolean | null;

export function formatAnswer(answer: Answer, formatTable: QueryPorts["formatTable"]): string {
  switch (answer.query) {
    case "clean":
      return formatTable(answer, answer.table);
    case "split":
      if (answer.slice?.rows)
        return formatTable({ columns: answer.slice.columns, rows: answer.slice.rows }, answer.slice.table);
      return linesOf(["part", "from", "to"], splitRows(answer));
    case "events":
      return linesOf(
        ["entity", "table", "periods"],
        answer.entries.map(({ entity, table, period_indices }) => [
          entity,
          table,
          period_indices.join(" ") || "-",
        ]),
      );
    case "tape":
      return linesOf(
        ["period", "position", "source"],
        answer.entries.map(({ period_index, position, source }) => [period_index, position, source]),
      );
    case "trace":
      return `${linesOf(
        ["step", "value", "source"],
        answer.steps.map(({ step, value, source, agrees }) => [
          step,
          String(value),
          agrees ? source : `${source}, but the configuration makes another`,
        ]),
      )}${cellLines(answer)}`;
    default: {
      const fields = fieldsOf[answer.query];
      const rows = answer.entries.map((entry) =>
        fields.map((field) => (entry as unknown as Record<string, Cell>)[field] ?? null),
      );
      return linesOf(fields, rows);
    }
  }
}

const fieldsOf = {
  labels: ["entity", "archetype"],
  corrupted: ["issue_index", "issue_type", "table", "column", "row", "clean_value"],
  undeliverable: ["metric_a", "metric_b", "reason", "requested", "achieved", "adjustment"],
  crossings: [
    "dim_table",
    "entity",
    "period_index",
    "old_label",
    "new_label",
    "old_dim_row_id",
    "new_dim_row_id",
    "trigger_metric",
    "position",
    "source",
  ],
} as const;

/** What must be known besides, for standard error. */
export function remarksOn(answer: Answer): string[] {
  switch (answer.query) {
    case "clean":
      return [
        `${answer.restored_cells} cells restored, ${answer.removed_rows.length} rows and ${answer.removed_columns.length} columns removed`,
        ...stateRemark(answer.state),
        ...answer.unrecovered.map(
          ({ issue_index, reason }) => `issue ${issue_index} not recovered: ${reason}`,
        ),
      ];
    case "split":
      if (answer.split === null) return ["nothing is held out"];
      return answer.slice === null
        ? [`held out for ${printable(answer.split.target_metric)}`]
        : [
            `${answer.slice.train_rows} rows train, ${answer.slice.holdout_rows} are held out`,
            ...stateRemark(answer.slice.state),
          ];
    case "trace":
      return [
        ...answer.pairs.map(pairRemark),
        ...(answer.agrees ? [] : ["what stands in the file is not what the configuration makes"]),
      ];
    case "tape":
      return answer.source === "manifest"
        ? []
        : [`${printable(answer.entity)} was not sampled: its positions are ${answer.source}`];
    default:
      return answer.entries.length === 0 ? ["nothing of the kind is recorded"] : [];
  }
}

type Trace = Extract<Answer, { query: "trace" }>;

function cellLines({ table, metric, cell }: Trace): string {
  if (cell === null) return "";
  const place = printable(`${table}.csv row ${cell.row} ${metric}`);
  const shown = (value: unknown) => (value === null ? "nothing" : printable(String(value)));
  return cell.issues.length === 0
    ? `${place}: ${shown(cell.found)}\n`
    : `${place}: ${shown(cell.found)}, was ${shown(cell.clean)} before issue ${cell.issues.join(", ")}\n`;
}

function pairRemark({ metric, requested, trajectory_contribution, target }: Trace["pairs"][number]): string {
  const asked = requested === null ? "nothing asked for" : `${requested} asked for`;
  const brought =
    trajectory_contribution === null ? "" : `, ${trajectory_contribution} brought by the trajectories`;
  return `with ${printable(metric)}: drawn at ${target}, ${asked}${brought}`;
}

function stateRemark(state: string): string[] {
  return state === "differs"
    ? ["the table is not the one that SHA256SUMS lists: rows may stand elsewhere"]
    : [];
}

function splitRows({ split, slice }: Extract<Answer, { query: "split" }>): Cell[][] {
  if (split === null) return [];
  const rows = (part: "train" | "holdout", count: number | undefined) => [
    part,
    split[part][0],
    split[part][1] - 1,
    ...(count === undefined ? [] : [count]),
  ];
  return [rows("train", slice?.train_rows), rows("holdout", slice?.holdout_rows)];
}

function linesOf(headers: readonly string[], rows: readonly (readonly Cell[])[]): string {
  if (rows.length === 0) return "";
  const columns: Column[] = (rows[0] as Cell[]).map((cell, index) => ({
    header: headers[index] ?? "rows",
    leaves: 0,
    ...(typeof cell === "number" && { alignRight: true as const }),
  }));
  const cells = rows.map((row) =>
    row.map((cell) => ({ text: cell === null ? "-" : printable(String(cell)) })),
  );
  return `${formatColumns(columns, cells, null, "…").join("\n")}\n`;
}
