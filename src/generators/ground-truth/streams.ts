/** A stream of random numbers for each purpose and name, so that a section, an entity or a table that is added shifts no other. */

import { logarithm } from "../elementary.js";
import { type Random, seededRandom } from "../random.js";

/** Whoever changes what is drawn from a stream, changes this. */
export const generatorVersion = "1.0.0";

export type Streams = (purpose: string, ...names: readonly (string | number)[]) => Random;

export function streamsOf(seed: number): Streams {
  return (purpose, ...names) =>
    seededRandom({ generator: "ground-truth", version: generatorVersion, seed, purpose, names });
}

/** Standard normal numbers, by Marsaglia's polar method. */
export function normalsFrom(random: Random): () => number {
  let kept: number | undefined;
  return () => {
    if (kept !== undefined) {
      const spare = kept;
      kept = undefined;
      return spare;
    }
    for (;;) {
      const [x, y] = [2 * random.fraction() - 1, 2 * random.fraction() - 1];
      const square = x * x + y * y;
      if (square === 0 || square >= 1) continue;
      const scale = Math.sqrt((-2 * logarithm(square)) / square);
      kept = y * scale;
      return x * scale;
    }
  };
}

/** So many different places of `total`, ascending. */
export function drawPlaces(random: Random, count: number, total: number): number[] {
  const places = Array.from({ length: total }, (_, place) => place);
  for (let at = 0; at < count; at += 1) {
    const other = random.between(at, total - 1);
    [places[at], places[other]] = [places[other] as number, places[at] as number];
  }
  return places.slice(0, count).sort((a, b) => a - b);
}
