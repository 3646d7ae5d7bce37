/** What became of the output of a run's command. */
import type { CommandEnd } from "../../../process/command.js";
import type { Paint } from "../../terminal/paint.js";
import { formatBytes } from "../../terminal/progress.js";
import { row } from "../row.js";

export function logLines(end: CommandEnd, paint: Paint): string[] {
  const warn = (text: string) => row("", paint.yellow(`${paint.glyphs.note} ${text}`));
  return [
    ...logsOf(end).flatMap(([name, log]) =>
      log.kept || log.reason === null ? [] : [row("", `${name} not kept: ${log.reason}`)],
    ),
    ...lostOutput(end).map(warn),
    ...logsOf(end).flatMap(([, log]) => redactionLine(log.redactions, paint)),
    ...(end.orphans.length > 0 ? [warn(`still running and writing: ${end.orphans.join(", ")}`)] : []),
  ];
}

export function lostOutput(end: CommandEnd): string[] {
  return logsOf(end).flatMap(([name, log]) =>
    log.dropped_bytes > 0
      ? [`${formatBytes(log.dropped_bytes)} of ${name} could not be written to its log`]
      : [],
  );
}

function logsOf({ logs }: CommandEnd) {
  return logs.merged
    ? ([["stdout", logs.stdout]] as const)
    : ([
        ["stdout", logs.stdout],
        ["stderr", logs.stderr],
      ] as const);
}

export function redactionLine(redactions: Readonly<Record<string, number>>, paint: Paint): string[] {
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
