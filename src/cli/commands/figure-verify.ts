import { exitStatus } from "../../errors.js";
import { figurePorts } from "../../local-ports/figures/figures.js";
import type { FigureVerdict } from "../../operations/figures/check/gates.js";
import { type VerifiedFigures, verifyFigures } from "../../operations/figures/check/verify-figures.js";
import {
  formatFigureTally,
  formatGates,
  formatVerifiedFigure,
} from "../reports/figures/report-figure-verify.js";
import { errPaint, outPaint } from "../terminal/paint.js";
import type { Streams } from "../terminal/streams.js";
import type { FigureVerb } from "./figure.js";

export const verifyFigureWords: FigureVerb = async ({ paths, json }, streams) => {
  const verified = await verifyFigures(paths, figurePorts(streams.directory, streams.env));
  const tally = tallyOf(verified);
  const isFine = tally.differs === 0 && tally.stale === 0 && verified.index.length === 0;
  if (json) streams.out(`${JSON.stringify({ ...verified, summary: tally }, null, 2)}\n`);
  else tell(verified, tally, streams);
  return isFine ? exitStatus.fine : exitStatus.findings;
};

export type FigureTally = { readonly figures: number } & Readonly<Record<FigureVerdict, number>>;

function tallyOf({ figures }: VerifiedFigures): FigureTally {
  const count = (verdict: FigureVerdict) => figures.filter((figure) => figure.verdict === verdict).length;
  return {
    figures: figures.length,
    verified: count("verified"),
    stale: count("stale"),
    differs: count("differs"),
    unknown: count("unknown"),
  };
}

function tell({ figures, index }: VerifiedFigures, tally: FigureTally, streams: Streams): void {
  const [out, err] = [outPaint(streams), errPaint(streams)];
  const lines = [
    ...figures.flatMap((figure) => formatVerifiedFigure(figure, out)),
    ...formatGates(index, out),
  ];
  for (const line of lines) streams.out(`${line}\n`);
  streams.err(`${err.glyphs.rule} ${formatFigureTally(tally, err)}\n`);
}
