/** What `colophon run` says on stderr: at the start, what is on record; at the end, how it ended and what to type next. */
import { suffixOf } from "../manifest/ids.js";
import type { RunObserver } from "../operations/record-run.js";
import type { BegunRun, EndedRun, PreparedRun } from "../operations/run-request.js";
import type { CommandEnd } from "../process/command.js";
import { errPaint, type Paint, printable } from "./paint.js";
import { formatBytes } from "./progress.js";
import type { Streams } from "./streams.js";

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
      if (!quiet) say(["", ...endLines(ended, paint)]);
    },
    unrecorded: (_end: CommandEnd, error: unknown) => {
      say([
        paint.red(
          `${paint.glyphs.bad} the record could not be completed: ${printable(error instanceof Error ? error.message : String(error))}`,
        ),
        "The command ended as it would have without Colophon; its run stays `running` in the record.",
      ]);
    },
  };
}

function startLines({ prepared, folder, run }: BegunRun, paint: Paint): string[] {
  const { captured, params, env, clashes, parent, redactions } = prepared;
  return [
    row(
      "colophon",
      `${suffixOf(folder.id)}  ${printable(run.run_name)}${parent === null ? "" : `  inside ${suffixOf(parent)}`}`,
    ),
    row("code", codeLine(prepared, paint)),
    ...dataLines(prepared, paint),
    row(
      "params",
      Object.keys(params).filter((name) => name !== "argv").length > 0
        ? parameterLine(params)
        : "none named; the command's words are kept",
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
    ...(captured.source.operation === null
      ? []
      : [row("", paint.yellow(`${paint.glyphs.note} a ${captured.source.operation} is in progress`))]),
  ];
}

function codeLine({ captured: { git, source } }: PreparedRun, paint: Paint): string {
  const place = `${git.sha.slice(0, 7)} ${git.branch === "HEAD" ? "(detached)" : printable(git.branch)}`;
  if (!git.dirty) return `${place}  clean`;
  const { staged, unstaged, untracked, conflicted } = source.counts;
  const parts = [
    [staged, "staged"],
    [unstaged, "not staged"],
    [untracked, "untracked"],
    [conflicted, "in conflict"],
  ] as const;
  const counts = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return `${place}  ${paint.yellow(`${paint.glyphs.note} not committed: ${counts.join(", ") || "submodules"}`)}`;
}

function dataLines({ inputs: { provenance, forms, sizes } }: PreparedRun, paint: Paint): string[] {
  if (provenance.kind === "synthetic") return [row("data", `made from seed ${provenance.seed}`)];
  return Object.entries(provenance.hashes).map(([name, digest], index) => {
    const size = sizes[name];
    const facts = [
      printable(name),
      `${digest.slice(0, 4)}${paint.glyphs.ellipsis}${digest.slice(-4)}`,
      ...(size === undefined ? [] : [formatBytes(size.bytes)]),
      ...(size?.rows == null ? [] : [`${size.rows.toLocaleString("en-US")} rows`]),
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

function redactionLine(redactions: Readonly<Record<string, number>>, paint: Paint): string[] {
  const rules = Object.entries(redactions);
  if (rules.length === 0) return [];
  const total = rules.reduce((sum, [, count]) => sum + count, 0);
  return [
    row(
      "",
      paint.yellow(
        `${paint.glyphs.note} ${total} ${total === 1 ? "secret" : "secrets"} left out of the record: ${rules.map(([rule]) => rule).join(", ")}`,
      ),
    ),
  ];
}

function endLines({ begun, end, run, notGathered }: EndedRun, paint: Paint): string[] {
  const { folder } = begun;
  const finished = run.status === "completed";
  const head = finished
    ? paint.green(`${paint.glyphs.ok} finished`)
    : paint.red(`${paint.glyphs.bad} failed`);
  const how =
    end.signal !== null ? end.signal : end.failure !== null ? end.failure.message : `exit ${end.exitCode}`;
  const suffix = suffixOf(folder.id);
  return [
    `${head}  ${suffix}  ${printable(run.run_name)}  ${formatSeconds(end.elapsedSeconds)}  ${printable(how)}`,
    ...logLines(end, paint),
    ...(notGathered.length === 0
      ? []
      : [row("", paint.dim(`not gathered in time: ${notGathered.map(({ what }) => what).join(", ")}`))]),
    row("record", folder.shown),
    row("next", `colophon commit ${suffix}`),
  ];
}

function logLines({ logs, orphans }: CommandEnd, paint: Paint): string[] {
  const streams = logs.merged
    ? ([["stdout", logs.stdout]] as const)
    : ([
        ["stdout", logs.stdout],
        ["stderr", logs.stderr],
      ] as const);
  const warn = (text: string) => row("", paint.yellow(`${paint.glyphs.note} ${text}`));
  return [
    ...streams.flatMap(([name, log]) =>
      log.kept || log.reason === null ? [] : [row("", `${name} not kept: ${log.reason}`)],
    ),
    ...streams.flatMap(([name, log]) =>
      log.dropped_bytes > 0
        ? [warn(`${formatBytes(log.dropped_bytes)} of ${name} could not be written to its log`)]
        : [],
    ),
    ...streams.flatMap(([, log]) => redactionLine(log.redactions, paint)),
    ...(orphans.length > 0 ? [warn(`still running and writing: ${orphans.join(", ")}`)] : []),
  ];
}

function row(label: string, text: string): string {
  return `${label.padEnd(10)} ${text}`;
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
