/** Quotes, trades and options prints of a few symbols: prices walk at random, and a sweep is a burst of prints at one instant. */
import type { FixtureEvent } from "../kinds/fixture/event.js";
import type { BuiltInGenerator, GeneratedEvent, GenerationRequest } from "./generator.js";
import { faultsOfProfile, type MarketProfile, marketProfiles } from "./market-profiles.js";
import { type Random, seededRandom } from "./random.js";

const name = "market-events";
const version = "1.0.0";
const exchanges = ["A", "C", "N", "X"] as const;
/** Of so many steps one, whichever, is a sweep, where the scenario has any. */
const stepsPerSweep = 12;

export const marketEvents: BuiltInGenerator = {
  name,
  version,
  profiles: marketProfiles,
  scenarios: ["plain", "options-sweep"],
  params: {
    events: "how many events, 0 to 100000000",
    symbols: 'symbols, such as SPY,QQQ or ["SPY"]',
    start_ts: "the time of the beginning in milliseconds, from 0 to 4000000000000",
    interval_ms: "the longest time between two steps, from 1 to 86400000",
  },
  faults: faultsOf,
  generate,
};

interface Market {
  readonly profile: MarketProfile;
  readonly random: Random;
  readonly prices: Map<string, number>;
}

type Body = { readonly kind: string } & Readonly<Record<string, unknown>>;

function* generate(request: GenerationRequest): Iterable<GeneratedEvent> {
  const { seed_bundle, scenario, params } = request;
  const profile = request.profile.content as MarketProfile;
  const random = seededRandom({ name, version, seed_bundle, scenario, profile });
  const symbols = symbolsOf(params.symbols) as readonly string[];
  const prices = new Map(symbols.map((symbol) => [symbol, random.between(...profile.first_price_cents)]));
  const market: Market = { profile, random, prices };
  const total = params.events as number;
  let ts = params.start_ts as number;
  let sweeps = 0;
  let nextSweep = -1;
  for (let step = 0, seq = 0; seq < total; step += 1) {
    ts += random.between(1, params.interval_ms as number);
    const symbol = random.pick(symbols);
    const ingest_ts = ts + random.between(...profile.delay_ms);
    if (step % stepsPerSweep === 0) nextSweep = step + random.between(0, stepsPerSweep - 1);
    const sweep = scenario === "options-sweep" && step === nextSweep;
    if (sweep) sweeps += 1;
    const bodies = sweep ? sweepOf(symbol, market) : [walk(symbol, market)];
    for (const [leg, body] of bodies.slice(0, total - seq).entries()) {
      const trace_id = `${seed_bundle.namespace}-${seed_bundle.partition}-${String(seq).padStart(6, "0")}`;
      const event: FixtureEvent = { ...body, ts, ingest_ts, seq, trace_id };
      const direction = body.right === "C" ? "bullish" : "bearish";
      yield {
        event,
        provenance: { trace_id, stream: symbol, step, draws: random.draws() },
        labels: sweep ? [{ trace_id, label: "sweep", sweep: sweeps, leg, direction }] : [],
      };
      seq += 1;
    }
  }
}

function walk(symbol: string, { profile, random, prices }: Market): Body {
  const moved = (prices.get(symbol) as number) + random.between(-profile.move_cents, profile.move_cents);
  const price = Math.max(1, moved);
  prices.set(symbol, price);
  const share = random.between(1, 100);
  const size = () => random.between(...profile.size);
  if (share <= profile.quotes) {
    const ask = price + random.between(...profile.spread_cents);
    return {
      kind: "quote",
      symbol,
      bid: price / 100,
      ask: ask / 100,
      bid_size: size(),
      ask_size: size(),
    };
  }
  const exchange = random.pick(exchanges);
  if (share <= profile.quotes + profile.trades)
    return { kind: "trade", symbol, price: price / 100, size: size(), exchange };
  return printOf(symbol, price, random.pick(["C", "P"]), exchange, { profile, random, prices });
}

/** Options of one direction, bought at several exchanges at the same instant. */
function sweepOf(symbol: string, market: Market): Body[] {
  const price = market.prices.get(symbol) as number;
  const right = market.random.pick(["C", "P"]);
  return exchanges.slice(0, 3).map((exchange) => printOf(symbol, price, right, exchange, market));
}

function printOf(
  symbol: string,
  price: number,
  right: string,
  exchange: string,
  { profile, random }: Market,
): Body {
  const strike = Math.max(1, Math.round(price / 100) + random.between(-5, 5));
  return {
    kind: "options_print",
    symbol,
    right,
    strike,
    days_to_expiry: random.between(0, 60),
    price: random.between(1, 900) / 100,
    size: random.between(...profile.size),
    exchange,
  };
}

function faultsOf({ profile, scenario, params, seed_bundle }: GenerationRequest): string[] {
  const given = Object.keys(params);
  const known = Object.keys(marketEvents.params);
  const missing = known.filter((param) => !given.includes(param));
  return [
    ...faultsOfProfile(profile.content),
    ...(marketEvents.scenarios.includes(scenario)
      ? []
      : [`the scenario "${scenario}" is none of ${marketEvents.scenarios.join(", ")}`]),
    ...missing.map((param) => `the parameter ${param} is missing: ${marketEvents.params[param]}`),
    ...given
      .filter((param) => !known.includes(param))
      .map((param) => `the parameter ${param} is none of ${known.join(", ")}`),
    ...known.filter((param) => !missing.includes(param)).flatMap((param) => paramFault(param, params)),
    ...(`${seed_bundle.namespace}-${seed_bundle.partition}`.length > 180
      ? ["namespace and partition are longer than 180 characters, and are part of every trace id"]
      : []),
  ];
}

const bounds: Readonly<Record<string, readonly [number, number]>> = {
  events: [0, 100_000_000],
  start_ts: [0, 4_000_000_000_000],
  interval_ms: [1, 86_400_000],
};

function paramFault(param: string, params: Readonly<Record<string, unknown>>): string[] {
  const value = params[param];
  const [least, most] = bounds[param] ?? [0, 0];
  const isRight =
    param === "symbols"
      ? symbolsOf(value) !== undefined
      : Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
  return isRight
    ? []
    : [`the parameter ${param} takes ${marketEvents.params[param]}; found ${JSON.stringify(value)}`];
}

/** Different, and none of them empty. */
function symbolsOf(value: unknown): readonly string[] | undefined {
  const symbols: unknown = typeof value === "string" ? value.split(",") : value;
  if (!Array.isArray(symbols) || symbols.length === 0) return undefined;
  const fit = symbols.every((symbol) => typeof symbol === "string" && /^[A-Za-z0-9._-]{1,16}$/.test(symbol));
  return fit && new Set(symbols).size === symbols.length ? (symbols as string[]) : undefined;
}
