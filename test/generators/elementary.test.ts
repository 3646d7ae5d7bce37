import { describe, expect, test } from "@jest/globals";
import {
  betaBelow,
  betaScale,
  exponential,
  logarithm,
  logGamma,
  normalBelow,
  sineOfTurns,
  toDecimals,
} from "../../src/generators/elementary.js";
import { normalsFrom } from "../../src/generators/ground-truth/streams.js";
import { seededRandom } from "../../src/generators/random.js";

const places = Array.from({ length: 4001 }, (_, at) => (at - 2000) / 50);

describe("functions from + - * / and square roots alone", () => {
  test("agree with the engine's to the last digits", () => {
    for (const x of places) {
      expect(Math.abs(exponential(x) / Math.exp(x) - 1)).toBeLessThan(5e-16);
      expect(Math.abs(logarithm(Math.exp(x)) - x)).toBeLessThan(1e-14);
      const part = x - Math.floor(x);
      expect(Math.abs(sineOfTurns(x) - Math.sin(2 * Math.PI * part))).toBeLessThan(2e-15);
    }
    expect([exponential(800), exponential(-800), exponential(0)]).toEqual([Number.POSITIVE_INFINITY, 0, 1]);
  });

  test("agree with published tables", () => {
    expect(normalBelow(1.96)).toBeCloseTo(0.9750021048517795, 14);
    expect(normalBelow(-6)).toBeCloseTo(9.865876450376946e-10, 14);
    expect([normalBelow(0), normalBelow(9), normalBelow(-9)]).toEqual([0.5, 1, 0]);
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 14);
    expect(logGamma(10)).toBeCloseTo(Math.log(362880), 13);
    expect(betaBelow(0.3, 2, 5, betaScale(2, 5))).toBeCloseTo(0.579825, 12);
    // Of whole parameters it is a sum: the chance of at least 40 successes of 47.
    let chance = 0;
    for (let successes = 40, ways = 62891499; successes <= 47; successes += 1) {
      chance += ways * 0.9 ** successes * 0.1 ** (47 - successes);
      ways = (ways * (47 - successes)) / (successes + 1);
    }
    expect(betaBelow(0.9, 40, 8, betaScale(40, 8))).toBeCloseTo(chance, 12);
    expect([betaBelow(0, 2, 2, 0), betaBelow(1, 2, 2, 0)]).toEqual([0, 1]);
  });

  test("rounds to decimals, and knows no -0", () => {
    expect(toDecimals(2.345678, 2)).toBe(2.35);
    expect(Object.is(toDecimals(-0.001, 2), 0)).toBe(true);
  });

  test("gives the same bits on every machine: what they were when this was written", () => {
    let sum = 0;
    for (const x of places)
      sum += exponential(x / 10) + logarithm(x + 41) + sineOfTurns(x) + normalBelow(x / 5);
    expect(sum).toBe(expectedSum);
  });
});

const expectedSum = 43117.44918153457;

test("normal numbers have the mean, the deviation and the tails of normal numbers", () => {
  const normal = normalsFrom(seededRandom("normal numbers"));
  const drawn = Array.from({ length: 100_000 }, normal);
  const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
  const variance = drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / drawn.length;
  expect(Math.abs(mean)).toBeLessThan(0.01);
  expect(Math.abs(variance - 1)).toBeLessThan(0.02);
  expect(Math.abs(drawn.filter((value) => value > 1.96).length / drawn.length - 0.025)).toBeLessThan(0.002);
});
