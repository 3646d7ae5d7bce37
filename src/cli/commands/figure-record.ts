import { relative, resolve } from "node:path";
import { exitStatus, UsageError } from "../../errors.js";
import { readFigureSpec } from "../../local-ports/figures/figure-spec.js";
import { figurePorts } from "../../local-ports/figures/figures.js";
import { type RecordedFigure, recordFigure } from "../../operations/figures/record-figure.js";
import { formatRecordedFigure, recordedFigureAsJson } from "../reports/figures/report-figure.js";
import { errPaint } from "../terminal/paint.js";
import type { Streams } from "../terminal/streams.js";
import type { FigureVerb } from "./figure.js";

/** The specifications in their order; the first that is refused ends it. */
export const recordFigures: FigureVerb = async ({ paths, accept, json }, streams) => {
  if (paths.length === 0)
    throw new UsageError("NO_FIGURE_NAMED", "colophon figure record takes a specification; found none", {
      hint: "Type: colophon figure record figures/stacked.yaml",
    });
  const ports = figurePorts(streams.directory, streams.env);
  const recorded: RecordedFigure[] = [];
  for (const path of paths) {
    const spec = await readFigureSpec(resolve(streams.directory, path), path);
    const one = await recordFigure(spec, { accept, named: path }, ports);
    recorded.push(one);
    if (!json) report(formatRecordedFigure(one, errPaint(streams)), streams);
  }
  const lines = await ports.linesAgainstIgnoring();
  const ignore = relative(streams.directory, resolve(ports.project.root, ".gitignore"));
  if (json) {
    const figures = recorded.map(recordedFigureAsJson);
    streams.out(`${JSON.stringify({ figures, ignored: lines.length > 0, gitignore: lines }, null, 2)}\n`);
  } else {
    for (const { manifestPath } of recorded) streams.out(`${manifestPath}\n`);
    if (lines.length > 0) report(ignoredLines(ports.artifacts, ignore, lines, streams), streams);
  }
  return exitStatus.fine;
};

function ignoredLines(artifacts: string, file: string, lines: readonly string[], streams: Streams): string[] {
  const { yellow, glyphs } = errPaint(streams);
  return [
    `${yellow(glyphs.note)} Git ignores ${artifacts}, so the figures are in no commit; add to ${file}:`,
    ...lines.map((line) => `    ${line}`),
  ];
}

function report(lines: readonly string[], streams: Streams): void {
  const { rule } = errPaint(streams).glyphs;
  for (const line of lines) streams.err(`${rule} ${line}\n`);
}
