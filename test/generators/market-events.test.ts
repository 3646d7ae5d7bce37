import { describe, expect, test } from "@jest/globals";
import { marketEvents } from "../../src/generators/market-events.js";
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
      "1.0.0 sha256:f9f076b8ba69ed363a74a9e249bed7031ce9fda605aa2e63ce0b008ea8ab6c94",
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
