/** `colophon reproduce` for people: the plan on stderr before anything runs, the verdict as the result. */
import { formatCount } from "../../../manifest/count.js";
import { isExperimentId, suffixOf } from "../../../manifest/ids.js";
import { shellWord } from "../../../manifest/shell-word.js";
import type {
  Attempt,
  ComparedArtifact,
  Missing,
  Reproduction,
} from "../../../operations/reproduce/result.js";
import { pointWords, wordsOf } from "../../../operations/reproduce/summarize.js";
import { type Paint, printable } from "../../terminal/paint.js";
import { row } from "../row.js";

/** More of one kind is for a program to read. */
const mostNamed = 10;

export function formatPlan(plan: Reproduction, paint: Paint): string[] {
  const { run, code, cwd, commands, elsewhere, brought, notes } = plan;
  const warn = (text: string) => paint.yellow(`${paint.glyphs.note} ${printable(text)}`);
  return [
    row("reproduce", `${nameOf(run.id)}  ${printable(run.name)}`),
    row(
      "code",
      code === null
        ? ""
        : `${code.commit.slice(0, 7)}${code.snapshot ? " and the edits of then" : "  clean"}`,
    ),
    ...environmentLines(plan, paint),
    ...(elsewhere === null ? [] : [row("machine", warn(elsewhere))]),
    ...cut(
      brought
        .filter(({ what }) => what !== "folder")
        .map(({ path, from }) => `${printable(path)}  from ${printable(from)}`),
    ).map((line, index) => row(index === 0 ? "linked" : "", line)),
    ...cut(notes).map((note) => row("note", warn(note))),
    ...commands.map(({ stage, argv }, index) =>
      row(
        index === 0 ? "command" : "",
        `${stage === null ? "" : `${stage}  `}${argv.map(shellWord).join(" ")}${cwd === "." || cwd === null || stage !== null ? "" : `  in ${printable(cwd)}`}`,
      ),
    ),
  ];
}

function environmentLines({ environment }: Reproduction, paint: Paint): string[] {
  if (environment === null) return [];
  const differing = environment.filter(({ outcome }) => outcome !== "unknown");
  const unknown = environment.length - differing.length;
  if (differing.length === 0)
    return [row("env", unknown === 0 ? "as recorded" : `nothing known to differ, ${unknown} not known`)];
  const { arrow, note } = paint.glyphs;
  const lines = differing.map(
    ({ name, recorded, now }) =>
      `${printable(name)} ${printable(recorded ?? "none")} ${arrow} ${printable(now ?? "none")}`,
  );
  return cut(lines).map((line, index) => row(index === 0 ? "env" : "", paint.yellow(`${note} ${line}`)));
}

function cut(lines: readonly string[]): string[] {
  const shown = lines.slice(0, mostNamed);
  return lines.length > shown.length
    ? [...shown, `and ${formatCount(lines.length - shown.length)} more`]
    : shown;
}

export function formatVerdict(found: Reproduction, paint: Paint): string[] {
  const { verdict, attempts, missing, causes, run } = found;
  const [glyph, colour] = marks(found, paint);
  const word = verdict.toUpperCase().replaceAll("-", " ");
  return [
    `${colour(`${glyph} ${paint.bold(nameOf(run.id))}  ${word}`)}  ${printable(headWords(found))}`.trimEnd(),
    ...missing.flatMap((one) => missingLines(one, paint)),
    ...attempts.flatMap((attempt, index) =>
      attemptLines(attempt, attempts.length > 1 ? index + 1 : null, paint),
    ),
    ...causes.map((cause, index) => `    ${row(index === 0 ? "likely" : "", printable(cause))}`),
  ];
}

/** The summary without what the verdict says already. */
function headWords({ verdict, summary }: Reproduction): string {
  if (verdict === "could-not-run") return "";
  return summary.replace(/: identical$|^not attempted: /, "");
}

function marks(
  { verdict }: Reproduction,
  { glyphs, green, red, yellow }: Paint,
): [string, (text: string) => string] {
  if (verdict === "differs" || verdict === "could-not-run") return [glyphs.bad, red];
  return verdict === "not-attempted" ? [glyphs.note, yellow] : [glyphs.ok, green];
}

function missingLines(one: Missing, paint: Paint): string[] {
  return [
    `    ${printable(wordsOf(one))}`,
    ...(one.hint === null ? [] : [`      ${paint.glyphs.arrow} ${printable(one.hint)}`]),
  ];
}

function attemptLines(attempt: Attempt, count: number | null, paint: Paint): string[] {
  const { exit, metrics, artifacts, written, same_stdout } = attempt;
  const { arrow } = paint.glyphs;
  // Of one alone the head says it.
  const first = metrics.first === null || count === null ? "" : `  ${pointWords(metrics.first)}`;
  const differing = artifacts.filter(
    ({ outcome, places_replaced }) => outcome !== "identical" || places_replaced,
  );
  return [
    `    ${row("run", `${nameOf(attempt.id)}${count === null ? "" : `  ${count}: ${attempt.verdict}`}`)}`,
    `    ${row("ended", exit.same ? `${exit.now}, as recorded` : paint.red(`${exit.recorded} ${arrow} ${exit.now}`))}`,
    ...(metrics.outcome === "none"
      ? []
      : [
          `    ${row("metrics", `${formatCount(metrics.equal)} of ${formatCount(metrics.points)} points equal${first}`)}`,
        ]),
    ...(artifacts.length === 0
      ? []
      : [
          `    ${row("artifacts", `${formatCount(countSame(artifacts))} of ${formatCount(artifacts.length)} identical`)}`,
        ]),
    ...cut(differing.map(artifactLine)).map((line) => `    ${row("", line)}`),
    ...(written.length === 0
      ? []
      : [
          `    ${row("files", `${formatCount(countSame(written))} of ${formatCount(written.length)} others identical`)}`,
        ]),
    ...(same_stdout === false
      ? [`    ${row("", paint.dim("it printed something else, which does not decide"))}`]
      : []),
  ];
}

function countSame(artifacts: readonly ComparedArtifact[]): number {
  return artifacts.filter(({ outcome }) => outcome === "identical").length;
}

function artifactLine({
  name,
  outcome,
  reason,
  largest_difference,
  places_replaced,
}: ComparedArtifact): string {
  const words = [
    `${printable(name)}  ${outcome.replaceAll("-", " ")}`,
    ...(reason === null ? [] : [printable(reason)]),
    ...(largest_difference === null ? [] : [`largest difference ${largest_difference.toPrecision(2)}`]),
    ...(places_replaced && outcome !== "identical"
      ? ["the places of the run were taken for the recorded ones"]
      : []),
  ];
  return words.join("  ");
}

function nameOf(id: string): string {
  return isExperimentId(id) ? suffixOf(id) : printable(id);
}
