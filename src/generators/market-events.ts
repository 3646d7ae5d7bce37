/**
 * Quotes, trades and options prints of a few symbols. Every symbol opens with a quote; prices walk from quote to quote; a trade takes
 * what the last quote shows, at its bid or its ask; a sweep is one option bought at several exchanges at one instant.
 */
import type { FixtureEvent } from "../kinds/fixture/event.js";
import { exponential, normalBelow } from "./elementary.js";
import type { BuiltInGenerator, GeneratedEvent, GenerationRequest } from "./generator.js";
import { faultsOfProfile, type MarketProfile, marketProfiles } from "./market-profiles.js";
import { type Random, seededRandom } from "./random.js";

const name = "market-events";
const version = "2.0.0";
const exchanges = ["A", "C", "N", "X"] as const;
/** Of so many steps after the opening one, whichever, is a sweep, where the scenario has any. */
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
  readonly books: Map<string, Book>;
}

/** What the last quote shows, less what was traded since; in cents. */
interface Book {
  bid: number;
  ask: number;
  bidSize: number;
  askSize: number;
}

type Body = { readonly kind: string } & Readonly<Record<string, unknown>>;

function* generate(request: GenerationRequest): Iterable<GeneratedEvent> {
  const { seed_bundle, scenario, params } = request;
  const profile = request.profile.content as MarketProfile;
  const random = seededRandom({ name, version, seed_bundle, scenario, profile });
  const symbols = symbolsOf(params.symbols) as readonly string[];
  const market: Market = { profile, random, books: new Map() };
  const total = params.events as number;
  let ts = params.start_ts as number;
  let sweeps = 0;
  let nextSweep = -1;
  for (let step = 0, seq = 0; seq < total; step += 1) {
    ts += random.between(1, params.interval_ms as number);
    const opening = symbols[step];
    const symbol = opening ?? random.pick(symbols);
    const ingest_ts = ts + random.between(...profile.delay_ms);
    if (opening === undefined && (step - symbols.length) % stepsPerSweep === 0)
      nextSweep = step + random.between(0, stepsPerSweep - 1);
    const sweep = scenario === "options-sweep" && step === nextSweep;
    if (sweep) sweeps += 1;
    const bodies = sweep
      ? sweepOf(symbol, market)
      : [opening === undefined ? next(symbol, market) : quote(symbol, market)];
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

function next(symbol: string, market: Market): Body {
  const { profile, random } = market;
  const share = random.between(1, 100);
  if (share <= profile.quotes) return quote(symbol, market);
  if (share <= profile.quotes + profile.trades) return trade(symbol, market);
  return {
    ...contract(symbol, random.pick(["C", "P"]), market),
    ...fill(market),
    exchange: random.pick(exchanges),
  };
}

function quote(symbol: string, { profile, random, books }: Market): Body {
  const before = books.get(symbol)?.bid;
  const bid =
    before === undefined
      ? random.between(...profile.first_price_cents)
      : Math.max(1, before + random.between(-profile.move_cents, profile.move_cents));
  const ask = bid + random.between(...profile.spread_cents);
  const [bidSize, askSize] = [random.between(...profile.size), random.between(...profile.size)];
  books.set(symbol, { bid, ask, bidSize, askSize });
  return { kind: "quote", symbol, bid: bid / 100, ask: ask / 100, bid_size: bidSize, ask_size: askSize };
}

/** What nobody shows any more cannot be traded: then there is a new quote. */
function trade(symbol: string, market: Market): Body {
  const { random, books } = market;
  const book = books.get(symbol) as Book;
  const sides = (["bid", "ask"] as const).filter((side) => book[`${side}Size`] > 0);
  if (sides.length === 0) return quote(symbol, market);
  const side = random.pick(sides);
  const size = random.between(1, book[`${side}Size`]);
  book[`${side}Size`] -= size;
  return { kind: "trade", symbol, price: book[side] / 100, size, exchange: random.pick(exchanges) };
}

/** One option, bought at several exchanges at the same instant; each takes what is left at a price that is no lower. */
function sweepOf(symbol: string, market: Market): Body[] {
  const { random } = market;
  const option = contract(symbol, random.pick(["C", "P"]), market);
  let cents = Math.round(option.price * 100);
  return exchanges.slice(0, 3).map((exchange) => {
    const body = { ...option, price: cents / 100, ...fill(market), exchange };
    cents += random.between(0, 2);
    return body;
  });
}

function fill({ profile, random }: Market): { readonly size: number } {
  return { size: random.between(...profile.size) };
}

/** A strike near the price, and what the option costs: a cent at least, and up to a fiftieth more than it is worth. */
function contract(
  symbol: string,
  right: string,
  { profile, random, books }: Market,
): Body & { readonly price: number } {
  const { bid } = books.get(symbol) as Book;
  const strike = Math.max(1, Math.round(bid / 100) + random.between(-5, 5));
  const days = random.between(0, 60);
  const inside = right === "C" ? bid - 100 * strike : 100 * strike - bid;
  const deviation = bid * (profile.volatility_percent / 100) * Math.sqrt((days + 1) / 365);
  const worth = Math.max(1, inside, Math.round(optionValue(inside, deviation)));
  const cents = worth + random.between(0, Math.floor(worth / 50));
  return { kind: "options_print", symbol, right, strike, days_to_expiry: days, price: cents / 100 };
}

/** Of an option that is `inside` the money by so much, where the price moves by `deviation` until it expires: Bachelier's formula. */
function optionValue(inside: number, deviation: number): number {
  if (deviation === 0) return Math.max(0, inside);
  const z = inside / deviation;
  return inside * normalBelow(z) + deviation * 0.3989422804014327 * exponential(-0.5 * z * z);
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
