import { exitStatus, UsageError } from "../../errors.js";
import { figurePorts } from "../../local-ports/figures/figures.js";
import { compareFigures } from "../../operations/figures/compare-figures.js";
import { formatComparedFigures, formatComparison } from "../reports/figures/report-figure-compare.js";
import { errPaint, outPaint } from "../terminal/paint.js";
import type { FigureVerb } from "./figure.js";

export const compareFigureWords: FigureVerb = async ({ paths, json }, streams) => {
  const [a, b, ...stray] = paths;
  if (a === undefined || b === undefined || stray.length > 0)
    throw new UsageError(
      "NOT_TWO_FIGURES",
      `colophon figure compare takes two figures; found ${paths.length === 0 ? "none" : `"${paths.join(" ")}"`}`,
      { hint: "Type: colophon figure compare A B" },
    );
  const compared = compareFigures(a, b, figurePorts(streams.directory, streams.env));
  if (json) streams.out(`${JSON.stringify(compared, null, 2)}\n`);
  else {
    for (const line of formatComparedFigures(compared, outPaint(streams))) streams.out(`${line}\n`);
    const paint = errPaint(streams);
    streams.err(`${paint.glyphs.rule} ${formatComparison(compared, paint)}\n`);
  }
  return compared.verdict === "comparable" ? exitStatus.fine : exitStatus.findings;
};
