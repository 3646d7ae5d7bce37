/** `colophon ground-truth query`: one question, one answer. */
import { UsageError } from "../../errors.js";
import { deriveTape } from "../../generators/ground-truth/trace-cell.js";
import { corruptedRows } from "./answers/corrupted.js";
import { crossingsOf } from "./answers/crossings.js";
import { eventsOf } from "./answers/events.js";
import { labelsOf } from "./answers/labels.js";
import { recoverTable } from "./answers/recover-table.js";
import { splitOf, splitTable } from "./answers/split.js";
import { tapeOf } from "./answers/tape.js";
import { traceCell } from "./answers/trace-cell.js";
import { pairsByAdjustment, undeliverablePairs } from "./answers/undeliverable.js";
import { checkConfigOf, type ReadConfig } from "./check-config.js";
import { checkNames } from "./check-names.js";
import type { DataTable } from "./data-table.js";
import { type OpenGroundTruth, type OpenGroundTruthPorts, openTable } from "./open-ground-truth.js";

export interface QueryRequest {
  readonly entity: string | undefined;
  readonly table: string | undefined;
  readonly column: string | undefined;
  readonly type: string | undefined;
  readonly periodColumn: string | undefined;
  readonly part: string | undefined;
  readonly all: boolean;
  readonly metric: string | undefined;
  readonly period: number | undefined;
  /** What the tables were generated from, as it was read. */
  readonly config: ReadConfig | undefined;
  readonly withLabels: boolean;
}

export const queryNames = [
  "labels",
  "tape",
  "events",
  "corrupted",
  "clean",
  "split",
  "undeliverable",
  "crossings",
  "trace",
] as const;
export type QueryName = (typeof queryNames)[number];

type Query = (truth: OpenGroundTruth, request: QueryRequest, ports: QueryPorts) => object | Promise<object>;

export interface QueryPorts extends OpenGroundTruthPorts {
  /** The text of a cell. */
  readonly spellCell: (cell: unknown) => string | null | undefined;
  /** As `writeTables` writes it. */
  readonly formatTable: (table: DataTable, name: string) => string;
}

const queries = {
  labels: ({ manifest }, { entity }) => ({ entries: labelsOf(manifest, entity) }),
  tape: async ({ manifest }, { entity, config }) => {
    const whose = needed("tape", "entity", entity);
    if (config === undefined) return tapeOf(manifest, whose);
    const derived = await deriveTape(checkConfigOf(manifest, config), whose);
    return tapeOf(manifest, whose, () => derived);
  },
  events: ({ manifest }, { entity, table }) => ({ entries: eventsOf(manifest, { entity, table }) }),
  corrupted: (truth, { table, column, type }, ports) => {
    checkNames({ table, column }, truth, ports);
    return { entries: corruptedRows(truth.manifest, { table, column, type }) };
  },
  clean: (truth, { table }, ports) => {
    const { name, table: corrupted, state } = openTable(truth, needed("clean", "table", table), ports);
    const spell = (value: unknown) => ports.spellCell(value) ?? null;
    const { table: clean, ...how } = recoverTable(truth.manifest, name, corrupted, spell);
    return { table: name, state, ...how, ...clean };
  },
  split: (truth, { table, periodColumn, part }, ports) => {
    const split = splitOf(truth.manifest);
    if (table === undefined && periodColumn === undefined && part === undefined)
      return { split, slice: null };
    const { name, table: whole, state } = openTable(truth, needed("split", "table", table), ports);
    const column = needed("split", "period-column", periodColumn);
    const slices = splitTable(truth.manifest, whole, column);
    const wanted = part === "train" || part === "holdout" ? part : undefined;
    return {
      split,
      slice: {
        table: name,
        state,
        period_column: column,
        train_rows: slices.train.rows.length,
        holdout_rows: slices.holdout.rows.length,
        part: wanted ?? null,
        columns: whole.columns,
        rows: wanted === undefined ? null : slices[wanted].rows,
      },
    };
  },
  undeliverable: ({ manifest }, { all }) => ({
    entries: all ? pairsByAdjustment(manifest) : undeliverablePairs(manifest),
  }),
  crossings: ({ manifest }, { entity }) => ({ entries: crossingsOf(manifest, entity) }),
  trace: async (truth, request, ports) => {
    const question = {
      entity: needed("trace", "entity", request.entity),
      period: needed("trace", "period", request.period),
      metric: needed("trace", "metric", request.metric),
    };
    const config = checkConfigOf(truth.manifest, needed("trace", "config", request.config));
    const traced = await traceCell(truth.manifest, config, question, (name) =>
      ports.findText(ports.pathIn(truth.folder, `${name}.csv`)) === undefined
        ? undefined
        : openTable(truth, name, ports).table,
    );
    const steps = traced.steps.filter(({ step }) => request.withLabels || step !== "archetype");
    return { ...traced, steps };
  },
} as const satisfies { readonly [Name in QueryName]: Query };

type AnswerOf<Name extends QueryName> = Awaited<ReturnType<(typeof queries)[Name]>> & {
  readonly query: Name;
};
export type Answer = { readonly [Name in QueryName]: AnswerOf<Name> }[QueryName];

/** @throws UsageError for a question that lacks something, or about a name that is none; FileError for a table that is not there. */
export async function queryGroundTruth(
  name: QueryName,
  truth: OpenGroundTruth,
  request: QueryRequest,
  ports: QueryPorts,
): Promise<Answer> {
  return { query: name, ...(await queries[name](truth, request, ports)) } as Answer;
}

function needed<T>(query: QueryName, flag: string, value: T | undefined): T {
  if (value !== undefined) return value;
  throw new UsageError("QUERY_INCOMPLETE", `query ${query} needs --${flag}`, {
    hint: `Type: colophon ground-truth query ${query} --${flag} NAME`,
  });
}
