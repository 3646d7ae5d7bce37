/** Axes of two numbers, with rules where the ticks are and nothing that is no data besides. */
import { formatTick as formatWithCommas, type Scale } from "../scale.js";
import { element, round, text } from "../svg-elements.js";
import { shorten, widthOf } from "./letters.js";

export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Placed {
  readonly frame: Frame;
  readonly across: (x: number) => number;
  readonly down: (y: number) => number;
  readonly parts: readonly string[];
  /** Of the whole drawing. */
  readonly height: number;
}

export interface AxisLabels {
  readonly x: string;
  readonly y: string;
}

/** Thousands apart only from five digits on: of four, most are years. */
export function formatTick(value: number): string {
  return Math.abs(value) < 10_000 ? formatWithCommas(value).replace(",", "") : formatWithCommas(value);
}

export function ticksFor(width: number): number {
  return Math.max(2, Math.floor(width / 110));
}

/** `inset`: how far what is drawn may reach beyond its place, in pixels. */
export function placeOnAxes(
  x: Scale,
  y: Scale,
  labels: AxisLabels,
  { top, width, height, inset = 0 }: { top: number; width: number; height: number; inset?: number },
): Placed {
  const frame: Frame = {
    left: 12 + Math.max(...y.ticks.map((tick) => widthOf(formatTick(tick)))),
    top: top + (labels.y === "" ? 8 : 26),
    right: width - 12,
    bottom: top + height - (labels.x === "" ? 24 : 44),
  };
  const across = (value: number) =>
    frame.left + inset + x.place(value) * (frame.right - frame.left - 2 * inset);
  const down = (value: number) =>
    frame.bottom - inset - y.place(value) * (frame.bottom - frame.top - 2 * inset);
  return {
    frame,
    across,
    down,
    parts: axisParts(x, y, labels, frame, across, down, top),
    height: top + height,
  };
}

function axisParts(
  x: Scale,
  y: Scale,
  labels: AxisLabels,
  { left, right, bottom }: Frame,
  across: (x: number) => number,
  down: (y: number) => number,
  top: number,
): string[] {
  return [
    ...(labels.y === "" ? [] : [text(0, top + 12, shorten(labels.y, right), "muted")]),
    ...y.ticks.flatMap((tick) => [
      element("path", { class: "rule", d: `M${round(left)} ${round(down(tick))}H${round(right)}` }),
      text(left - 8, down(tick) + 4, formatTick(tick), "muted figure", "end"),
    ]),
    ...x.ticks.map((tick) => text(across(tick), bottom + 16, formatTick(tick), "muted figure", "middle")),
    ...(labels.x === "" ? [] : [text(right, bottom + 36, shorten(labels.x, right - left), "muted", "end")]),
  ];
}

export function rangeOf(values: readonly number[]): readonly [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 1];
}
