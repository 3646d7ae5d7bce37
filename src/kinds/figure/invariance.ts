/** Whether the rows and what is drawn of them come to the same sum. */

/** In per cent. */
export const defaultTolerance = 0.01;

export interface Sums {
  readonly pre_agg_sum: number;
  readonly post_agg_sum: number;
  readonly tolerance_pct: number;
}

/** Of zero no share can be taken: then both must be zero. */
export function isInvariant({ pre_agg_sum, post_agg_sum, tolerance_pct }: Sums): boolean {
  return Math.abs(post_agg_sum - pre_agg_sum) <= (Math.abs(pre_agg_sum) * tolerance_pct) / 100;
}

/**
 * Neumaier's sum: the rounding of each addition is carried along, so that the sum of many small values and a large one is right, and
 * the same whatever their order in all but the last bit. `undefined` where a value or the sum is not finite.
 */
export function createSum(): {
  readonly add: (value: number) => void;
  readonly total: () => number | undefined;
} {
  let sum = 0;
  let carried = 0;
  return {
    add: (value) => {
      const next = sum + value;
      carried += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
      sum = next;
    },
    total: () => (Number.isFinite(sum + carried) ? sum + carried : undefined),
  };
}
