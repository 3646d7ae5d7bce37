/** `colophon figure verify` for people: a line for each figure, and under it what is not as it was recorded. */
import { type GateResult, gateNames } from "../../../operations/figures/check/gates.js";
import type { VerifiedFigure } from "../../../operations/figures/check/verify-figures.js";
import type { FigureTally } from "../../commands/figure-verify.js";
import { counted } from "../../terminal/counted.js";
import { type Paint, printable } from "../../terminal/paint.js";

export function formatVerifiedFigure(
  { id, manifest_path, verdict, checks }: VerifiedFigure,
  paint: Paint,
): string[] {
  const name = paint.bold(printable(id ?? manifest_path));
  const { ok, bad, note } = paint.glyphs;
  const head = {
    verified: `${paint.green(ok)} ${name}  verified`,
    stale: `${paint.yellow(note)} ${name}  ${paint.yellow("stale")}`,
    differs: `${paint.red(bad)} ${name}  ${paint.red("differs")}`,
    unknown: `${paint.yellow(note)} ${name}  not all of it is known`,
  }[verdict];
  const away = checks.filter(({ state }) => state === "not-here").length;
  return [away > 0 ? `${head}  ${paint.dim(`${away} not here`)}` : head, ...formatGates(checks, paint)];
}

const width = Math.max(...gateNames.map((name) => name.length)) + 2;

export function formatGates(checks: readonly GateResult[], paint: Paint): string[] {
  return checks
    .filter(({ state }) => state !== "ok" && state !== "not-here")
    .map(({ gate, subject, state, reason, expected, found }) => {
      const isDoubt = state === "unknown" || state === "stale";
      const change =
        expected === null || found === null || expected === found
          ? []
          : [`${short(expected, paint)} ${paint.glyphs.arrow} ${short(found, paint)}`];
      const words = [
        printable(subject),
        (isDoubt ? paint.yellow : paint.red)(state === "unknown" ? "not known" : state),
        ...(reason === null ? [] : [printable(reason)]),
        ...change,
      ];
      return `    ${gate.padEnd(width)}${words.join("  ")}`;
    });
}

function short(text: string, { glyphs }: Paint): string {
  const hex = /^sha256:([0-9a-f]{64})$/.exec(text)?.[1];
  return hex === undefined ? printable(text) : `${hex.slice(0, 4)}${glyphs.ellipsis}${hex.slice(-4)}`;
}

export function formatFigureTally(
  { figures, verified, stale, differs, unknown }: FigureTally,
  paint: Paint,
): string {
  const { ok, bad, note } = paint.glyphs;
  if (figures === 0) return "no figures are recorded here yet";
  const parts = [
    ...(verified > 0 ? [`${verified} verified`] : []),
    ...(stale > 0 ? [`${stale} stale`] : []),
    ...(differs > 0 ? [`${differs} ${differs === 1 ? "differs" : "differ"}`] : []),
    ...(unknown > 0 ? [`${unknown} not known`] : []),
  ];
  const glyph = differs > 0 ? paint.red(bad) : stale + unknown > 0 ? paint.yellow(note) : paint.green(ok);
  return `${glyph} ${counted(figures, "figure")}: ${parts.join(", ")}`;
}
