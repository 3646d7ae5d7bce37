import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { dashes } from "../../src/draw/dashes.js";
import type { Plot } from "../../src/draw/plot.js";
import { spreadPlaces } from "../../src/draw/plot.js";
import { reduceToColumns } from "../../src/draw/reduce.js";
import { formatTick, formatValue, linearScale, logScale } from "../../src/draw/scale.js";
import { bandOf, lastOf, type Series, samplesOf, smooth } from "../../src/draw/series.js";
import { drawSvg } from "../../src/draw/svg.js";
import { drawInTerminal } from "../../src/draw/terminal.js";

const series = (name: string, ...values: number[]): Series => ({
  name,
  points: values.map((y, x) => ({ x, y })),
});
const plotOf = (lines: Plot["lines"], more: Partial<Plot> = {}): Plot => ({
  title: "loss",
  xLabel: "step",
  lines,
  thin: [],
  note: null,
  isLog: false,
  ...more,
});
const size = { width: 640, height: 360 };

describe("reduction", () => {
  test("keeps the lowest, highest, first and last value of every column, whatever the values are", () => {
    const values = fc.array(fc.double({ noNaN: false }), { minLength: 1, maxLength: 300 });
    let columns = 0;
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 20 }), (ys, count) => {
        const points = ys.map((y, x) => ({ x, y }));
        const columnOf = (x: number) => Math.floor((x / ys.length) * count);
        for (const [index, column] of reduceToColumns(points, columnOf, count).entries()) {
          const inside = points.filter(({ x }) => columnOf(x) === index).map(({ y }) => y);
          const numbers = inside.filter(Number.isFinite);
          const kept = column?.points.map(({ y }) => y) ?? [];
          expect(kept.length).toBeLessThanOrEqual(4);
          expect(column?.notFinite ?? 0).toBe(inside.length - numbers.length);
          if (numbers.length === 0) continue;
          columns += 1;
          expect([Math.min(...kept), Math.max(...kept)]).toEqual([
            Math.min(...numbers),
            Math.max(...numbers),
          ]);
          expect([kept[0], kept.at(-1)]).toEqual([numbers[0], numbers.at(-1)]);
        }
      }),
    );
    process.stderr.write(`${columns} columns compared with all of their values\n`);
  });

  test("keeps the order in which values came, also where x goes back", () => {
    const points = [3, 1, 9, 2].map((y) => ({ x: 0, y }));
    expect(reduceToColumns(points, () => 0, 1)[0]?.points.map(({ y }) => y)).toEqual([3, 1, 9, 2]);
  });
});

describe("smoothing", () => {
  test("is an average without the bias of its beginning, and passes over what is no number", () => {
    const smoothed = (weight: number, ...ys: number[]) => [
      ...samplesOf(smooth(series("a", ...ys), weight).points).ys,
    ];
    expect(smoothed(0.9, 2, 2, 2).map((y) => Number(y.toFixed(12)))).toEqual([2, 2, 2]);
    expect(smoothed(0.5, 1, 3)[1]).toBeCloseTo((0.5 * 0.5 * 1 + 0.5 * 3) / 0.75, 12);
    expect(smoothed(0.5, 1, Number.NaN, 3).map(Number.isNaN)).toEqual([false, true, false]);
    expect(smoothed(0, 1, 5)).toEqual([1, 5]);
  });
});

describe("a band", () => {
  test("is the mean and the sample deviation of all members that have the step", () => {
    const { points, n } = bandOf("g", [series("a", 1, 4), series("b", 3, 8), series("c", 2)]);
    expect(n).toBe(3);
    expect(points[0]).toEqual({ x: 0, y: 2, low: 1, high: 3, n: 3 });
    expect(points[1]).toEqual({ x: 1, y: 6, low: 6 - Math.sqrt(8), high: 6 + Math.sqrt(8), n: 2 });
  });

  test("counts the later of two values at one step, and no NaN", () => {
    const twice = {
      name: "a",
      points: [
        { x: 0, y: 1 },
        { x: 0, y: 5 },
      ],
    };
    expect(bandOf("g", [twice, series("b", Number.NaN)]).points).toEqual([
      { x: 0, y: 5, low: 5, high: 5, n: 1 },
    ]);
    expect(lastOf(series("a", 1, 2, Number.NaN))).toBe(2);
  });
});

describe("axes", () => {
  test.each([
    [0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [0.13, 0.87, 4, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [-3, 12, 3, [-5, 0, 5, 10, 15]],
    [7, 7, 4, [6, 6.5, 7, 7.5, 8]],
    [0, 0, 2, [-1, 0, 1]],
  ])("from %d to %d", (low, high, count, ticks) => {
    expect(linearScale(low, high, count).ticks).toEqual(ticks);
  });

  test.each([
    [1, 100, 5, [1, 2, 5, 10, 20, 50, 100]],
    [1.3, 3, 5, [1, 2, 5]],
    [1e-6, 1, 3, [1e-6, 1e-4, 1e-2, 1]],
    [5, 5, 3, [5, 10, 20, 50]],
  ])("in powers, from %d to %d", (low, high, count, ticks) => {
    expect(logScale(low, high, count).ticks).toEqual(ticks);
  });

  test("hold every value, and say it in few digits", () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 }),
        fc.double({ min: 0, max: 1e12, noNaN: true }),
        (low, more) => {
          const { from, to, ticks } = linearScale(low, low + more, 5);
          const unseen = (Math.abs(low) + more) * 1e-9;
          expect(from).toBeLessThanOrEqual(low + unseen);
          expect(to).toBeGreaterThanOrEqual(low + more - unseen);
          expect(ticks.length).toBeGreaterThanOrEqual(2);
        },
      ),
    );
    expect([1234567, 0.1 + 0.2, 1e-7, -20000, 0].map(formatTick)).toEqual([
      "1,234,567",
      "0.3",
      "1e-7",
      "-20,000",
      "0",
    ]);
    expect([0.123456, 123456789, 1e-9, 2].map(formatValue)).toEqual(["0.1235", "123500000", "1.00e-9", "2"]);
  });

  test("reach beyond what has differences", () => {
    const { place } = linearScale(-1.7e308, 1.7e308, 5);
    expect([-1.7e308, 0, 1.7e308].map(place)).toEqual([0, 0.5, 1]);
    expect([Number.NaN, Number.POSITIVE_INFINITY].map(place)).toEqual([Number.NaN, Number.NaN]);
  });

  test("labels stay apart and inside, in their order", () => {
    expect(spreadPlaces([10, 10, 10], 5, 0, 100)).toEqual([10, 15, 20]);
    expect(spreadPlaces([99, 98, 100], 5, 0, 100)).toEqual([95, 90, 100]);
  });
});

describe("SVG", () => {
  const spiky = series(
    "spiky",
    ...Array.from({ length: 20_000 }, (_, n) => (n === 12_345 ? 1000 : Math.sin(n / 500))),
  );

  test("is the same bytes for the same plot, and does not grow with it", () => {
    const drawn = drawSvg(plotOf([spiky, series("b", 1, 2)]), size);
    expect(drawSvg(plotOf([structuredClone(spiky), series("b", 1, 2)]), size)).toBe(drawn);
    expect(drawn.length).toBeLessThan(60_000);
  });

  test("loses no spike", () => {
    const heights = [...drawSvg(plotOf([spiky]), size).matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)].map(
      ([, , y]) => Number(y),
    );
    expect(Math.min(...heights)).toBe(40);
  });

  test("holds no mark-up of a name", () => {
    const drawn = drawSvg(plotOf([series('<script>"&\u0000', 1, 2)], { title: "</svg>" }), size);
    expect(drawn).not.toMatch(/<script|\u0000/);
    expect(drawn).toContain("&lt;script&gt;");
    expect(drawn.match(/<\/svg>/g)).toHaveLength(1);
  });

  test("marks what is no number, and draws nothing that is not there", () => {
    expect(drawSvg(plotOf([series("a", 1, Number.NaN, 2)]), size)).toContain("l6 6m0 -6l-6 6");
    expect(drawSvg(plotOf([series("a", Number.NaN)]), size)).toContain("nothing to draw");
    expect(drawSvg(plotOf([]), size)).toContain("nothing to draw");
    expect(drawSvg(plotOf([series("a", -1, 0)], { isLog: true }), size)).toContain("nothing to draw");
    expect(drawSvg(plotOf([series("a", -1, 0, 3)], { isLog: true }), size)).not.toMatch(/NaN|Infinity/);
  });

  test("shows both of two curves that are the same, one dashed on the other", () => {
    const same = [0, 1, 2].map((x) => ({ x, y: x * x }));
    const plot = plotOf([
      { name: "a", points: same },
      { name: "b", points: same },
      { name: "c", points: same.map(({ x, y }) => ({ x, y: y + 1 })) },
    ]);
    const classes = [...drawSvg(plot, size).matchAll(/class="(line c\d d\d)"/g)].map(([, name]) => name);
    expect(classes).toEqual(["line c0 d0", "line c1 d1", "line c2 d0"]);
  });

  test("names of many lines as many as there is room for, and says so", () => {
    const hundred = Array.from({ length: 100 }, (_, n) => series(`run ${n}`, n, n));
    const drawn = drawSvg(plotOf(hundred, { note: "smoothed" }), size);
    const places = [...drawn.matchAll(/y="([\d.]+)" class="label|class="label[^"]*" x="[^"]*" y="([\d.]+)"/g)]
      .map(([, a, b]) => Number(a ?? b))
      .sort((a, b) => a - b);
    expect(places).toHaveLength(18);
    for (const [at, place] of places.slice(1).entries())
      expect(place - (places[at] as number)).toBeGreaterThanOrEqual(16);
    expect(drawn).toContain("smoothed, 18 of 100 lines named");
    expect([drawn.includes("run 0 0"), drawn.includes("run 99 99")]).toEqual([true, true]);
  });

  test("makes a cross of a point that has no neighbour", () => {
    expect(drawSvg(plotOf([series("a", 7)]), size)).toMatch(
      /class="line c0 d0" d="M[\d.]+ [\d.]+h5m-2\.5 -2\.5v5"/,
    );
    expect(drawSvg(plotOf([series("a", 1, 2)]), size)).not.toContain("h5m");
  });

  test("has a band with its n, and six colours before dashes begin", () => {
    const band = bandOf("g", [series("a", 1, 2), series("b", 3, 4)]);
    expect(drawSvg(plotOf([band]), size)).toMatch(/class="band c0"[\s\S]*g 3 \(n 2\)/);
    const seven = Array.from({ length: 7 }, (_, n) => series(`run ${n}`, n, n + 1));
    expect(drawSvg(plotOf(seven), size)).toMatch(/class="line c0 d1"/);
  });

  const looksOf = (svg: string) =>
    [...svg.matchAll(/<path class="(line [^"]*)" d="([^"]*)"/g)].map(([, look, d]) => ({ look, d }));
  const many = (count: number) => Array.from({ length: count }, (_, n) => series(`run ${n}`, n, n + 1));

  test("tells 18 lines apart by three patterns, and up to 42 by seven, with room each with a piece before its label", () => {
    const eighteen = looksOf(drawSvg(plotOf(many(18)), size)).map(({ look }) => look);
    expect(new Set(eighteen).size).toBe(18);
    expect(eighteen.at(-1)).toBe("line c5 d2");
    for (const count of [19, 40, 42]) {
      const svg = drawSvg(plotOf(many(count)), { ...size, height: 1000 });
      const [lines, keys] = [looksOf(svg).slice(0, count), looksOf(svg).slice(count)];
      expect(new Set(lines.map(({ look }) => look)).size).toBe(count);
      expect(keys.map(({ look }) => look)).toEqual(lines.map(({ look }) => look));
      expect(keys.every(({ d }) => /^M\S+ \S+h38$/.test(d ?? ""))).toBe(true);
      for (const [index, dash] of dashes.entries())
        if (dash !== "") expect(svg).toContain(`.d${index}{stroke-dasharray:${dash}}`);
    }
  });
});

describe("in a terminal", () => {
  const plain = { rows: 8, paint: (text: string) => text };
  const descent = series("descent", ...Array.from({ length: 200 }, (_, n) => 200 - n));

  test("a descent is a descent, in dots and in letters", () => {
    expect(drawInTerminal(plotOf([descent]), { ...plain, columns: 40, isUnicode: true })).toEqual([
      "loss",
      "200 ┤⠓⢦⣀",
      "    ┤  ⠈⠓⢦⣀",
      "    ┤     ⠈⠓⢦⣀",
      "    ┤        ⠈⠓⢦⡀",
      "100 ┤           ⠈⠓⢤⡀",
      "    ┤              ⠈⠓⢤⡀",
      "    ┤                 ⠈⠓⢤⡀",
      "  0 ┤                    ⠈⠓⢤  descent 1",
      "    └ 0       step       199",
    ]);
    expect(drawInTerminal(plotOf([descent]), { ...plain, columns: 40, isUnicode: false }).join("\n")).toMatch(
      /^loss\n200 \|aa\n/,
    );
  });

  test("no line is wider than it", () => {
    for (const columns of [40, 60, 80, 200])
      for (const isUnicode of [true, false]) {
        const lines = drawInTerminal(plotOf([descent, series("a name that goes on and on", 3, 1e6)]), {
          ...plain,
          columns,
          isUnicode,
        });
        expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(columns);
      }
  });

  test("of many lines has a name for each row, and says so", () => {
    const hundred = Array.from({ length: 100 }, (_, n) => series(`run ${n}`, n, n));
    const lines = drawInTerminal(plotOf(hundred), { ...plain, columns: 60, isUnicode: true });
    expect(lines[0]).toBe("loss  8 of 100 lines named");
    expect(lines.filter((line) => /run \d+ \d+$/.test(line))).toHaveLength(8);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(60);
  });

  test("cuts a name before a value and its n, and keeps to letters where it has to", () => {
    const band = bandOf("a name that goes on and on", [series("a", 1, 2), series("b", 3, 4)]);
    const plot = plotOf([band], { note: "mean ± sample σ" });
    const [title, ...lines] = drawInTerminal(plot, { ...plain, columns: 40, isUnicode: false });
    expect(title).toBe("loss  mean +- sample sigma");
    expect(lines.join("\n")).toMatch(/a a.* 3 \(n 2\)/);
    expect(lines.join("\n")).toMatch(/^[ -~\n]*$/);
  });

  test("no line leads through what has no place on it", () => {
    const plot = plotOf([series("a", 1, -1, 1)], { isLog: true });
    const lines = drawInTerminal(plot, { ...plain, columns: 40, isUnicode: false });
    expect(lines.slice(0, -1).filter((line) => /aa/.test(line))).toEqual([]);
  });

  test("says when there is nothing", () => {
    expect(drawInTerminal(plotOf([]), { ...plain, columns: 80, isUnicode: true })).toEqual([
      "loss",
      "nothing to draw",
    ]);
  });
});
