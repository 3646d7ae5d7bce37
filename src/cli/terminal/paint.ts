/** Colour and glyphs. Colour only repeats what a glyph and a word already say; both have a plain form. */
import type { Streams } from "./streams.js";

export interface Paint {
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
  /** Of a line in a chart, by its number. */
  readonly line: (text: string, index: number) => string;
  readonly isUnicode: boolean;
  readonly glyphs: typeof glyphs;
}

const glyphs = {
  ok: "✓",
  bad: "✗",
  note: "△",
  busy: "●",
  rule: "┃",
  corner: "┌─",
  bar: "│",
  arrow: "→",
  dot: "·",
  ellipsis: "…",
  spread: "±",
  times: "×",
};
const plainGlyphs: typeof glyphs = {
  ok: "ok",
  bad: "x",
  note: "!",
  busy: "*",
  rule: "|",
  corner: "--",
  bar: "|",
  arrow: "->",
  dot: ".",
  ellipsis: "...",
  spread: "+-",
  times: "x",
};

/** Blue, yellow, cyan, magenta, red, green. */
const lineColours = [34, 33, 36, 35, 31, 32];

export function paintFor(isTerminal: boolean, env: NodeJS.ProcessEnv): Paint {
  const coloured = wantsColour(isTerminal, env);
  const colour = (open: number, close: number) => (text: string) =>
    coloured ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return {
    red: colour(31, 39),
    green: colour(32, 39),
    yellow: colour(33, 39),
    dim: colour(2, 22),
    bold: colour(1, 22),
    line: (text, index) => colour(lineColours[index % lineColours.length] as number, 39)(text),
    isUnicode: speaksUnicode(env),
    glyphs: speaksUnicode(env) ? glyphs : plainGlyphs,
  };
}

/** Untrusted text made safe for a terminal: control characters and direction marks are shown, never obeyed. */
export function printable(text: string): string {
  return text.replace(
    /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
}

export function errPaint({ errIsTerminal, env }: Streams): Paint {
  return paintFor(errIsTerminal, env);
}

export function outPaint({ outIsTerminal, env }: Streams): Paint {
  return paintFor(outIsTerminal, env);
}

function wantsColour(isTerminal: boolean, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR && env.FORCE_COLOR !== "0") return true;
  return isTerminal && env.TERM !== "dumb";
}

function speaksUnicode(env: NodeJS.ProcessEnv): boolean {
  if (env.COLOPHON_ASCII === "1") return false;
  // No locale at all is a build machine or a container, whose log viewers read UTF-8.
  const [language = "", codeset] = (env.LC_ALL || env.LC_CTYPE || env.LANG || "").split(".");
  return codeset === undefined ? !/^(C|POSIX)$/.test(language) : /^utf-?8/i.test(codeset);
}
