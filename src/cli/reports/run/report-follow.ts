/** What `colophon show --follow` says on stderr, beside the output it passes on. */
import type { Stage } from "../../../kinds/run/run.js";
import { suffixOf } from "../../../manifest/ids.js";
import type { RunSummary } from "../../../operations/records/list/summarize-run.js";
import { shortStage, stateInList } from "../../run-words.js";
import { type Paint, printable } from "../../terminal/paint.js";
import { formatSeconds } from "./report-run.js";

export function stageLine({ name, status, elapsed_seconds, message }: Stage, paint: Paint): string {
  const { glyphs } = paint;
  const took = elapsed_seconds === null || status === "skipped" ? "" : `  ${formatSeconds(elapsed_seconds)}`;
  const why = message === null ? "" : `  ${printable(message)}`;
  const words = `${shortStage(name)}  ${status}${took}${why}`;
  if (status === "completed") return `${paint.green(glyphs.ok)} ${words}`;
  if (status === "failed") return paint.red(`${glyphs.bad} ${words}`);
  return status === "running" ? `${glyphs.busy} ${words}` : paint.dim(`${glyphs.dot} ${words}`);
}

export function endLine(summary: RunSummary, paint: Paint): string {
  const { glyph, word, colour } = stateInList(summary, paint);
  const took = summary.elapsed_seconds === null ? "" : `  ${formatSeconds(summary.elapsed_seconds)}`;
  const why = summary.reason === null ? "" : `  ${printable(summary.reason)}`;
  return `${colour(`${glyph} ${word}`)}  ${suffixOf(summary.id)}  ${printable(summary.name)}${took}${why}`;
}
