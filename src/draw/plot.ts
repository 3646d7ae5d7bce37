/** One picture of one metric, before anybody knows whether it is drawn as SVG or in a terminal. */

import { linearScale, logScale, type Scale } from "./scale.js";
import { type Band, lastOf, type Series, samplesOf } from "./series.js";

export interface Plot {
  /** Such as `loss`. */
  readonly title: string;
  readonly xLabel: string;
  /** Drawn from the first to the last, each with a label. */
  readonly lines: readonly (Series | Band)[];
  /** Drawn thin and without a label: the members of bands, or the raw values under smoothed ones. */
  readonly thin: readonly ThinSeries[];
  /** What was done to the values, in words; `null` when nothing was. */
  readonly note: string | null;
  readonly isLog: boolean;
}

export interface ThinSeries extends Series {
  /** Of the line that it belongs to. */
  readonly line: number;
}

export interface Axes {
  readonly x: Scale;
  readonly y: Scale;
}

export function isBand(line: Series | Band): line is Band {
  return "n" in line;
}

/** `undefined` when nothing of it can be drawn. */
export function axesOf(
  { lines, thin, isLog }: Plot,
  ticks: { readonly x: number; readonly y: number },
): Axes | undefined {
  const xs = createRange();
  const ys = createRange();
  for (const { points } of [...lines, ...thin]) {
    const samples = samplesOf(points);
    for (let at = 0; at < samples.xs.length; at += 1) {
      const y = samples.ys[at] as number;
      xs.add(samples.xs[at] as number);
      if (Number.isFinite(y) && (!isLog || y > 0)) ys.add(y);
    }
  }
  for (const line of lines)
    if (isBand(line))
      for (const { low, high } of line.points) for (const y of [low, high]) if (!isLog || y > 0) ys.add(y);
  if (!ys.isThere() || !xs.isThere()) return undefined;
  const y = isLog ? logScale(ys.low(), ys.high(), ticks.y) : linearScale(ys.low(), ys.high(), ticks.y);
  return { x: linearScale(xs.low(), xs.high(), ticks.x, false), y };
}

function createRange() {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return {
    add: (value: number) => {
      if (value < low) low = value;
      if (value > high) high = value;
    },
    isThere: () => low <= high,
    low: () => low,
    high: () => high,
  };
}

export interface Label {
  readonly line: number;
  readonly name: string;
  readonly value: number | undefined;
  readonly n: number | null;
}

export function labelsOf({ lines }: Plot): Label[] {
  return lines.map((line, index) => ({
    line: index,
    name: line.name,
    value: lastOf(line),
    n: isBand(line) ? line.n : null,
  }));
}

/** As many as there is room for, from the lowest to the highest; each is wanted at a place. */
export function labelsWithRoom<L extends { readonly wanted: number }>(
  labels: readonly L[],
  most: number,
): L[] {
  if (labels.length <= most) return [...labels];
  const order = labels.toSorted((a, b) => a.wanted - b.wanted);
  const apart = (labels.length - 1) / Math.max(1, most - 1);
  const kept = new Set(Array.from({ length: most }, (_, at) => order[Math.round(at * apart)]));
  return labels.filter((label) => kept.has(label));
}

/** What stands beside the title; lines without a label are counted. */
export function noteOf({ note, lines }: Plot, labels: readonly unknown[]): string | null {
  const unnamed = labels.length < lines.length ? [`${labels.length} of ${lines.length} lines named`] : [];
  const words = [...(note === null ? [] : [note]), ...unnamed];
  return words.length === 0 ? null : words.join(", ");
}

/** Places as near as may be to where they should be, and at least `apart` from each other, between `from` and `to`. */
export function spreadPlaces(wanted: readonly number[], apart: number, from: number, to: number): number[] {
  const order = wanted.map((place, index) => ({ place, index })).sort((a, b) => a.place - b.place);
  const places: number[] = new Array(wanted.length).fill(from);
  let next = from;
  for (const { place, index } of order) {
    places[index] = Math.max(place, next);
    next = (places[index] as number) + apart;
  }
  let most = to;
  for (const { index } of order.toReversed()) {
    places[index] = Math.max(from, Math.min(places[index] as number, most));
    most = (places[index] as number) - apart;
  }
  return places;
}
