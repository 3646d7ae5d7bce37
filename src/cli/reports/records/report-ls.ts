/** `colophon ls` for people: a row a run, in columns; a run that cannot be loaded has a row with the reason. */
import type { ListedRun } from "../../../catalog/catalog.js";
import { isExperimentId, suffixOf } from "../../../manifest/ids.js";
import { parseUtc } from "../../../manifest/timestamps.js";
import type { RunSummary } from "../../../operations/records/list/summarize-run.js";
import { stateInList } from "../../run-words.js";
import { type Cell, type Column, cutInMiddle, formatColumns, type Row } from "../../terminal/columns.js";
import { type Paint, printable } from "../../terminal/paint.js";
import type { Streams } from "../../terminal/streams.js";
import { formatAge, formatTime } from "../../terminal/times.js";

export interface LsView {
  readonly now: number;
  readonly utc: boolean;
}

const columns: readonly Column[] = [
  { header: "", leaves: 0 },
  { header: "run", leaves: 0, longest: 24 },
  { header: "name", leaves: 0, longest: 32 },
  { header: "state", leaves: 1, longest: 40 },
  { header: "code", leaves: 3 },
  { header: "data", leaves: 4, longest: 32 },
  { header: "started", leaves: 2, alignRight: true },
  { header: "tags", leaves: 5, longest: 40 },
];

export function formatListing(
  runs: readonly ListedRun<RunSummary>[],
  view: LsView,
  { outIsTerminal, columns: width }: Pick<Streams, "outIsTerminal" | "columns">,
  paint: Paint,
): string[] {
  if (runs.length === 0) return [];
  const room = outIsTerminal ? width : null;
  const loaded = runs.flatMap(({ run }) => (run === null ? [] : [rowOf(run, view, paint)]));
  const [header = "", ...lines] = formatColumns(columns, loaded, room, paint.glyphs.ellipsis);
  const rest = lines[Symbol.iterator]();
  const all = runs.map((listed) =>
    listed.run === null ? brokenLine(listed, room, paint) : (rest.next().value as string),
  );
  return loaded.length === 0 ? all : [paint.dim(header), ...all];
}

function rowOf(summary: RunSummary, { now, utc }: LsView, paint: Paint): Row {
  const started = parseUtc(summary.started_at) ?? now;
  const { glyph, word, colour } = stateInList(summary, paint);
  return [
    { text: glyph, paint: colour },
    { text: shortName(summary.id) },
    { text: printable(summary.name) },
    { text: repeating(word, summary) },
    codeCell(summary, paint),
    { text: dataWords(summary) },
    { text: utc ? formatTime(started, true) : formatAge(now - started), paint: paint.dim },
    { text: summary.tags.map(printable).join(", ") },
  ];
}

/** A run that was made to hold another one to its word is no further result. */
function repeating(word: string, { reproduces }: RunSummary): string {
  return reproduces === null ? word : `${word}, repeats ${shortName(reproduces)}`;
}

function codeCell({ code }: RunSummary, paint: Paint): Cell {
  if (code === null) return { text: "" };
  const sha = code.sha.slice(0, 7);
  return code.dirty ? { text: `${sha} ${paint.glyphs.note}`, paint: paint.yellow } : { text: sha };
}

function dataWords({ data }: RunSummary): string {
  if (data === null) return "";
  return data.kind === "synthetic" ? `seed ${data.seed}` : Object.keys(data.hashes).map(printable).join(", ");
}

/** Its first reason, without the path that the row names already. */
function brokenLine({ folder, error }: ListedRun<RunSummary>, width: number | null, paint: Paint): string {
  const { glyphs } = paint;
  const name = shortName(folder.slice(folder.lastIndexOf("/") + 1));
  if (error?.code === "RUN_ON_ANOTHER_BRANCH") return paint.dim(`${glyphs.dot}  ${name}  on another branch`);
  const [first = "", second = ""] = withoutFolder(error?.message ?? "", folder).split("\n");
  const reason = `${first} ${second.trim()}`.trim();
  const text = `${name}  ${error?.code}: ${printable(reason)}`;
  const cut = width === null ? text : cutInMiddle(text, width - 3, glyphs.ellipsis);
  // A part of a run is no broken one.
  return error?.code === "RUN_HALF_HERE"
    ? paint.dim(`${glyphs.dot}  ${cut}`)
    : `${paint.red(glyphs.bad)}  ${cut}`;
}

/** Only where the folder itself is named: a longer path may begin or go on with the same letters. */
function withoutFolder(message: string, folder: string): string {
  const itself = folder.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const place = new RegExp(`(?<![^\\s"'(])${itself}(/|: |(?=$|[\\s"',;:)]))`, "g");
  return message.replaceAll(place, (_, behind: string) => (behind === "" ? "it" : ""));
}

function shortName(id: string): string {
  return isExperimentId(id) ? suffixOf(id) : printable(id);
}
