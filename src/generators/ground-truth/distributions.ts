/** What cells are drawn from. Each takes a normal number of the copula to a value around a centre. */
import type { BetaMetric, MetricConfig, PoissonMetric } from "../../generated/types.js";
import { betaBelow, betaScale, exponential, normalBelow } from "../elementary.js";

export interface Moments {
  readonly mean: number;
  readonly variance: number;
}

interface Distribution<Metric> {
  /** `centre` is 0 to 1: where the metric stands between `low` and `high`. */
  readonly moments: (metric: Metric, centre: number) => Moments;
  /** Before noise and clamp. `z` is standard normal. */
  readonly value: (metric: Metric, centre: number, z: number) => number;
  /** The same value with a bounded number of steps; `undefined` where they do not suffice. Absent: a value takes one step. */
  readonly boundedValue?: (metric: Metric, centre: number, z: number) => number | undefined;
}

type OfKind<Name extends MetricConfig["distribution"]> = Extract<MetricConfig, { distribution: Name }>;

const distributions: { readonly [Name in MetricConfig["distribution"]]: Distribution<OfKind<Name>> } = {
  normal: {
    moments: (metric, centre) => ({ mean: level(metric, centre), variance: metric.spread * metric.spread }),
    value: (metric, centre, z) => level(metric, centre) + metric.spread * z,
  },
  lognormal: {
    moments: (metric, centre) => {
      const square = exponential(metric.sigma * metric.sigma);
      const mean = level(metric, centre) * Math.sqrt(square);
      return { mean, variance: mean * mean * (square - 1) };
    },
    value: (metric, centre, z) => level(metric, centre) * exponential(metric.sigma * z),
  },
  uniform: {
    moments: (metric, centre) => ({
      mean: level(metric, centre),
      variance: (metric.width * metric.width) / 12,
    }),
    value: (metric, centre, z) => level(metric, centre) + metric.width * (normalBelow(z) - 0.5),
  },
  beta: {
    moments: (metric, centre) => {
      const range = metric.high - metric.low;
      const share = betaMean(centre);
      return {
        mean: metric.low + range * share,
        variance: (range * range * share * (1 - share)) / (metric.concentration + 1),
      };
    },
    value: (metric, centre, z) => betaValue(metric, betaPlace(metric, centre, z)),
    boundedValue: (metric, centre, z) => {
      const place = boundedBetaPlace(metric, centre, z);
      return place === undefined ? undefined : betaValue(metric, place);
    },
  },
  poisson: {
    moments: (metric, centre) => ({ mean: level(metric, centre), variance: level(metric, centre) }),
    value: (metric, centre, z) => poissonCount(metric, centre, z, 1e6) as number,
    boundedValue: (metric, centre, z) => poissonCount(metric, centre, z, mostPoissonSteps),
  },
};

export function distributionOf(metric: MetricConfig): Distribution<MetricConfig> {
  return distributions[metric.distribution] as Distribution<MetricConfig>;
}

function level({ low, high }: MetricConfig, centre: number): number {
  return low + (high - low) * centre;
}

/** The share of the distribution below; kept off both ends, where sums of small numbers are noise. */
function shareBelow(z: number): number {
  return Math.max(1e-9, Math.min(1 - 1e-9, normalBelow(z)));
}

const mostPoissonSteps = 24;

/** The least count at or below which there is the share of `z`. */
function poissonCount(
  metric: PoissonMetric,
  centre: number,
  z: number,
  mostSteps: number,
): number | undefined {
  // A share is at most 1 - 1e-9, so that the sum reaches it.
  const rate = level(metric, centre);
  const share = shareBelow(z);
  let term = exponential(-rate);
  let sum = term;
  for (let count = 0; count < mostSteps; count += 1) {
    if (sum >= share) return count;
    term *= rate / (count + 1);
    sum += term;
  }
  return undefined;
}

/** Neither parameter of beta may be zero. */
function betaMean(centre: number): number {
  return 0.02 + 0.96 * centre;
}

/** Beta values lie on a grid, so that two ways of looking for one find the same. */
const grid = 2 ** 20;

function betaValue({ low, high }: BetaMetric, place: number): number {
  return low + (high - low) * (place / grid);
}

interface BetaSearch {
  /** Whether the place of the share is at or below this one. */
  readonly isReached: (place: number) => boolean;
  readonly below: (place: number) => number;
  readonly share: number;
  readonly mean: number;
  readonly deviation: number;
}

function searchOf({ concentration }: BetaMetric, centre: number, z: number): BetaSearch {
  const mean = betaMean(centre);
  const [a, b] = [mean * concentration, (1 - mean) * concentration];
  const scale = betaScale(a, b);
  const share = shareBelow(z);
  const below = (place: number) => betaBelow((place + 0.5) / grid, a, b, scale);
  return {
    isReached: (place) => below(place) >= share,
    below,
    share,
    mean,
    deviation: Math.sqrt((mean * (1 - mean)) / (concentration + 1)),
  };
}

/** The least place of the grid at which the share is reached: by halving. */
function betaPlace(metric: BetaMetric, centre: number, z: number): number {
  const { isReached } = searchOf(metric, centre, z);
  let [least, most] = [0, grid];
  while (least < most) {
    const middle = Math.floor((least + most) / 2);
    if (isReached(middle)) most = middle;
    else least = middle + 1;
  }
  return least;
}

const mostBetaSteps = 6;

/** The same place by secants from where a normal distribution would have it; taken only when its neighbour below is not reached. */
function boundedBetaPlace(metric: BetaMetric, centre: number, z: number): number | undefined {
  const { below, share, mean, deviation } = searchOf(metric, centre, z);
  const inside = (place: number) => Math.max(0, Math.min(grid, Math.round(place)));
  let before = inside((mean + (z - 0.1) * deviation) * grid);
  let place = inside((mean + z * deviation) * grid);
  let missedBefore = below(before) - share;
  for (let step = 0; step < mostBetaSteps; step += 1) {
    const missed = below(place) - share;
    if (missed >= 0 && (place === 0 || below(place - 1) < share)) return place;
    if (missed < 0 && below(place + 1) >= share) return place + 1;
    if (missed === missedBefore) return undefined;
    const next = inside(place - (missed * (place - before)) / (missed - missedBefore));
    [before, missedBefore, place] = [place, missed, next];
  }
  return undefined;
}
