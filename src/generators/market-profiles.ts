/** How a market behaves, in integers: prices in cents, times in milliseconds, shares out of 100. */

export interface MarketProfile {
  /** What a symbol costs at first, at least and at most. */
  readonly first_price_cents: readonly [number, number];
  /** How far a price goes in one step, at most. */
  readonly move_cents: number;
  readonly spread_cents: readonly [number, number];
  readonly size: readonly [number, number];
  /** Of the price in a year, as options are priced by it. */
  readonly volatility_percent: number;
  /** From the event to its being taken in. */
  readonly delay_ms: readonly [number, number];
  /** Of 100 steps so many are quotes, and so many trades; the rest are options prints. */
  readonly quotes: number;
  readonly trades: number;
}

export const marketProfiles: Readonly<Record<string, MarketProfile>> = {
  calm: {
    first_price_cents: [2_000, 50_000],
    move_cents: 3,
    spread_cents: [1, 3],
    size: [1, 12],
    volatility_percent: 18,
    delay_ms: [1, 4],
    quotes: 60,
    trades: 30,
  },
  volatile: {
    first_price_cents: [2_000, 50_000],
    move_cents: 45,
    spread_cents: [2, 25],
    size: [1, 80],
    volatility_percent: 60,
    delay_ms: [1, 60],
    quotes: 45,
    trades: 35,
  },
};

const names = Object.keys(marketProfiles.calm as MarketProfile);

/** What is wrong with a profile from a file, a sentence each. */
export function faultsOfProfile(content: unknown): string[] {
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    return [`the profile is no object; expected one with ${names.join(", ")}`];
  }
  const given = content as Record<string, unknown>;
  const faults = [
    ...names.filter((name) => !Object.hasOwn(given, name)).map((name) => `the profile lacks ${name}`),
    ...Object.keys(given)
      .filter((name) => !names.includes(name))
      .map((name) => `the profile has ${name}, which is none of ${names.join(", ")}`),
  ];
  if (faults.length > 0) return faults;
  for (const name of ["first_price_cents", "spread_cents", "size", "delay_ms"]) {
    if (!isRange(given[name])) faults.push(`the profile's ${name} is no [least, most] of whole numbers`);
  }
  for (const name of ["move_cents", "volatility_percent", "quotes", "trades"]) {
    if (!isCount(given[name])) faults.push(`the profile's ${name} is no whole number from 0 to 1000000`);
  }
  if (faults.length === 0 && Number(given.quotes) + Number(given.trades) > 100) {
    faults.push("the profile's quotes and trades come to more than 100");
  }
  return faults;
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 1_000_000;
}

function isRange(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [least, most] = value as unknown[];
  return isCount(least) && isCount(most) && least <= most;
}
