/** `colophon verify` for people: a line for each run, and under it what is not as it was recorded. */
import { formatCount } from "../../../manifest/count.js";
import { isExperimentId, suffixOf } from "../../../manifest/ids.js";
import {
  type CheckResult,
  checkNames,
  type Tally,
  type VerifiedRun,
} from "../../../operations/verify/result.js";
import { type Paint, printable } from "../../terminal/paint.js";

/** More of one run is for a program to read. */
const mostDetails = 20;

export function formatVerified(run: VerifiedRun, paint: Paint): string[] {
  const told = withoutEchoes(run.checks.filter(isTold));
  const shown = told.slice(0, mostDetails).map((check) => detailLine(check, paint));
  const rest = told.length - shown.length;
  const words = restWords(run);
  return [
    [headWords(run, paint), ...(words === "" ? [] : [paint.dim(words)])].join("  "),
    ...shown,
    ...(rest > 0 ? [`    and ${formatCount(rest)} more: colophon verify --json ${nameOf(run)}`] : []),
  ];
}

function headWords(run: VerifiedRun, paint: Paint): string {
  const { ok, bad, note } = paint.glyphs;
  const name = paint.bold(nameOf(run));
  switch (run.verdict) {
    case "verified":
      return `${paint.green(ok)} ${name}  verified`;
    case "differs":
      return `${paint.red(bad)} ${name}  ${paint.red("differs")}`;
    default:
      return `${paint.yellow(note)} ${name}  not all of it is known`;
  }
}

/** What is well with a reserve. */
function restWords({ checks }: VerifiedRun): string {
  const away = checks.filter(({ state }) => state === "not-here").length;
  const isUnpushed = checks.some(({ subject, found }) => subject === "pushed" && found === "not pushed");
  return [...(away > 0 ? [`${away} not here`] : []), ...(isUnpushed ? ["not pushed"] : [])].join(", ");
}

function isTold({ state, severity, finding }: CheckResult): boolean {
  if (state === "not-here") return false;
  return state !== "ok" || (severity === "notice" && finding?.severity === "warning");
}

/** The same file may be a record, stand in a list, under an artifact's name and as an input: it is told once. */
function withoutEchoes(checks: readonly CheckResult[]): CheckResult[] {
  const said = new Set<string>();
  return checks.filter(({ state, subject, expected, found }) => {
    const keys = [
      ...(expected?.startsWith("sha256:") === true ? [`${state} ${expected} ${found}`] : []),
      ...(state === "missing" || state === "unreadable" ? [`${state} ${subject}`] : []),
    ];
    const isEcho = keys.some((key) => said.has(key));
    for (const key of keys) said.add(key);
    return !isEcho;
  });
}

const labelWidth = Math.max(...checkNames.map((name) => name.length)) + 2;

function detailLine(check: CheckResult, paint: Paint): string {
  const { severity, state } = check;
  const colour = severity === "notice" ? paint.dim : state === "unknown" ? paint.yellow : paint.red;
  const words = [
    printable(check.subject + placeOf(check)),
    colour(stateWord(state)),
    ...(check.reason === null ? [] : [printable(check.reason)]),
    ...difference(check, paint),
  ];
  return `    ${check.check.padEnd(labelWidth)}${words.join("  ")}`;
}

function placeOf({ finding }: CheckResult): string {
  return finding === null || finding.line === null ? "" : `:${finding.line}:${finding.column}`;
}

function stateWord(state: CheckResult["state"]): string {
  return state === "unknown" ? "not known" : state;
}

function difference({ state, expected, found }: CheckResult, { glyphs }: Paint): string[] {
  if (state !== "differs" || expected === null || found === null) return [];
  return [`${short(expected, glyphs)} ${glyphs.arrow} ${short(found, glyphs)}`];
}

function short(text: string, { ellipsis }: Paint["glyphs"]): string {
  const id = /^(?:sha256:)?([0-9a-f]{40,64})$/.exec(text)?.[1];
  return id === undefined ? printable(text) : `${id.slice(0, 4)}${ellipsis}${id.slice(-4)}`;
}

function nameOf({ id, folder }: VerifiedRun): string {
  return isExperimentId(id) ? suffixOf(id) : printable(folder);
}

export function formatTally({ runs, verified, differs, unknown }: Tally, paint: Paint): string {
  const whole = `${formatCount(runs)} ${runs === 1 ? "run" : "runs"}`;
  const parts = [
    ...(verified > 0 ? [`${formatCount(verified)} verified`] : []),
    ...(differs > 0 ? [`${formatCount(differs)} ${differs === 1 ? "differs" : "differ"}`] : []),
    ...(unknown > 0 ? [`${formatCount(unknown)} not known`] : []),
  ].join(", ");
  const { ok, bad, note } = paint.glyphs;
  const glyph = differs > 0 ? paint.red(bad) : unknown > 0 ? paint.yellow(note) : paint.green(ok);
  return `${glyph} ${whole}: ${parts}`;
}
