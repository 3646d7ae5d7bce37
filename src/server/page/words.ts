/** Small parts that several sections use. */
import type { FigureVerdict, GateState } from "../../operations/figures/check/gates.js";
import { type Html, html } from "./html.js";

/** A digest, shortened to what the eye compares; a press copies all of it. */
export function digestOf(text: string): Html {
  const hex = /^(?:sha256:)?([0-9a-f]{64})$/.exec(text)?.[1];
  if (hex === undefined) return html`<code>${text}</code>`;
  const short = `${hex.slice(0, 4)}…${hex.slice(-4)}`;
  return html`<button type="button" class="digest" data-copy="${text}" title="${text}" aria-label="Copy digest ${short}"><code>${short}</code></button>`;
}

const glyphs = { good: "✓", bad: "✗", doubt: "△", open: "?", away: "·" } as const;
export type Tone = keyof typeof glyphs;

/** A state is never a colour alone: a glyph and a word. */
export function state(tone: Tone, word: string): Html {
  return html`<span class="state ${tone}"><span aria-hidden="true">${glyphs[tone]}</span> ${word}</span>`;
}

const verdicts: Readonly<Record<FigureVerdict, readonly [Tone, string]>> = {
  verified: ["good", "verified"],
  stale: ["doubt", "stale"],
  differs: ["bad", "differs"],
  unknown: ["open", "not all known"],
};

export function verdictOf(verdict: FigureVerdict): Html {
  return state(...verdicts[verdict]);
}

const gates: Readonly<Record<GateState, readonly [Tone, string]>> = {
  ok: ["good", "holds"],
  differs: ["bad", "differs"],
  missing: ["bad", "missing"],
  stale: ["doubt", "stale"],
  unknown: ["open", "not known"],
  "not-here": ["away", "not here"],
};

export function gateState(found: GateState): Html {
  return state(...gates[found]);
}

/** A table may be wider than the page; then it moves by itself, with the keyboard too. */
export function wide(label: string, table: Html): Html {
  return html`<div class="wide" role="region" aria-label="${label}, as a table" tabindex="0">${table}</div>`;
}

export function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}

/** Only an address of the web is a link; any other text stays one. Nothing is ever fetched from it. */
export function address(url: string): Html {
  return /^https?:\/\/[^\s]+$/.test(url)
    ? html`<a href="${url}" rel="noreferrer noopener" target="_blank">${url}</a>`
    : html`${url}`;
}
