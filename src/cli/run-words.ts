/** The words and glyphs for the states of runs and stages: the same wherever they are shown. */
import type { RunSummary } from "../operations/records/list/summarize-run.js";
import { type Paint, printable } from "./terminal/paint.js";

export interface StateWords {
  readonly glyph: string;
  readonly word: string;
  readonly colour: (text: string) => string;
}

export function stateWords(state: RunSummary["state"], paint: Paint): StateWords {
  const { glyphs, green, red, yellow } = paint;
  switch (state) {
    case "completed":
      return { glyph: glyphs.ok, word: state, colour: green };
    case "failed":
      return { glyph: glyphs.bad, word: state, colour: red };
    case "running":
      return { glyph: glyphs.busy, word: state, colour: (text) => text };
    default:
      return { glyph: glyphs.note, word: state, colour: yellow };
  }
}

/** With how far it came, for one line of a list. */
export function stateInList({ state, stages, failure }: RunSummary, paint: Paint): StateWords {
  const words = stateWords(state, paint);
  const last = stages.at(-1);
  if (state === "completed") return { ...words, word: `completed, ${countStages(stages)}` };
  if (state === "failed") return { ...words, word: failureWords(stages, failure) };
  return last === undefined ? words : { ...words, word: `${state} in ${shortStage(last.name)}` };
}

function countStages(stages: RunSummary["stages"]): string {
  const skipped = stages.filter(({ status }) => status === "skipped").length;
  const done = stages.length - skipped;
  return `${done} ${done === 1 ? "stage" : "stages"}${skipped === 0 ? "" : `, ${skipped} skipped`}`;
}

function failureWords(stages: RunSummary["stages"], failure: string | null): string {
  const failed = stages.find(({ status }) => status === "failed");
  const message = failed?.message ?? failure;
  const why = message === null ? "" : `: ${printable(message.split("\n")[0] as string)}`;
  return failed === undefined ? `failed${why}` : `failed in ${shortStage(failed.name)}${why}`;
}

/** `20_model_fit` → `model_fit`: the numbers are there to sort. */
export function shortStage(name: string): string {
  return printable(name.replace(/^[0-9]{2}_/, ""));
}
