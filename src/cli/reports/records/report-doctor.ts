/** What `colophon doctor` found and did, for people. */
import { formatCount } from "../../../manifest/count.js";
import { suffixOf } from "../../../manifest/ids.js";
import type { Diagnosis, Problem } from "../../../operations/records/state/diagnose-runs.js";
import type { Repair } from "../../../operations/records/state/reconcile-runs.js";
import { type Paint, printable } from "../../terminal/paint.js";

export interface DoctorOutcome {
  readonly diagnosis: Diagnosis;
  /** `null` when nothing was asked to be repaired. */
  readonly repairs: Repairs | null;
}

export interface Repairs {
  readonly dryRun: boolean;
  readonly runs: readonly Repair[];
  /** Relative to the project's root, POSIX. */
  readonly removed: readonly string[];
}

export function doctorAsJson({ diagnosis, repairs }: DoctorOutcome): object {
  return {
    ...diagnosis,
    repairs:
      repairs === null ? null : { dry_run: repairs.dryRun, runs: repairs.runs, removed: repairs.removed },
  };
}

/** A problem is three lines: what, where, and what to do. */
export function formatProblem({ code, severity, run, path, message, hint }: Problem, paint: Paint): string[] {
  const { bad, note, arrow, dot } = paint.glyphs;
  const glyph = { error: paint.red(bad), warning: paint.yellow(note), notice: paint.dim(dot) }[severity];
  const subject = run === null ? path : suffixOf(run);
  const [first = "", ...more] = message.split("\n");
  return [
    `${glyph} ${paint.bold(printable(subject))}  ${printable(first)}  ${paint.dim(code)}`,
    ...more.map((line) => `    ${printable(line)}`),
    ...(run === null ? [] : [`  ${paint.dim(printable(path))}`]),
    `  ${arrow} ${printable(hint)}`,
  ];
}

export function formatTally({ checked, running, problems }: Diagnosis, paint: Paint): string {
  const toDo = problems.filter(({ severity }) => severity !== "notice").length;
  const looked = `${count(checked.runs, "run", "runs")} looked at, ${running.length} running`;
  return toDo === 0
    ? `${paint.green(paint.glyphs.ok)} ${looked}; nothing to do`
    : `${paint.yellow(paint.glyphs.note)} ${looked}; ${count(toDo, "thing", "things")} to do`;
}

export function formatRepairs({ dryRun, runs, removed }: Repairs, paint: Paint): string[] {
  if (runs.length + removed.length === 0) return [`${paint.green(paint.glyphs.ok)} nothing to repair`];
  const lines = [
    ...runs.flatMap((repair) => formatRepair(repair, dryRun, paint)),
    ...removed.map(
      (path) => `${done(dryRun, paint)} ${dryRun ? "would remove" : "removed"} ${printable(path)}`,
    ),
  ];
  return dryRun ? [...lines, "nothing was changed: --dry-run"] : lines;
}

function formatRepair({ run, path, action, reason, logs }: Repair, dryRun: boolean, paint: Paint): string[] {
  const { note, dot, arrow } = paint.glyphs;
  const glyph =
    { waiting: paint.yellow(note), unchanged: paint.dim(dot) }[action as string] ?? done(dryRun, paint);
  const suffix = suffixOf(run);
  return [
    `${glyph} ${paint.bold(suffix)}  ${wordOf(action, dryRun)}: ${printable(reason)}`,
    `  ${paint.dim(printable(path))}`,
    ...(action === "lost" || action === "scanned" ? [`  ${formatScan(logs, dryRun)}`] : []),
    ...(action === "lost" && !dryRun
      ? [`  ${arrow} To take it back: colophon doctor --reconcile --undo ${suffix}`]
      : []),
    ...(action === "waiting" ? [`  ${arrow} When that is over, type: colophon doctor --reconcile`] : []),
  ];
}

function wordOf(action: Repair["action"], dryRun: boolean): string {
  const would = dryRun ? "would be " : "";
  switch (action) {
    case "lost":
      return `${would}recorded as lost`;
    case "reverted":
      return dryRun ? "would be no longer recorded as lost" : "no longer recorded as lost";
    case "scanned":
      return `its logs ${dryRun ? "would be" : "were"} searched for secrets`;
    case "unchanged":
      return "nothing to do";
    default:
      return "left as it is";
  }
}

/** Every count is told, and by which rule. */
function formatScan(logs: Repair["logs"], dryRun: boolean): string {
  const found = logs.filter(({ redactions }) => Object.keys(redactions).length > 0);
  const searched = `${count(logs.length, "log", "logs")} searched for secrets`;
  if (found.length === 0) return `${searched}, none found`;
  const each = found.map(({ path, redactions }) => {
    const rules = Object.entries(redactions).map(([rule, times]) => `${times} ${rule}`);
    return `${rules.join(", ")} in ${path}`;
  });
  return printable(`${searched}; ${dryRun ? "would remove" : "removed"} ${each.join("; ")}`);
}

function done(dryRun: boolean, paint: Paint): string {
  return dryRun ? paint.dim(paint.glyphs.dot) : paint.green(paint.glyphs.ok);
}

function count(number: number, one: string, many: string): string {
  return `${formatCount(number)} ${number === 1 ? one : many}`;
}
