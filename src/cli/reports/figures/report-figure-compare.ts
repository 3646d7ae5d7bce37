/** Whether two figures may be compared, and every fact that forbids it. */
import type {
  ComparedFact,
  ComparedFigure,
  ComparedFigures,
} from "../../../operations/figures/compare-figures.js";
import { formatColumns } from "../../terminal/columns.js";
import { type Paint, printable } from "../../terminal/paint.js";

export function formatComparedFigures({ a, b, facts }: ComparedFigures, paint: Paint): string[] {
  const { ok, bad, note } = paint.glyphs;
  const glyphs = { same: paint.green(ok), differs: paint.red(bad), unknown: paint.yellow(note) };
  const columns = ["", "", printable(a.id), printable(b.id)].map((header) => ({ header, leaves: 0 }));
  const rows = facts.map(({ fact, a, b, state }: ComparedFact) => [
    { text: { same: ok, differs: bad, unknown: note }[state], paint: () => glyphs[state] },
    { text: printable(fact) },
    { text: textOf(a) },
    { text: textOf(b) },
  ]);
  // Shown whether it differs or not: it says how far a comparison reaches.
  const uncertainty = [
    { text: "" },
    { text: "uncertainty" },
    { text: textOf(a.uncertainty) },
    { text: textOf(b.uncertainty) },
  ];
  return formatColumns(columns, [...rows, uncertainty], null, paint.glyphs.ellipsis);
}

export function formatComparison({ a, b, verdict, facts }: ComparedFigures, paint: Paint): string {
  const { ok, bad, note } = paint.glyphs;
  const both = `${name(a)} and ${name(b)}`;
  const which = (state: ComparedFact["state"]) =>
    facts
      .filter((fact) => fact.state === state)
      .map(({ fact }) => printable(fact))
      .join(", ");
  if (verdict === "comparable") return `${paint.green(ok)} ${both} may be compared like for like`;
  if (verdict === "unknown") return `${paint.yellow(note)} ${both}: not known is ${which("unknown")}`;
  return `${paint.red(bad)} ${both} may not be compared like for like: they differ in ${which("differs")}`;
}

function name({ id }: ComparedFigure): string {
  return printable(id);
}

function textOf(text: string | null): string {
  return text === null ? "not said" : printable(text);
}
