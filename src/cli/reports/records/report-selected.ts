/** Runs with chosen columns, one a row or one a group, for people, for spreadsheets and for programs. */
import { isExperimentId, suffixOf } from "../../../manifest/ids.js";
import { formatUtc } from "../../../manifest/timestamps.js";
import type { GroupValue, RunGroup } from "../../../operations/records/list/group-runs.js";
import { type QueriedRun, type Scalar, valuesOf } from "../../../query/queried-run.js";
import type { Field } from "../../../query/query.js";
import { formatCsv } from "../../listing/csv.js";
import { stateWords } from "../../run-words.js";
import { type Column, formatColumns, type Row } from "../../terminal/columns.js";
import { type Paint, printable } from "../../terminal/paint.js";
import type { Streams } from "../../terminal/streams.js";

export interface ChosenColumns {
  /** As typed: the headers. */
  readonly names: readonly string[];
  readonly fields: readonly Field[];
}

type Terminal = Pick<Streams, "outIsTerminal" | "columns">;

export function formatSelected(
  runs: readonly QueriedRun[],
  { names, fields }: ChosenColumns,
  terminal: Terminal,
  paint: Paint,
): string[] {
  const rows = runs.map((run): Row => {
    const { glyph, colour } = stateWords(run.status as Parameters<typeof stateWords>[0], paint);
    const values = fields.map((field) => ({ text: forPeople(field, readValues(field, run)) }));
    return [
      { text: glyph, paint: colour },
      { text: shortName(run.id) },
      { text: printable(run.name) },
      ...values,
    ];
  });
  const numeric = (at: number) =>
    runs.some((run) => typeof readValues(fields[at] as Field, run)[0] === "number");
  return table(["", "run", "name"], names, numeric, rows, terminal, paint);
}

export function formatGroups(
  groups: readonly RunGroup[],
  { names }: ChosenColumns,
  terminal: Terminal,
  paint: Paint,
): string[] {
  const rows = groups.map(
    ({ runs, completed, values }): Row => [
      { text: `${completed}/${runs.length}`, ...(completed < runs.length && { paint: paint.yellow }) },
      { text: printable(runs[0]?.name ?? "") },
      ...values.map((value) => ({ text: spreadForPeople(value, paint) })),
    ],
  );
  const numeric = (at: number) => groups.some(({ values }) => "mean" in (values[at] as GroupValue));
  return table(["completed", "name"], names, numeric, rows, terminal, paint);
}

function table(
  fixed: readonly string[],
  names: readonly string[],
  isNumeric: (at: number) => boolean,
  rows: readonly Row[],
  { outIsTerminal, columns: width }: Terminal,
  paint: Paint,
): string[] {
  const columns: Column[] = [
    ...fixed.map((header) => ({ header, leaves: 0, longest: 32 })),
    ...names.map((header, at): Column => {
      const column = { header, leaves: at + 1, longest: 40 };
      return isNumeric(at) ? { ...column, alignRight: true } : column;
    }),
  ];
  if (rows.length === 0) return [];
  const [header = "", ...lines] = formatColumns(
    columns,
    rows,
    outIsTerminal ? width : null,
    paint.glyphs.ellipsis,
  );
  return [paint.dim(header), ...lines];
}

/** The id stands first; the rest is what was chosen. */
export function selectedAsCsv(runs: readonly QueriedRun[], { names, fields }: ChosenColumns): string {
  const rows = runs.map((run) => [run.id, run.name, ...fields.map((field) => forPrograms(field, run))]);
  return formatCsv([["run", "name", ...names], ...rows]);
}

/** A number has three columns: its mean, its sample standard deviation, and over how many. */
export function groupsAsCsv(groups: readonly RunGroup[], { names }: ChosenColumns): string {
  const numeric = names.map((_, at) => groups.some(({ values }) => "mean" in (values[at] as GroupValue)));
  const header = names.flatMap((name, at) => (numeric[at] ? [name, `${name}_sd`, `${name}_n`] : [name]));
  const rows = groups.map(({ runs, completed, values }) => [
    runs[0]?.name ?? "",
    runs.length,
    completed,
    ...values.flatMap((value, at): Scalar[] => {
      if ("mean" in value) return [value.mean, value.sd, value.n];
      const one = "same" in value ? value.same : null;
      return numeric[at] ? [one, null, 0] : [one];
    }),
  ]);
  return formatCsv([["name", "runs", "completed", ...header], ...rows]);
}

export function valuesAsJson(run: QueriedRun, { names, fields }: ChosenColumns): object {
  return Object.fromEntries(names.map((name, at) => [name, plain(forPrograms(fields[at] as Field, run))]));
}

export function groupsAsJson(groups: readonly RunGroup[], { names }: ChosenColumns): object[] {
  return groups.map(({ runs, completed, values }) => ({
    runs: runs.map(({ id }) => id),
    name: runs[0]?.name ?? null,
    n: runs.length,
    completed,
    values: Object.fromEntries(names.map((name, at) => [name, groupValueAsJson(values[at] as GroupValue)])),
  }));
}

function groupValueAsJson(value: GroupValue): object {
  if (!("mean" in value)) return value;
  const { mean, sd, n, notFinite } = value;
  return { mean: plain(mean), sd, n, not_finite: notFinite };
}

/** JSON has no NaN. */
function plain(value: Scalar): Scalar {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

/** Tags are several. */
function readValues(field: Field, run: QueriedRun): readonly Scalar[] {
  return valuesOf(field, run);
}

function forPrograms(field: Field, run: QueriedRun): Scalar {
  const values = readValues(field, run);
  const [first = null] = values;
  if (isTime(field) && typeof first === "number") return formatUtc(first);
  return values.length > 1 ? values.join(" ") : first;
}

function forPeople(field: Field, values: readonly Scalar[]): string {
  const [first] = values;
  if (first === undefined || first === null) return "";
  if (isTime(field) && typeof first === "number")
    return `${formatUtc(first).slice(0, 16).replace("T", " ")}Z`;
  if (typeof first === "number") return formatNumber(first);
  const text = values.map(String).join(", ");
  return printable(field.entity === "git" && field.path[0] === "sha" ? text.slice(0, 7) : text);
}

function isTime({ entity, path }: Field): boolean {
  return entity === "attribute" && (path[0] === "started" || path[0] === "finished");
}

/** Four digits that count; whole numbers whole. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return String(value);
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  return size >= 1e-4 && size < 1e6 ? String(Number(value.toPrecision(4))) : value.toExponential(3);
}

function spreadForPeople(value: GroupValue, { glyphs }: Paint): string {
  if ("different" in value) return `${value.different} values`;
  if ("same" in value)
    return value.same === null
      ? ""
      : typeof value.same === "number"
        ? formatNumber(value.same)
        : printable(String(value.same));
  const { mean, sd, n, notFinite } = value;
  const lost = notFinite === 0 ? "" : `  NaN ${glyphs.times}${notFinite}`;
  if (n === 0) return lost.trim();
  return `${formatNumber(mean)}${sd === null ? "" : ` ${glyphs.spread} ${formatNumber(sd)}`}  n ${n}${lost}`;
}

function shortName(id: string): string {
  return isExperimentId(id) ? suffixOf(id) : printable(id);
}
