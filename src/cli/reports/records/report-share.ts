/** `colophon push` and `colophon pull` for people: what will move, a line for each run where something did, and what it adds up to. */
import { exitStatus } from "../../../errors.js";
import { formatCount } from "../../../manifest/count.js";
import { suffixOf } from "../../../manifest/ids.js";
import {
  asksForLook,
  type LeftOut,
  type SharedRecords,
  type SharedRun,
  type SharedSnapshot,
  type ShareOutcome,
} from "../../../operations/share/result.js";
import { counted } from "../../terminal/counted.js";
import { errPaint, outPaint, type Paint, printable } from "../../terminal/paint.js";
import { formatBytes } from "../../terminal/progress.js";
import type { Streams } from "../../terminal/streams.js";

export interface Direction {
  /** `sent`, `received`. */
  readonly done: string;
  /** `to send`, `to receive`. */
  readonly planned: string;
  /** Where what is `same` was before. */
  readonly there: string;
}

export const sending: Direction = { done: "sent", planned: "to send", there: "there already" };
export const receiving: Direction = { done: "received", planned: "to receive", there: "here already" };

const mostLeftOut = 12;
const mostFiles = 20;

/** Said before anything moves. */
export function formatPlan(plan: ShareOutcome, direction: Direction): string[] {
  const snapshots = plan.runs.filter(({ snapshot }) => snapshot?.state === "planned").length;
  const records = plan.runs.flatMap((run) => (run.records?.state === "planned" ? [run.records] : []));
  if (snapshots + records.length === 0) return [];
  const [files, bytes] = [sum(records, "files"), sum(records, "bytes")];
  const parts = [
    ...(snapshots > 0 ? [counted(snapshots, "snapshot")] : []),
    ...(records.length > 0
      ? [
          `the files of ${counted(records.length, "run")}${files > 0 ? `: ${counted(files, "file")}, ${formatBytes(bytes)}` : ""}`,
        ]
      : []),
  ];
  const more = plan.unpushed_commits;
  return [
    `${direction.planned.padEnd(9)}  ${parts.join("; ")}`,
    ...(more > 0
      ? [
          `${"".padEnd(9)}  with ${counted(more, "commit")} below ${snapshots === 1 ? "it" : "them"} that ${printable(plan.remote)} was not known to have`,
        ]
      : []),
  ];
}

function sum(records: readonly SharedRecords[], key: "files" | "bytes"): number {
  return records.reduce((total, record) => total + record[key], 0);
}

/** Nothing for a run of which both sides have all. */
function formatShared(run: SharedRun, direction: Direction, paint: Paint): string[] {
  const { id, snapshot, records } = run;
  const isTold = (shared: SharedSnapshot | null) => shared !== null && shared.state !== "same";
  if (!isTold(snapshot) && !isTold(records)) return [];
  const { ok, bad, note, dot } = paint.glyphs;
  const isSkipped = [snapshot, records].some((shared) => shared?.state === "skipped");
  const isMoved = [snapshot, records].some((shared) => shared?.state === "moved");
  const glyph = asksForLook(run)
    ? paint.red(bad)
    : isMoved
      ? paint.green(ok)
      : isSkipped
        ? paint.yellow(note)
        : dot;
  const parts = [
    ...(isTold(snapshot) ? [words("snapshot", snapshot as SharedSnapshot, direction, paint)] : []),
    ...(isTold(records) ? [recordsWords(records as SharedRecords, direction, paint)] : []),
  ];
  return [
    `${glyph} ${paint.bold(suffixOf(id))}  ${parts.join("  ")}`,
    ...(records?.state === "planned" ? contentLines(records) : []),
    ...leftOutLines(records, paint),
  ];
}

function words(
  what: string,
  { state, reason }: SharedSnapshot,
  { done, planned }: Direction,
  paint: Paint,
): string {
  const why = reason === null ? "" : `: ${printable(reason)}`;
  switch (state) {
    case "moved":
      return `${what} ${done}`;
    case "planned":
      return `${what} ${planned}`;
    case "skipped":
      return paint.dim(`${what} not ${done}${why}`);
    default:
      return `${what} ${paint.red(state)}${why}`;
  }
}

function recordsWords(records: SharedRecords, direction: Direction, paint: Paint): string {
  const said = words("files", records, direction, paint);
  if (records.state !== "moved" && records.state !== "planned") return said;
  if (records.files === 0) return said;
  const whole = records.is_new ? "  the whole run" : "";
  return `${said}  ${formatCount(records.files)}, ${formatBytes(records.bytes)}${whole}`;
}

/** The largest first; records and facts are the same few for every run. */
function contentLines({ contents }: SharedRecords): string[] {
  const own = contents.filter(
    ({ path }) => !/^(00_run_metadata\/|[^/]*manifest\.json$|SHA256SUMS$)/.test(path),
  );
  const shown = own.toSorted((a, b) => b.bytes - a.bytes).slice(0, mostFiles);
  const rest = contents.length - shown.length;
  return [
    ...shown.map(({ path, bytes }) => `    ${printable(path)}  ${formatBytes(bytes)}`),
    ...(rest > 0 && contents.length > 0
      ? [`    and ${counted(rest, own.length > shown.length ? "more file" : "file of the record")}`]
      : []),
  ];
}

function leftOutLines(records: SharedRecords | null, paint: Paint): string[] {
  if (records === null || records.left_out_count === 0 || records.state === "same") return [];
  const shown = records.left_out.slice(0, mostLeftOut).map((one) => leftOutLine(one, paint));
  const rest = records.left_out_count - shown.length;
  if (shown.length === 0) return [paint.dim(`    ${counted(rest, "file")} left out by whoever sent it`)];
  return [...shown, ...(rest > 0 ? [`    and ${counted(rest, "more file")}`] : [])];
}

function leftOutLine({ path, bytes, reason }: LeftOut, paint: Paint): string {
  return `    left out  ${printable(path)}  ${formatBytes(bytes)}  ${paint.dim(printable(reason))}`;
}

/** What became of it; `next`: lines on what to type now. Gives the exit status. */
export function reportShare(
  outcome: ShareOutcome,
  direction: Direction,
  isJson: boolean,
  streams: Streams,
  next: readonly string[] = [],
): number {
  if (isJson) streams.out(`${JSON.stringify(outcome, null, 2)}\n`);
  else
    for (const run of outcome.runs)
      for (const line of formatShared(run, direction, outPaint(streams))) streams.out(`${line}\n`);
  const paint = errPaint(streams);
  for (const line of [...formatTotals(outcome, direction, paint), ...next])
    streams.err(`${paint.glyphs.rule} ${line}\n`);
  return outcome.runs.some(asksForLook) ? exitStatus.findings : exitStatus.fine;
}

/** The last lines: what it adds up to. */
function formatTotals(outcome: ShareOutcome, direction: Direction, paint: Paint): string[] {
  const shared = outcome.runs
    .flatMap(({ snapshot, records }) => [snapshot, records])
    .filter((one) => one !== null);
  const count = (state: SharedSnapshot["state"]) => shared.filter((one) => one.state === state).length;
  const trouble = count("differs") + count("refused") + count("missing");
  const parts = [
    ...(count("moved") > 0 ? [`${formatCount(count("moved"))} ${direction.done}`] : []),
    ...(count("planned") > 0 ? [`${formatCount(count("planned"))} ${direction.planned}`] : []),
    ...(count("same") > 0 ? [`${formatCount(count("same"))} ${direction.there}`] : []),
    ...(count("skipped") > 0 ? [`${formatCount(count("skipped"))} not ${direction.done}`] : []),
    ...(trouble > 0 ? [`${formatCount(trouble)} to look at`] : []),
  ];
  const { ok, bad } = paint.glyphs;
  const glyph = trouble > 0 ? paint.red(bad) : paint.green(ok);
  const place = `${printable(outcome.remote)} (${printable(outcome.address)})`;
  return [`${glyph} ${place}: ${parts.length === 0 ? "nothing to move" : parts.join(", ")}`];
}
