import { describe, expect, test } from "@jest/globals";
import { marketEvents } from "../../src/generators/market-events.js";
import type { MarketProfile } from "../../src/generators/market-profiles.js";
import { seededRandom } from "../../src/generators/random.js";
import { compareEvents, findHiddenMember } from "../../src/kinds/fixture/event.js";
import { digestOfValue } from "../../src/manifest/digest.js";

const request = {
  seed_bundle: { seed: 42, namespace: "tests", partition: "0" },
  profile: { name: "volatile", content: marketEvents.profiles.volatile },
  scenario: "options-sweep",
  params: { events: 500, symbols: ["SPY", "QQQ"], start_ts: 0, interval_ms: 3 },
};

describe("the generator market-events (I21)", () => {
  const all = [...marketEvents.generate(request)];

  test("gives the same events for ever", () => {
    expect(marketEvents.faults(request)).toEqual([]);
    expect([...marketEvents.generate(request)]).toEqual(all);
    // Whoever changes what it gives, changes its version.
    expect(`${marketEvents.version} ${digestOfValue(all)}`).toBe(
      "2.0.0 sha256:3b53597311fa608b84e784249bde346b8750907100a203de24d72bed48bbaaeb",
    );
  });

  test("gives them in replay order, as many as asked for, of every kind and symbol", () => {
    const events = all.map(({ event }) => event);
    expect(events).toHaveLength(500);
    for (let at = 1; at < events.length; at += 1)
      expect(compareEvents(events[at - 1]!, events[at]!)).toBe(-1);
    expect(new Set(events.map(({ kind }) => kind))).toEqual(new Set(["quote", "trade", "options_print"]));
    expect(new Set(events.map(({ symbol }) => symbol))).toEqual(new Set(["SPY", "QQQ"]));
  });

  test.each(["calm", "volatile"])("is a market of sense, %s (20,000 events)", (name) => {
    const profile = marketEvents.profiles[name] as unknown as MarketProfile;
    const params = { ...request.params, events: 20_000, interval_ms: 250 };
    const made = [...marketEvents.generate({ ...request, profile: { name, content: profile }, params })];
    const books = new Map<string, { bid: number; ask: number; bidSize: number; askSize: number }>();
    const faults: unknown[] = [];
    for (const { event, labels } of made) {
      const { kind, symbol, ts, ingest_ts, price, size } = event as unknown as Record<string, number> & {
        kind: string;
        symbol: string;
      };
      const book = books.get(symbol);
      const cents = Math.round((price ?? 0) * 100);
      const delay = (ingest_ts as number) - (ts as number);
      if (delay < profile.delay_ms[0] || delay > profile.delay_ms[1]) faults.push(["late", event]);
      if (labels.length > 0 !== (labels.length === 1 && kind === "options_print"))
        faults.push(["label", event]);
      if (kind === "quote") {
        const [bid, ask] = [Math.round(Number(event.bid) * 100), Math.round(Number(event.ask) * 100)];
        if (ask - bid < profile.spread_cents[0] || ask - bid > profile.spread_cents[1])
          faults.push(["spread", event]);
        if (book !== undefined && Math.abs(bid - book.bid) > profile.move_cents) faults.push(["jump", event]);
        books.set(symbol, { bid, ask, bidSize: Number(event.bid_size), askSize: Number(event.ask_size) });
      } else if (book === undefined) {
        faults.push(["before its first quote", event]);
      } else if (kind === "trade") {
        const left = (cents === book.bid ? book.bidSize : 0) + (cents === book.ask ? book.askSize : 0);
        if ((size as number) > left || (size as number) < 1) faults.push(["more than was shown", event]);
        if (cents === book.bid) book.bidSize -= size as number;
        else book.askSize -= size as number;
      } else {
        const inside = (event.right === "C" ? 1 : -1) * (book.bid - 100 * Number(event.strike));
        if (cents < Math.max(1, inside)) faults.push(["costs less than it brings", event]);
      }
    }
    expect(faults).toEqual([]);
    const sweeps = new Map<unknown, typeof made>();
    for (const each of made.filter(({ labels }) => labels.length > 0)) {
      const sweep = each.labels[0]?.sweep;
      sweeps.set(sweep, [...(sweeps.get(sweep) ?? []), each]);
    }
    expect(sweeps.size).toBeGreaterThan(500);
    for (const legs of [...sweeps.values()].slice(0, -1)) {
      const events = legs.map(({ event }) => event as unknown as Record<string, unknown>);
      const same = (field: string) => new Set(events.map((event) => event[field])).size;
      expect(["symbol", "right", "strike", "days_to_expiry", "ts", "exchange"].map(same)).toEqual([
        1, 1, 1, 1, 1, 3,
      ]);
      const prices = events.map(({ price }) => price as number);
      expect(prices).toEqual([...prices].sort((a, b) => a - b));
    }
  });

  test("keeps labels beside the events, and gives none in a plain scenario", () => {
    expect(all.filter(({ event }) => findHiddenMember(event) !== undefined)).toEqual([]);
    expect(all.some(({ labels }) => labels.length > 0)).toBe(true);
    const plain = [...marketEvents.generate({ ...request, scenario: "plain" })];
    expect(plain.some(({ labels }) => labels.length > 0)).toBe(false);
  });

  test("takes profiles of one's own, whole and of sense", () => {
    const content = { ...marketEvents.profiles.calm, quotes: 90, trades: 20 };
    expect(marketEvents.faults({ ...request, profile: { name: "own", content } })).toEqual([
      "the profile's quotes and trades come to more than 100",
    ]);
    const { quotes: _, ...lacking } = content;
    expect(marketEvents.faults({ ...request, profile: { name: "own", content: lacking } })).toEqual([
      "the profile lacks quotes",
    ]);
  });
});

test("seededRandom draws every number of a range, about as often", () => {
  const random = seededRandom({ seed: 1 });
  const counts = [0, 0, 0, 0, 0];
  for (let draw = 0; draw < 50_000; draw += 1) counts[random.between(0, 4)]! += 1;
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  expect(random.draws()).toBe(50_000);
});
