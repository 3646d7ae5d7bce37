/** What two runs were made from and what came out, for people: each part of a comparison but the code. */
import type { Comparison } from "../../../operations/diff/comparison.js";
import type { RunDiff } from "../../../operations/diff/diff-runs.js";
import { columnsOf, type DiffedInput } from "../../../operations/diff/inputs.js";
import type { PackagesDiff } from "../../../operations/diff/packages.js";
import { shortStage } from "../../run-words.js";
import { counted } from "../../terminal/counted.js";
import { type Paint, printable } from "../../terminal/paint.js";
import { formatBytes } from "../../terminal/progress.js";
import { formatSeconds } from "../run/report-run.js";
import {
  comparisonLines,
  type DiffView,
  equalLine,
  type Line,
  limited,
  notKnown,
  shortDigest,
  textWords,
  valueWords,
  widthOf,
} from "./report-diff-lines.js";

export function parameterLines({ params }: RunDiff, view: DiffView, paint: Paint): Line[] {
  if (params.reason !== null) return [notKnown(params.reason, paint)];
  const words = valueWords(view, paint);
  const commandWords = (values: readonly string[] | null) =>
    textWords(view, paint)(values?.join(" ") ?? null);
  const width = widthOf([...params.differing, ...params.command]);
  const lines = [
    ...limited(comparisonLines(params.differing, words, view, paint, width), "params", view),
    ...limited(comparisonLines(params.command, commandWords, view, paint, width), "words", view),
  ];
  if (params.equal > 0) return [...lines, equalLine(counted(params.equal, "param"), paint)];
  return lines.length > 0 ? lines : [equalLine("equal", paint)];
}

export function dataLines({ data }: RunDiff, view: DiffView, paint: Paint): Line[] {
  const { inputs, reason } = data;
  const differing = inputs.filter(({ outcome }) => outcome !== "same" && outcome !== "unknown");
  const same = inputs.filter(({ outcome }) => outcome === "same");
  const changed = differing.map((input) => {
    const [line] = comparisonLines([input], (value) => inputWords(value, paint), view, paint);
    return { text: [line?.text ?? "", ...changeWords(input, paint)].join("  ") };
  });
  const silent = reason === null ? [] : [notKnown(reason, paint)];
  const said = inputs
    .filter(({ outcome }) => outcome === "unknown")
    .map(({ name, a, b }) => ({
      text: `${printable(name)}  ${inputWords(a ?? b, paint)}  recorded in ${a === null ? "B" : "A"} only`,
    }));
  const equal = same.map(({ name, a }) => `${printable(name)} ${inputWords(a, paint)}${rowsOf(a)}`);
  return [
    ...silent,
    ...limited(said, "inputs", view),
    ...limited(changed, "inputs", view),
    ...(equal.length === 0 ? [] : [equalLine(equal.join(", "), paint)]),
  ];
}

function inputWords(input: DiffedInput | null, paint: Paint): string {
  if (input === null) return "";
  return input.sha256 === null ? String(input.seed) : shortDigest(input.sha256, paint);
}

function rowsOf(input: DiffedInput | null): string {
  return input?.row_count == null ? "" : `  ${counted(input.row_count, "row")}`;
}

/** What else is known of two versions of an input. */
function changeWords({ a, b }: Comparison<DiffedInput>, { glyphs }: Paint): string[] {
  if (a === null || b === null) return [];
  const pair = (before: number | null, after: number | null, words: (count: number) => string) =>
    before === null || after === null || before === after
      ? []
      : [`${words(before)} ${glyphs.arrow} ${words(after)}`];
  const { added, removed, reordered } = columnsOf(a, b);
  const columns = [
    ...removed.map((name) => `-${printable(name)}`),
    ...added.map((name) => `+${printable(name)}`),
  ];
  return [
    ...pair(a.row_count, b.row_count, (count) => counted(count, "row")),
    ...pair(a.size_bytes, b.size_bytes, formatBytes),
    ...(columns.length === 0
      ? []
      : [
          `columns ${columns.slice(0, 8).join(" ")}${columns.length > 8 ? ` and ${columns.length - 8} more` : ""}`,
        ]),
    ...(reordered ? ["columns in another order"] : []),
  ];
}

export function environmentLines(
  { environment: { facts, packages } }: RunDiff,
  view: DiffView,
  paint: Paint,
): Line[] {
  const digests = (name: string) => name.startsWith("lock file ");
  const words = textWords(view, paint);
  const [files, others] = [
    facts.filter(({ name }) => digests(name)),
    facts.filter(({ name }) => !digests(name)),
  ];
  const lines = [
    ...limited(comparisonLines(others, words, view, paint), "facts", view),
    ...limited(
      comparisonLines(files, (value) => (value === null ? "" : shortDigest(value, paint)), view, paint),
      "lock files",
      view,
    ),
    ...packageLines("Python", packages.python, view, paint),
    ...packageLines("Node", packages.node, view, paint),
  ];
  const same = facts.filter(({ outcome }) => outcome === "same");
  const some = (count: number, what: string) => (count === 0 ? [] : [counted(count, what)]);
  const equal = [
    ...same
      .filter(({ name }) => digests(name))
      .map(({ name, a }) => `${printable(name.slice(10))} ${shortDigest(a ?? "", paint)}`),
    ...some(same.filter(({ name }) => !digests(name)).length, "fact"),
    ...some(packages.python.equal, "Python package"),
    ...some(packages.node.equal, "Node package"),
  ];
  return equal.length === 0 ? lines : [...lines, equalLine(equal.join(", "), paint)];
}

function packageLines(
  language: string,
  { reason, differing }: PackagesDiff,
  view: DiffView,
  paint: Paint,
): Line[] {
  if (reason !== null) return [notKnown(`${language} packages (${reason})`, paint)];
  return limited(
    comparisonLines(differing, textWords(view, paint), view, paint),
    `${language} packages`,
    view,
  );
}

export function stageLines(
  { stages: { pipeline, order, stages } }: RunDiff,
  view: DiffView,
  paint: Paint,
): Line[] {
  const names = (value: readonly string[] | null) => (value ?? []).map(shortStage).join(" ");
  const same = stages.filter(({ outcome }) => outcome === "same");
  const equal = same.map(({ name, a, b }) => {
    const took = timesWords(a?.elapsed_seconds ?? null, b?.elapsed_seconds ?? null, paint);
    return `${shortStage(name)}${took === "" ? "" : ` ${took}`}`;
  });
  const words = (stage: (typeof stages)[number]["a"]) =>
    [
      stage?.status ?? "",
      ...(stage?.message == null ? [] : [`(${printable(stage.message.split("\n")[0] as string)})`]),
    ].join(" ");
  return [
    ...comparisonLines([pipeline], (value) => printable(value ?? ""), view, paint),
    ...comparisonLines([order], names, view, paint),
    ...limited(comparisonLines(stages, words, view, paint), "stages", view),
    ...(equal.length === 0 ? [] : [equalLine(equal.join(", "), paint)]),
  ];
}

export function artifactLines({ artifacts: { artifacts } }: RunDiff, view: DiffView, paint: Paint): Line[] {
  if (artifacts.length === 0) return [equalLine("none", paint)];
  const words = (artifact: (typeof artifacts)[number]["a"]) =>
    [
      ...(artifact?.sha256 == null ? [] : [shortDigest(artifact.sha256, paint)]),
      ...(artifact?.size_bytes == null ? [] : [formatBytes(artifact.size_bytes)]),
    ].join(" ");
  const same = artifacts.filter(({ outcome }) => outcome === "same").map(({ name }) => printable(name));
  const lines = limited(comparisonLines(artifacts, words, view, paint), "artifacts", view);
  return same.length === 0 ? lines : [...lines, equalLine(same.join(", "), paint)];
}

export function resultLines(
  { result: { state, exit, elapsed_seconds } }: RunDiff,
  view: DiffView,
  paint: Paint,
): Line[] {
  const lines = comparisonLines<string>([state, exit], (value) => printable(value ?? ""), view, paint);
  const took = timesWords(elapsed_seconds.a, elapsed_seconds.b, paint);
  const time = took === "" ? "" : `  ${took}`;
  if (lines.length > 0) return [...lines, ...(took === "" ? [] : [{ text: took, colour: paint.dim }])];
  const how = exit.a === null ? (state.a ?? "") : /^\d+$/.test(exit.a) ? `exit ${exit.a}` : printable(exit.a);
  return [equalLine(`${how}${time}`, paint)];
}

/** Times are told and never counted as a difference. */
function timesWords(a: number | null, b: number | null, { glyphs }: Paint): string {
  if (a === null || b === null) return "";
  const [before, after] = [formatSeconds(a), formatSeconds(b)];
  return before === after ? before : `${before} ${glyphs.arrow} ${after}`;
}
