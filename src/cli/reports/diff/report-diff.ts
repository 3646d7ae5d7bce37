/** `colophon diff` for people: the sentence, the two runs, then a part for each thing that a run is made of. */
import { isExperimentId, suffixOf } from "../../../manifest/ids.js";
import { parseUtc } from "../../../manifest/timestamps.js";
import type { DiffedRun, RunDiff } from "../../../operations/diff/diff-runs.js";
import { stateWords } from "../../run-words.js";
import { type Paint, printable } from "../../terminal/paint.js";
import { formatTime } from "../../terminal/times.js";
import { codeLines } from "./report-diff-code.js";
import { type DiffView, type Line, limited } from "./report-diff-lines.js";
import { metricLines } from "./report-diff-metrics.js";
import {
  artifactLines,
  dataLines,
  environmentLines,
  parameterLines,
  resultLines,
  stageLines,
} from "./report-diff-parts.js";

export function formatDiff(diff: RunDiff, view: DiffView, paint: Paint): string[] {
  const { width } = view;
  const { ellipsis } = paint.glyphs;
  const parts: [string, Line[]][] = [
    ["A", runLines(diff.a, view, paint)],
    ["B", runLines(diff.b, view, paint)],
    ["code", codeLines(diff.code, view, paint)],
    ["params", parameterLines(diff, view, paint)],
    ["data", dataLines(diff, view, paint)],
    ["env", environmentLines(diff, view, paint)],
    ["stages", stageLines(diff, view, paint)],
    ["metrics", metricLines(diff, view, paint)],
    ["artifacts", artifactLines(diff, view, paint)],
    ["result", resultLines(diff, view, paint)],
  ];
  const rows = parts.flatMap(([label, lines]) =>
    lines.map(({ text, colour = plain, whole }, index) => {
      const room = width === null || whole === true ? text.length : width - labelWidth;
      const cut = [...text].length > room ? `${[...text].slice(0, room - 1).join("")}${ellipsis}` : text;
      return `${(index === 0 ? label : "").padEnd(labelWidth)}${colour(cut)}`.trimEnd();
    }),
  );
  return [paint.bold(printable(diff.summary)), "", ...rows];
}

const labelWidth = 11;
const plain = (text: string) => text;

function nameForPeople(id: string): string {
  return isExperimentId(id) ? suffixOf(id) : printable(id);
}

/** A record that is not what it should be may be why something is not known. */
function runLines(
  { id, name, state, started_at, pipeline, version, warnings }: DiffedRun,
  view: DiffView,
  paint: Paint,
): Line[] {
  const { glyph, word } = stateWords(state, paint);
  const started = parseUtc(started_at);
  const facts = [
    nameForPeople(id),
    printable(name),
    `${glyph} ${word}`,
    ...(started === undefined ? [] : [formatTime(started, view.utc)]),
    ...(pipeline === "command" ? [] : [`pipeline ${printable(pipeline)}`]),
    ...(version === 3 ? [] : [`manifest version ${version}`]),
  ];
  const faults = warnings.map(({ code, message }) => ({
    text: `${paint.glyphs.note} ${code}  ${printable(message)}`,
    colour: paint.yellow,
    whole: true as const,
  }));
  return [{ text: facts.join("  ") }, ...limited(faults, "warnings", view)];
}
