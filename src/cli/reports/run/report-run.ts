/** What `colophon run` says on stderr: at the start, what is on record; at the end, how it ended and what to type next. */

import type { ConsoleFacts, UsageFacts } from "../../../generated/types.js";
import type { Stage } from "../../../kinds/run/run.js";
import { formatCount } from "../../../manifest/count.js";
import { suffixOf } from "../../../manifest/ids.js";
import { describeObservation } from "../../../operations/records/describe-run.js";
import type { RecordedCode } from "../../../operations/run/record-code.js";
import type { RunObserver } from "../../../operations/run/record-run.js";
import type { BegunRun, EndedRun, PreparedRun } from "../../../operations/run/run-request.js";
import type { CommandEnd } from "../../../process/command.js";
import { counted } from "../../terminal/counted.js";
import { errPaint, type Paint, printable } from "../../terminal/paint.js";
import { formatBytes } from "../../terminal/progress.js";
import type { Streams } from "../../terminal/streams.js";
import { usageWords } from "../report-usage.js";
import { row } from "../row.js";
import { refusedFigureLines } from "./refused-figures.js";
import { artifactLines, missingLines } from "./report-artifacts.js";
import { driftLines, keptWords, lackLines } from "./report-code.js";
import { consoleLines } from "./report-console.js";
import { logLines, lostOutput, redactionLine } from "./report-logs.js";
import { leftOutLines, metricRows } from "./report-metrics.js";
import { undeclaredLines, unseenWords } from "./report-observed.js";

export function reportRun(streams: Streams, quiet: boolean): RunObserver {
  const paint = errPaint(streams);
  const say = (lines: readonly string[]) => {
    for (const line of lines)
      streams.err(`${`${paint.glyphs.rule} ${cutToWidth(line, streams, paint)}`.trimEnd()}\n`);
  };
  return {
    begun: (begun) => {
      if (!quiet) say(startLines(begun, paint));
    },
    ended: (ended) => {
      say(quiet ? lossLines(ended, paint) : ["", ...endLines(ended, paint)]);
    },
    stage: (stage) => {
      if (!quiet) say(stageLines(stage, paint));
    },
    unrecorded: (error: unknown) => {
      say([
        paint.red(
          `${paint.glyphs.bad} the record could not be completed: ${printable(error instanceof Error ? error.message : String(error))}`,
        ),
        "The command ended as it would have without Colophon; its run stays `running` in the record.",
      ]);
    },
  };
}

function startLines({ prepared, code, folder, run, equalRun }: BegunRun, paint: Paint): string[] {
  const { captured, params, env, clashes, parent, redactions, stageCommands } = prepared;
  return [
    row(
      "colophon",
      `${suffixOf(folder.id)}  ${printable(run.run_name)}${parent === null ? "" : `  inside ${suffixOf(parent)}`}`,
    ),
    row("code", codeLine(prepared, code, paint)),
    ...(code.snapshot === null ? [] : warningRows(lackLines(code.snapshot), paint)),
    ...dataLines(prepared, paint),
    row(
      "params",
      Object.keys(params).filter((name) => name !== "argv").length > 0
        ? parameterLine(params)
        : stageCommands === null
          ? "none named; the command's words are kept"
          : "none named",
    ),
    row(
      "env",
      Object.entries(env)
        .filter(([name]) => name !== "platform")
        .map(([name, version]) => `${name} ${printable(version.split(" ")[0] ?? version)}`)
        .join("  "),
    ),
    ...clashes.map(({ name, used, ignored }) =>
      row(
        "",
        paint.yellow(
          `${paint.glyphs.note} ${printable(name)} is given twice with different values: --${used} counts, ${ignored === "argv" ? "the command's own word" : "--config"} does not`,
        ),
      ),
    ),
    ...redactionLine(redactions, paint),
    ...(equalRun === null
      ? []
      : [
          row(
            "",
            paint.yellow(
              `${paint.glyphs.note} the same code, data, parameters and command as ${suffixOf(equalRun)}, which completed`,
            ),
          ),
        ]),
    ...(captured.source.operation === null
      ? []
      : [row("", paint.yellow(`${paint.glyphs.note} a ${captured.source.operation} is in progress`))]),
  ];
}

function warningRows(lines: readonly string[], paint: Paint): string[] {
  return lines.map((line) => row("", paint.yellow(`${paint.glyphs.note} ${line}`)));
}

function codeLine(
  { captured: { git, source } }: PreparedRun,
  { snapshot }: RecordedCode,
  paint: Paint,
): string {
  const place = `${git.sha.slice(0, 7)} ${git.branch === "HEAD" ? "(detached)" : printable(git.branch)}`;
  const kept = snapshot === null ? "" : keptWords(snapshot);
  if (!git.dirty) return `${place}  ${kept === "" ? "clean" : kept}`;
  const { staged, unstaged, untracked, conflicted } = source.counts;
  const parts = [
    [staged, "staged"],
    [unstaged, "not staged"],
    [untracked, "untracked"],
    [conflicted, "in conflict"],
  ] as const;
  const counts = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  const edits = `not committed: ${counts.join(", ") || "submodules"}`;
  return kept === ""
    ? `${place}  ${paint.yellow(`${paint.glyphs.note} ${edits}`)}`
    : `${place}  ${edits}; ${kept}`;
}

function dataLines({ inputs: { provenance, forms, sizes } }: PreparedRun, paint: Paint): string[] {
  if (provenance.kind === "synthetic") return [row("data", `made from seed ${provenance.seed}`)];
  return Object.entries(provenance.hashes).map(([name, digest], index) => {
    const size = sizes[name];
    const facts = [
      printable(name),
      `${digest.slice(0, 4)}${paint.glyphs.ellipsis}${digest.slice(-4)}`,
      ...(size === undefined ? [] : [formatBytes(size.bytes)]),
      ...(size?.rows == null ? [] : [`${formatCount(size.rows)} rows`]),
      ...(forms[name] === "declared" ? ["declared, not read"] : forms[name] === "folder" ? ["folder"] : []),
    ];
    return row(index === 0 ? "data" : "", facts.join("  "));
  });
}

function parameterLine(params: Readonly<Record<string, unknown>>): string {
  const named = Object.entries(params).filter(([name]) => name !== "argv");
  const shown = named
    .slice(0, 6)
    .map(
      ([name, value]) =>
        `${printable(name)} ${printable(typeof value === "string" ? value : JSON.stringify(value)).slice(0, 40)}`,
    );
  return [...shown, ...(named.length > shown.length ? [`+${named.length - shown.length}`] : [])].join("  ");
}

/** What was meant for the record and is not in it: said to those too who want to hear no more. */
function lossLines(ended: EndedRun, paint: Paint): string[] {
  const suffix = suffixOf(ended.begun.folder.id);
  const lost = [
    ...(ended.end === null ? [] : lostOutput(ended.end)),
    ...(ended.metrics === null ? [] : leftOutLines(ended.metrics)),
    ...unreadLines(ended),
    ...consoleLines(extensionOf(ended).console ?? null),
    ...missingLines(ended.collected),
  ];
  return [
    ...lost.map((line) => paint.yellow(`${paint.glyphs.note} ${suffix}  ${line}`)),
    ...refusedFigureLines(ended.figures.refused, paint),
  ];
}

function endLines(ended: EndedRun, paint: Paint): string[] {
  const { begun, end, run, notGathered } = ended;
  const { folder } = begun;
  const finished = run.status === "completed";
  const head = finished
    ? paint.green(`${paint.glyphs.ok} finished`)
    : paint.red(`${paint.glyphs.bad} failed`);
  const suffix = suffixOf(folder.id);
  return [
    `${head}  ${suffix}  ${printable(run.run_name)}  ${end === null ? "every stage was skipped" : `${formatSeconds(end.elapsedSeconds)}  ${printable(howOf(end))}`}`,
    ...(end === null ? [] : logLines(end, paint)),
    ...warningRows(driftLines(ended.drift, paint), paint),
    ...metricRows(ended.metrics, paint),
    ...warningRows(unreadLines(ended), paint),
    ...warningRows(consoleLines(extensionOf(ended).console ?? null), paint),
    ...usageRows(ended),
    ...artifactLines(ended, paint),
    ...figureRows(ended, paint),
    ...observedRows(ended, paint),
    ...(notGathered.length === 0
      ? []
      : [row("", paint.dim(`not gathered in time: ${notGathered.map(({ what }) => what).join(", ")}`))]),
    row("record", folder.shown),
    row("next", `colophon commit ${suffix}`),
  ];
}

/** The first of them stand for all. */
function unreadLines({ unreadReports }: EndedRun): string[] {
  const more = unreadReports.length - 3;
  const shown = unreadReports.slice(0, 3).map(({ message }) => `not read as a report: ${printable(message)}`);
  return more > 0 ? [...shown, `and ${counted(more, "line")} more of this kind`] : shown;
}

function figureRows({ figures: { recorded, refused } }: EndedRun, paint: Paint): string[] {
  return [
    ...recorded.map(({ id, state, manifestPath }, index) =>
      row(index === 0 ? "figures" : "", `${printable(id)}  ${state}  ${printable(manifestPath)}`),
    ),
    ...refusedFigureLines(refused, paint).map((line) => row("", line)),
  ];
}

function observedRows({ observed }: EndedRun, paint: Paint): string[] {
  if (observed === null) return [];
  const told = describeObservation(observed);
  const unseen = unseenWords(told);
  return [
    ...warningRows(undeclaredLines(told), paint),
    ...(unseen === "" ? [] : [row("", paint.dim(unseen))]),
  ];
}

function extensionOf({ run, begun }: EndedRun): {
  readonly console?: ConsoleFacts;
  readonly usage?: UsageFacts;
} {
  return (run[begun.prepared.project.namespace] ?? {}) as object;
}

function usageRows(ended: EndedRun): string[] {
  const words = usageWords(extensionOf(ended).usage ?? null);
  return words === "" ? [] : [row("used", words)];
}

/** A run of one command has nothing to say between its start and its end. */
function stageLines(
  { name, status, elapsed_seconds, message }: Stage,
  { glyphs, ...paint }: Paint,
): string[] {
  if (name === "20_execute") return [];
  const time = elapsed_seconds === null ? "" : `  ${formatSeconds(elapsed_seconds)}`;
  if (status === "running") return [`${glyphs.arrow} ${name}`];
  if (status === "completed") return [`${paint.green(glyphs.ok)} ${name}${time}`];
  if (status === "skipped")
    return [`${paint.dim(`${glyphs.dot} ${name}  skipped: ${printable(message ?? "")}`)}`];
  return [paint.red(`${glyphs.bad} ${name}${time}  ${printable(message ?? "")}`)];
}

function howOf({ signal, failure, exitCode }: CommandEnd): string {
  return signal ?? failure?.message ?? `exit ${exitCode}`;
}

export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} m ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} m`;
}

/** Rows never wrap on a terminal. Colour codes take no room, so only plain rows are cut. */
function cutToWidth(line: string, { errIsTerminal, columns }: Streams, { glyphs }: Paint): string {
  const width = columns - 2;
  const isToBeTyped = /^(record|next) /.test(line);
  return errIsTerminal && line.length > width && !line.includes("\u001b") && !isToBeTyped
    ? `${line.slice(0, width - glyphs.ellipsis.length)}${glyphs.ellipsis}`
    : line;
}
