/** From values to places on an axis, and the round numbers to write beside it. */

export interface Scale {
  readonly from: number;
  readonly to: number;
  /** 0 at `from`, 1 at `to`; NaN for what the axis cannot show. */
  readonly place: (value: number) => number;
  readonly ticks: readonly number[];
}

/** Differences of what is larger are none. */
const largest = 8e307;

/** About `count` ticks. An axis of one value gets room around it. */
export function linearScale(low: number, high: number, count: number, rounds = true): Scale {
  const [least, most] = [Math.max(low, -largest), Math.min(high, largest)];
  // What differs only in its last digits is one value to the eye, and to the arithmetic of ticks.
  const isOne = most - least <= Math.max(Math.abs(least), Math.abs(most)) * 1e-9 || most - least < 1e-290;
  const [a, b] = isOne ? roomAround((least + most) / 2) : [least, most];
  const step = niceStep((b - a) / Math.max(1, count));
  const [from, to] = rounds ? [Math.floor(a / step) * step, Math.ceil(b / step) * step] : [a, b];
  const first = Math.ceil(from / step - 1e-9);
  const ticks: number[] = [];
  for (let at = first; at * step <= to + step * 1e-9 && ticks.length < 100; at += 1)
    ticks.push(tidy(at * step));
  // In quarters, so that no difference is too large.
  const place = (value: number) => (value / 4 - from / 4) / (to / 4 - from / 4);
  const isBeyond = low < least || high > most;
  return { from, to, place: isBeyond ? withEnds(place) : place, ticks };
}

/** What lies beyond the axis stands at its end. */
function withEnds(place: (value: number) => number): (value: number) => number {
  return (value) => (Number.isFinite(value) ? Math.min(1, Math.max(0, place(value))) : Number.NaN);
}

/** From one of 1, 2, 5 times a power of ten to another; these are the ticks too, or the powers alone where they are many. */
export function logScale(low: number, high: number, count: number): Scale {
  const from =
    [5, 2, 1].map((factor) => roundTo(low, factor)).find((bound) => bound <= low * (1 + 1e-9)) ?? low;
  const above =
    [1, 2, 5, 10].map((factor) => roundTo(high, factor)).find((bound) => bound >= high * (1 - 1e-9)) ?? high;
  const to = above > from ? above : above * 10;
  const span = Math.log10(to / from);
  const factors = span <= 2 ? [1, 2, 5] : [1];
  const every = Math.max(1, Math.ceil(span / Math.max(1, count)));
  const ticks: number[] = [];
  const first = Math.floor(Math.log10(from) + 1e-9);
  for (let power = first; power <= Math.log10(to) + 1e-9; power += every)
    for (const factor of factors) {
      const tick = tidy(factor * 10 ** power);
      if (tick >= from * (1 - 1e-9) && tick <= to * (1 + 1e-9)) ticks.push(tick);
    }
  return {
    from,
    to,
    place: (value) => (value > 0 ? Math.log10(value / from) / span : Number.NaN),
    ticks,
  };
}

function roundTo(value: number, factor: number): number {
  return tidy(factor * 10 ** Math.floor(Math.log10(value) + 1e-9));
}

function roomAround(value: number): [number, number] {
  const room = Math.abs(value) < 1e-280 ? 1 : Math.abs(value) * 0.1;
  return [value - room, value + room];
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((nice) => nice * power >= rough * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** Without the noise of the last digits. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

/** As few digits as tell a tick from its neighbours; thousands apart. */
export function formatTick(value: number): string {
  const size = Math.abs(value);
  if (value !== 0 && (size < 1e-4 || size >= 1e15)) return value.toExponential().replace("e+", "e");
  const text = String(tidy(value));
  const [whole = "", fraction] = text.split(".");
  const parted = whole.replaceAll(/(\d)(?=(\d{3})+$)/g, "$1,");
  return fraction === undefined ? parted : `${parted}.${fraction}`;
}

/** Four digits that count. */
export function formatValue(value: number): string {
  const size = Math.abs(value);
  if (value !== 0 && (size < 1e-4 || size >= 1e9)) return value.toExponential(2).replace("e+", "e");
  return String(Number(value.toPrecision(4)));
}
