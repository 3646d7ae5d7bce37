/** `colophon show` for people: what a run is, line by line; what is not known is not said. */
import { isExperimentId, suffixOf } from "../../../manifest/ids.js";
import { parseUtc } from "../../../manifest/timestamps.js";
import type { RunDescription } from "../../../operations/records/describe-run.js";
import type { LoadedArtifact } from "../../../operations/records/load/loaded-run.js";
import { shortStage, stateWords } from "../../run-words.js";
import { counted } from "../../terminal/counted.js";
import { type Paint, printable } from "../../terminal/paint.js";
import { formatBytes } from "../../terminal/progress.js";
import { formatTime } from "../../terminal/times.js";
import { usageWords } from "../report-usage.js";
import { refusedFigureLines } from "./refused-figures.js";
import { driftLines, keptWords, lackLines } from "./report-code.js";
import { metricLines } from "./report-metrics.js";
import { undeclaredLines, unseenWords } from "./report-observed.js";
import { formatSeconds } from "./report-run.js";

export interface ShowView {
  readonly utc: boolean;
  /** What to type for this run. */
  readonly word: string;
  /** The current folder. */
  readonly directory: string;
  /** Of the terminal; `null` in a pipe. */
  readonly width: number | null;
}

export function formatRun(run: RunDescription, view: ShowView, paint: Paint): string[] {
  const { width } = view;
  return [
    headLine(run, view, paint),
    ...row("repeats", run.reproduces === null ? "" : `${printable(run.reproduces)}, by colophon reproduce`),
    ...stageRows(run, view, paint),
    ...rows("code", codeWords(run, paint)),
    ...rows("data", dataWords(run, paint)),
    ...row("params", cutToWidth(parameterWords(run), view, paint)),
    ...rows("", contradictionWords(run, paint)),
    ...row("env", cutToWidth(environmentWords(run), view, paint)),
    ...rows("metrics", metricLines(run.metrics, width === null ? null : width - labelWidth, paint)),
    ...row("summary", cutToWidth(namedWords(run.reported.summary), view, paint)),
    ...row("used", cutToWidth(usageWords(run.usage), view, paint)),
    ...artifactRows(run, paint),
    ...rows("figures", refusedFigureLines(run.figures_refused, paint)),
    ...rows("observed", observedWords(run, paint)),
    ...rows("logs", logWords(run, paint)),
    ...row("tags", run.tags.map(printable).join(", ")),
    ...rows("notes", noteWords(run, view)),
    ...row("version", versionWords(run)),
    ...rows("", warningWords(run, paint)),
    ...row("record", printable(pathFrom(view.directory, run.folder))),
    ...row("next", nextWords(run, view)),
  ];
}

function headLine(run: RunDescription, { utc }: ShowView, paint: Paint): string {
  const { glyph, word, colour } = stateWords(run.state, paint);
  const started = parseUtc(run.started_at);
  return [
    paint.bold(nameForPeople(run)),
    printable(run.name),
    colour(`${glyph} ${word}`),
    ...(run.elapsed_seconds === null ? [] : [formatSeconds(run.elapsed_seconds)]),
    ...(started === undefined ? [] : [formatTime(started, utc)]),
    ...(run.reason === null ? [] : [paint.dim(printable(run.reason))]),
    ...(run.reconciled ? [paint.dim("(reconciled)")] : []),
  ].join("  ");
}

/** The stages on as many lines as it takes, and under them why one was skipped or failed, or the run without one to blame. */
function stageRows({ stages, failure }: RunDescription, { width }: ShowView, paint: Paint): string[] {
  const { glyphs } = paint;
  const glyphOf = { completed: glyphs.ok, failed: glyphs.bad, running: glyphs.busy, skipped: glyphs.dot };
  const pieces = stages.map(({ name, status, elapsed_seconds }) => {
    const took = elapsed_seconds === null || status === "skipped" ? "" : ` ${formatSeconds(elapsed_seconds)}`;
    return `${shortStage(name)} ${glyphOf[status]}${status === "skipped" ? " skipped" : took}`;
  });
  const reasons = stages
    .filter(({ status, message }) => message !== null && (status === "skipped" || status === "failed"))
    .flatMap(({ name, status, message }) => {
      const lines = inLines(`${shortStage(name)} ${status}: `, message as string);
      return lines.map(status === "failed" ? paint.red : paint.dim);
    });
  return rows("stages", [
    ...joinWithin(pieces, ` ${glyphs.arrow} `, (width ?? 110) - labelWidth),
    ...reasons,
    ...(failure === null ? [] : inLines("failed: ", failure).map(paint.red)),
  ]);
}

function codeWords({ code, snapshot, drift }: RunDescription, paint: Paint): string[] {
  if (code === null) return [];
  const place = `${code.sha.slice(0, 7)} ${code.branch === "HEAD" ? "(detached)" : printable(code.branch)}`;
  const warn = (text: string) => paint.yellow(`${paint.glyphs.note} ${text}`);
  const kept = snapshot === null ? "" : keptWords(snapshot);
  const edits = code.dirty
    ? "with edits not committed"
    : kept === ""
      ? "clean"
      : "with edits that Git was told not to see";
  const state = kept === "" ? (code.dirty ? warn(edits) : edits) : `${edits}, ${kept}`;
  return [
    `${place}  ${state}`,
    ...(snapshot === null ? [] : lackLines(snapshot).map(warn)),
    ...(drift === null ? [] : driftLines(drift, paint).map(warn)),
  ];
}

function dataWords({ data, inputs, version }: RunDescription, { glyphs }: Paint): string[] {
  if (data?.kind === "synthetic") return [`made from seed ${data.seed}`];
  if (inputs.length === 0)
    return [version < 3 ? "unknown: predates provenance" : "unknown: no record of it can be read"];
  return inputs.map(({ name, sha256, bytes, rows: count, path }) =>
    [
      printable(name ?? path ?? "input"),
      `${printable(sha256.slice(0, 4))}${glyphs.ellipsis}${printable(sha256.slice(-4))}`,
      ...(bytes === null ? [] : [formatBytes(bytes)]),
      ...(count === null ? [] : [counted(count, "row")]),
    ].join("  "),
  );
}

function parameterWords({ parameters, command }: RunDescription): string {
  const named = Object.entries(parameters ?? {}).filter(([name]) => name !== "argv");
  const words = parameters?.argv ?? command?.argv;
  const spoken = Array.isArray(words) ? printable(words.map(String).join(" ")) : "";
  if (named.length === 0) return spoken;
  return namedWords(Object.fromEntries(named));
}

function namedWords(values: Readonly<Record<string, unknown>>): string {
  const named = Object.entries(values);
  const shown = named.slice(0, 8).map(([name, value]) => `${printable(name)} ${shortValue(value)}`);
  return [...shown, ...(named.length > shown.length ? [`+${named.length - shown.length}`] : [])].join("  ");
}

function shortValue(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return printable(text.length > 40 ? `${text.slice(0, 37)}...` : text);
}

/** The program knows best what it ran with, and the record is what it was told: neither is believed over the other. */
function contradictionWords({ reported }: RunDescription, paint: Paint): string[] {
  return reported.contradictions
    .slice(0, 8)
    .map(({ name, values }) =>
      paint.yellow(
        `${paint.glyphs.note} ${printable(name)} was given as ${values.slice(0, 4).map(shortValue).join(", then ")}`,
      ),
    );
}

function environmentWords({ env }: RunDescription): string {
  return Object.entries(env ?? {})
    .map(([name, version]) => `${printable(name)} ${printable(version)}`)
    .join("  ");
}

const mostArtifacts = 12;

/** Facts and logs have lines of their own. */
function artifactRows({ artifacts, not_kept }: RunDescription, paint: Paint): string[] {
  const own = artifacts.filter(({ path }) => !/^(00_run_metadata|logs)\//.test(path));
  const shown = own.slice(0, mostArtifacts).map((artifact) => artifactWords(artifact, paint));
  const rest = own.length - shown.length;
  const lost = not_kept.map(({ name, reason }) =>
    paint.yellow(`${paint.glyphs.note} ${printable(name)}: ${printable(reason)}`),
  );
  return rows("artifacts", [...shown, ...(rest > 0 ? [`and ${rest} more`] : []), ...lost]);
}

/** Of a reference, size and digest are those of what it refers to. */
function artifactWords(
  { name, path, availability, how, sha256, bytes }: LoadedArtifact,
  paint: Paint,
): string {
  const facts = [
    printable(name),
    printable(path),
    ...(bytes === null ? [] : [formatBytes(bytes)]),
    ...(sha256 === null ? [] : [`${sha256.slice(0, 4)}${paint.glyphs.ellipsis}${sha256.slice(-4)}`]),
    ...(how === "referenced" ? ["referenced, not copied"] : []),
  ].join("  ");
  return availability === "here" ? facts : paint.dim(`${facts}  not here`);
}

function observedWords({ observation }: RunDescription, paint: Paint): string[] {
  if (observation === null) return [];
  const { files, how, complete } = observation;
  const warn = (line: string) => paint.yellow(`${paint.glyphs.note} ${line}`);
  const unseen = unseenWords(observation);
  return [
    how === null ? "nothing" : `${counted(files, "file")}${complete ? ", all that was opened" : ""}`,
    ...undeclaredLines(observation).map(warn),
    ...(unseen === "" ? [] : [paint.dim(unseen)]),
  ];
}

function logWords({ logs, logs_scanned, artifacts, redactions }: RunDescription, paint: Paint): string[] {
  const away = artifacts.filter(
    ({ path, availability }) => path.startsWith("logs/") && availability !== "here",
  );
  const streams = logs.map(({ stream, kept, reason, bytes, dropped_bytes }) => {
    if (!kept) return `${stream} not kept${reason === null ? "" : `: ${printable(reason)}`}`;
    const lost = dropped_bytes > 0 ? `, ${formatBytes(dropped_bytes)} lost` : "";
    return `${stream} ${formatBytes(bytes)}${lost}${away.length > 0 ? ", not here" : ""}`;
  });
  const removed = Object.entries(redactions);
  const total = removed.reduce((sum, [, count]) => sum + count, 0);
  return [
    ...(streams.length > 0 ? [streams.join("  ")] : []),
    ...(total > 0
      ? [
          `${total} ${total === 1 ? "secret" : "secrets"} left out: ${removed.map(([rule]) => printable(rule)).join(", ")}`,
        ]
      : []),
    ...(!logs_scanned ? [paint.yellow(`${paint.glyphs.note} log not scanned for secrets`)] : []),
  ];
}

function noteWords({ notes }: RunDescription, { utc }: ShowView): string[] {
  return notes.flatMap(({ time, by, text }) => {
    const author = by === null ? "" : `${printable(by)}: `;
    return text === null ? [] : inLines(`${formatTime(parseUtc(time) ?? 0, utc)}  ${author}`, text);
  });
}

/** What somebody wrote in several lines has them here too. */
function inLines(lead: string, text: string): string[] {
  const [first = "", ...more] = text.split(/\r?\n/).map(printable);
  return [lead + first, ...more.map((line) => `  ${line}`)];
}

function versionWords({ version, defaulted }: RunDescription): string {
  if (defaulted.length === 0) return "";
  const shown = defaulted.slice(0, 4).map((pointer) => pointer.slice(1).replaceAll("/", "."));
  const rest = defaulted.length - shown.length;
  return `${version}, which did not record ${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

const mostWarnings = 8;

/** What a line above says already is not said again. */
function warningWords({ findings }: RunDescription, paint: Paint): string[] {
  const warnings = findings.filter(({ severity }) => severity === "warning");
  const rest = warnings.length - mostWarnings;
  const shown = warnings
    .slice(0, mostWarnings)
    .map(({ code, message }) => paint.yellow(`${paint.glyphs.note} ${code}  ${printable(message)}`));
  return [...shown, ...(rest > 0 ? [`and ${rest} more: --json has them all`] : [])];
}

function nextWords(run: RunDescription, { word: name }: ShowView): string {
  if (run.state === "running") return `colophon show ${name} --follow`;
  const hasLog = run.artifacts.some(
    ({ path, availability }) => path.startsWith("logs/") && availability === "here",
  );
  return [...(hasLog ? [`colophon show ${name} --log`] : []), `colophon tag ${name} TAG`].join("      ");
}

function nameForPeople({ id, folder }: RunDescription): string {
  return isExperimentId(id) ? suffixOf(id) : printable(folder);
}

/** Relative where it lies below the current folder. */
function pathFrom(directory: string, folder: string): string {
  return folder.startsWith(`${directory}/`) ? folder.slice(directory.length + 1) : folder;
}

const labelWidth = 10;

function row(label: string, text: string): string[] {
  return text === "" ? [] : [`${label.padEnd(labelWidth)}${text}`];
}

function rows(label: string, texts: readonly string[]): string[] {
  return texts.flatMap((text, index) => row(index === 0 ? label : "", text));
}

/** What somebody wrote is shown whole; lists are cut where the terminal ends. */
function cutToWidth(text: string, { width }: ShowView, { glyphs }: Paint): string {
  const room = (width ?? Number.POSITIVE_INFINITY) - labelWidth;
  return text.length > room
    ? `${text.slice(0, Math.max(0, room - glyphs.ellipsis.length))}${glyphs.ellipsis}`
    : text;
}

function joinWithin(pieces: readonly string[], joint: string, width: number): string[] {
  const lines: string[] = [];
  for (const piece of pieces) {
    const last = lines.at(-1);
    const longer = last === undefined ? piece : last + joint + piece;
    if (last === undefined) lines.push(piece);
    else if ([...longer].length <= width) lines[lines.length - 1] = longer;
    else lines.push(`${joint.trimStart()}${piece}`);
  }
  return lines;
}
