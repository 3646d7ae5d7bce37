/** Findings for people: the place in the source, what is wrong there, and what to do. */
import type { Finding } from "../../errors.js";
import { formatCount } from "../../manifest/count.js";
import type { Judgement } from "../../operations/manifests/validate-documents.js";
import { type Paint, printable } from "../terminal/paint.js";

export function formatJudgement({ path, findings, text }: Judgement, paint: Paint): string {
  const lines = text?.split("\n");
  return findings.map((finding) => formatFinding(path, finding, lines, paint)).join("\n");
}

export function formatTally(judgements: readonly Judgement[], leftAlone: number, paint: Paint): string {
  const invalid = judgements.filter(({ valid }) => !valid).length;
  const warnings = judgements
    .flatMap(({ findings }) => findings)
    .filter(({ severity }) => severity === "warning").length;
  const others =
    leftAlone > 0
      ? `, ${count(leftAlone, "manifest.json of other programs", "manifest.json of other programs")} left alone`
      : "";
  const warned = warnings > 0 ? `, ${count(warnings, "warning", "warnings")}` : "";
  const unchecked = judgements
    .flatMap(({ findings }) => findings)
    .filter(({ code }) => code === "NOT_CHECKED_HERE").length;
  const away = unchecked > 0 ? `, ${formatCount(unchecked)} not checked here` : "";
  const whole = count(judgements.length, "manifest", "manifests");
  return invalid === 0
    ? `${paint.green(paint.glyphs.ok)} ${whole} valid${warned}${away}${others}`
    : `${paint.red(paint.glyphs.bad)} ${invalid} of ${whole} not valid${warned}${away}${others}`;
}

function formatFinding(
  path: string,
  finding: Finding,
  lines: readonly string[] | undefined,
  paint: Paint,
): string {
  const { code, severity, message, hint, line, column, pointer } = finding;
  const colour = severity === "error" ? paint.red : severity === "warning" ? paint.yellow : paint.dim;
  const { corner, bar } = paint.glyphs;
  const place = line === null ? "" : `:${line}:${column}`;
  const width = String(line ?? 0).length + 1;
  const margin = " ".repeat(width);
  return [
    `${colour(paint.bold(`${severity}[${code}]`))}: ${printable(message)}`,
    `${margin} ${paint.dim(corner)} ${printable(path)}${place}${pointer === "" ? "" : paint.dim(`  ${printable(pointer)}`)}`,
    ...excerpt(lines, line, column, margin, paint, colour),
    `${margin} = ${printable(hint)}`,
    "",
  ]
    .map((text) => text.replace(/\s+$/, ""))
    .join("\n")
    .replaceAll("\t", "  ")
    .replace(`${bar} \n`, `${bar}\n`);
}

function excerpt(
  lines: readonly string[] | undefined,
  line: number | null,
  column: number | null,
  margin: string,
  paint: Paint,
  colour: (text: string) => string,
): string[] {
  const source = line === null ? undefined : lines?.[line - 1];
  if (source === undefined || line === null || column === null) return [];
  const { bar } = paint.glyphs;
  // A line may be a whole minified document: the part around the fault is enough.
  const from = Math.max(0, column - 40);
  const shown = printable(source.slice(from, from + 100).replace(/\r$/, ""));
  const lead = printable(source.slice(from, column - 1)).length;
  const length = tokenLength(source.slice(column - 1));
  return [
    `${String(line).padStart(margin.length)} ${paint.dim(bar)} ${shown}`,
    `${margin} ${paint.dim(bar)} ${" ".repeat(lead)}${colour("^".repeat(Math.min(length, Math.max(1, 100 - lead))))}`,
  ];
}

/** How long the word at the fault is: a whole string, number or literal, or one character of punctuation. */
function tokenLength(rest: string): number {
  const token = /^"(?:[^"\\]|\\.)*"?|^[^\s,:{}[\]"]+/.exec(rest)?.[0];
  return token === undefined ? 1 : token.length;
}

function count(number: number, one: string, many: string): string {
  return `${formatCount(number)} ${number === 1 ? one : many}`;
}
