import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { dashes } from "../../src/draw/dashes.js";
import { drawFigure } from "../../src/draw/figures/draw-figure.js";
import { widthOf } from "../../src/draw/figures/letters.js";
import type { Picture, Row } from "../../src/draw/figures/picture.js";

function picture(type: string, rows: readonly Row[], more: Partial<Picture> = {}): Picture {
  const cited = rows.map((_, index) => [1 + (index % 2)]);
  return { type, title: "A title", unit: "kg", xLabel: "", yLabel: "", rows, value: "v", cited, ...more };
}

function svgOf(drawn: Picture, width = 760): string {
  const { svg, reason } = drawFigure(drawn, width, "id");
  if (svg === null) throw new Error(reason);
  return svg;
}

/** Attributes of each mark, by the place of its row. */
function marksOf(svg: string): Record<string, string>[] {
  return [...svg.matchAll(/<(?:rect|circle|path) class="mark [^>]*>/g)].map(([tag]) =>
    Object.fromEntries([...tag.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, value])),
  );
}

const numbersIn = (text: string | undefined) => (text ?? "").match(/-?\d+(?:\.\d+)?/g)?.map(Number) ?? [];

const examples: Readonly<Record<string, readonly Row[]>> = {
  stacked: [
    { stack: "a", series: "s", v: 1 },
    { stack: "a", series: "t", v: 3 },
    { stack: "b", series: "s", v: -2 },
  ],
  bar: [
    { category: "a", v: 1 },
    { category: "b", v: 2 },
  ],
  bubble: [
    { name: "small", x: 1, y: 2, v: 1 },
    { name: "large", x: 3, y: 4, v: 4 },
  ],
  sankey: [
    { source: "coal", target: "plant", v: 6 },
    { source: "gas", target: "plant", v: 2 },
    { source: "plant", target: "homes", v: 5 },
    { source: "plant", target: "losses", v: 3 },
  ],
  heatmap: [
    { x: "mon", y: "a", v: 0 },
    { x: "tue", y: "a", v: 10 },
  ],
  line: [
    { x: 0, series: "s", v: 1 },
    { x: 10, series: "s", v: 2 },
  ],
  scatter: [
    { x: 0, y: 1, v: 1 },
    { x: 10, y: 2, v: 1 },
  ],
  histogram: [
    { x0: 0, x1: 5, v: 2 },
    { x0: 5, x1: 10, v: 1 },
  ],
};
const areas = [2010, 2011, 2012].flatMap((x) => [
  { x, series: "s", v: 1 },
  { x, series: "t", v: 3 },
]);

describe("drawFigure", () => {
  test.each(Object.keys(examples))(
    "gives a mark for each row of a %s, with its value and references",
    (type) => {
      const rows = examples[type] as readonly Row[];
      for (const width of [330, 760]) {
        const svg = svgOf(picture(type, rows), width);
        expect(
          marksOf(svg)
            .map((mark) => mark["data-row"])
            .sort(),
        ).toEqual(rows.map((_, index) => String(index)));
        expect([...svg.matchAll(/<title>([^<]*)<\/title>/g)].length).toBe(rows.length);
        expect(svg).toMatch(/<title>[^<]* kg \[1\]<\/title>/);
        expect(svg).toMatch(/role="img" aria-labelledby="id-title" aria-describedby="id-desc"/);
        expect(svg).toMatch(/<desc id="id-desc">[A-Z0-9][^<]*\.<\/desc>/);
      }
    },
  );

  test("gives the same bytes again, no style, no script, no address, and numbers of at most two digits", () => {
    for (const [type, rows] of [...Object.entries(examples), ["stacked", areas] as const]) {
      const svg = svgOf(picture(type, rows));
      expect(svgOf(picture(type, structuredClone(rows)))).toBe(svg);
      expect(svg).not.toMatch(/style|script|href|NaN|undefined|Infinity/);
      expect(svg.replace("http://www.w3.org/2000/svg", "")).not.toMatch(/http/);
      const places = [...svg.matchAll(/ (?:x|y|width|height|cx|cy|r|d)="([^"]*)"/g)].map(
        ([, value]) => value,
      );
      expect(places.filter((value) => /\.\d{3}/.test(value ?? ""))).toEqual([]);
    }
  });

  test("makes lengths of bars, and areas of bubbles, as large as values", () => {
    const [one, three, below] = marksOf(svgOf(picture("stacked", examples.stacked as readonly Row[])));
    expect(Number(three?.width) / Number(one?.width)).toBeCloseTo(3, 1);
    // What is below zero ends where what is above begins.
    expect(Number(below?.x) + Number(below?.width)).toBeCloseTo(Number(one?.x), 1);
    expect(Number(three?.x)).toBeCloseTo(Number(one?.x) + Number(one?.width), 1);
    const [large, small] = marksOf(svgOf(picture("bubble", examples.bubble as readonly Row[])));
    expect([large?.["data-row"], small?.["data-row"]]).toEqual(["1", "0"]);
    expect(Number(large?.r) / Number(small?.r)).toBeCloseTo(2, 1);
  });

  test("makes flows as thick as values, in columns, in as little disorder as may be", () => {
    const marks = marksOf(svgOf(picture("sankey", examples.sankey as readonly Row[])));
    const bands = Object.fromEntries(
      marks.map((mark) => {
        const [x0, y0, , , , , x1, y1, bottom] = numbersIn(mark.d);
        return [mark["data-row"], { x0, x1, y0, y1, thickness: (bottom ?? 0) - (y1 ?? 0) }];
      }),
    ) as Record<string, { x0: number; x1: number; y0: number; y1: number; thickness: number }>;
    expect(
      (bands[0] as { thickness: number }).thickness / (bands[1] as { thickness: number }).thickness,
    ).toBeCloseTo(3, 1);
    expect(bands[0]?.x1).toBe(bands[1]?.x1);
    expect(bands[2]?.x0).toBeGreaterThan(bands[0]?.x1 as number);
    // Coal lies above gas where it leaves and where it arrives.
    expect([(bands[0]?.y0 ?? 0) < (bands[1]?.y0 ?? 0), (bands[0]?.y1 ?? 0) < (bands[1]?.y1 ?? 0)]).toEqual([
      true,
      true,
    ]);
  });

  test("lays areas over numbers, the first series at the bottom, and all hit places inside", () => {
    const svg = svgOf(picture("stacked", areas));
    expect([...svg.matchAll(/<path class="fill c(\d)/g)].map(([, colour]) => colour)).toEqual(["0", "1"]);
    const marks = marksOf(svg);
    expect(marks).toHaveLength(6);
    const heights = marks
      .slice(0, 1)
      .concat(marks.slice(3, 4))
      .map(({ height }) => Number(height));
    expect((heights[1] as number) / (heights[0] as number)).toBeCloseTo(3, 1);
    expect(svg).toContain(">2011<");
  });

  test("names series in the order in which rows cite, with their references", () => {
    const rows = ["z", "a", "m"].map((series) => ({ stack: "all", series, v: 1 }));
    const svg = svgOf(picture("stacked", rows, { cited: [[1], [2], [1, 3]] }));
    const legend = [...svg.matchAll(/<text class="label"[^>]*>([^<]*\])<\/text>/g)].map(([, words]) => words);
    expect(legend).toEqual(["z [1]", "a [2]", "m [1, 3]"]);
  });

  test("keeps everything inside of its paper, however long names are", () => {
    const long = "A name that goes on for longer than anybody would have thought it might";
    for (const [type, rows] of Object.entries(examples))
      for (const width of [330, 760]) {
        const named = rows.map((row) =>
          Object.fromEntries(
            Object.entries(row).map(([key, value]) => [
              key,
              typeof value === "string" ? `${long} ${value}` : value,
            ]),
          ),
        );
        const svg = svgOf(picture(type, named, { unit: long, xLabel: long, yLabel: long }), width);
        for (const [, attributes = "", words = ""] of svg.matchAll(/<text ([^>]*)>([^<]*)</g)) {
          const [x = 0] = numbersIn(/ x="([^"]*)"/.exec(attributes)?.[1]);
          const share = attributes.includes('"end"') ? 1 : attributes.includes('"middle"') ? 0.5 : 0;
          const start = x - share * widthOf(words);
          expect([type, words, start >= -8, start + widthOf(words) <= width + 8]).toEqual([
            type,
            words,
            true,
            true,
          ]);
        }
        for (const mark of marksOf(svg).filter(({ x }) => x !== undefined))
          expect(Number(mark.x) + Number(mark.width)).toBeLessThanOrEqual(width);
      }
  });

  test.each([330, 760])("writes out as many dates as there is room for, at a width of %i", (width) => {
    const dates = Array.from({ length: 12 }, (_, month) => `2024-${String(month + 1).padStart(2, "0")}-01`);
    const svg = svgOf(
      picture(
        "line",
        dates.map((date, v) => ({ date, v })),
      ),
      width,
    );
    const labels = [...svg.matchAll(/<text ([^>]*)>(2024[^<]*)</g)].map(([, attributes = "", words = ""]) => {
      const share = attributes.includes('"end"') ? 1 : attributes.includes('"middle"') ? 0.5 : 0;
      const start = (numbersIn(/ x="([^"]*)"/.exec(attributes)?.[1])[0] as number) - share * widthOf(words);
      return { words, start, end: start + widthOf(words) };
    });
    expect(labels.map(({ words }) => words)).toEqual(
      dates.filter((date) => labels.some(({ words }) => words === date)),
    );
    expect([labels[0]?.words, labels.at(-1)?.words]).toEqual([dates[0], dates[11]]);
    for (const [index, { start }] of labels.slice(1).entries())
      expect(start).toBeGreaterThan((labels[index] as { end: number }).end);
    expect(labels.at(-1)?.end).toBeLessThanOrEqual(width);
  });

  test.each<[string, readonly Row[], string]>([
    ["table", examples.bar as readonly Row[], ""],
    ["stacked", [], "it has no rows"],
    ["stacked", [{ stack: "a" }], 'a row has no number "v"'],
    ["bubble", [{ x: 1, y: 1, v: -1 }], "an area cannot be below zero"],
    ["bubble", [{ x: "1", y: 1, v: 1 }], 'a row has no number "x"'],
    ["sankey", [{ source: "a", v: 1 }], 'not every row has "target" or "to"'],
    ["sankey", [{ source: "a", target: "b", v: -1 }], "a flow cannot be below zero"],
    [
      "sankey",
      [
        { source: "a", target: "b", v: 1 },
        { source: "b", target: "a", v: 1 },
      ],
      "flows go in a circle",
    ],
    ["heatmap", [{ x: 1, v: 1 }], 'not every row has "y" or "row" or "target"'],
    ["histogram", [{ x0: 1, v: 1 }], 'not every row has "x1" or "high" or "to"'],
    [
      "scatter",
      Array.from({ length: 5001 }, () => ({ x: 1, y: 1, v: 1 })),
      "5001 rows are more than are drawn, 5000",
    ],
    ["violin", examples.bar as readonly Row[], 'no drawing is known for "violin"'],
    ["toString", examples.bar as readonly Row[], 'no drawing is known for "toString"'],
  ])("says why it cannot draw a %s, case %#", (type, rows, reason) => {
    expect(drawFigure(picture(type, rows), 760, "id")).toEqual({ svg: null, reason });
  });

  test("draws zeros, one row, and a thousand", () => {
    for (const type of ["stacked", "bubble", "sankey", "heatmap", "line", "scatter", "histogram"]) {
      const zero = { stack: "a", name: "a", source: "a", target: "b", x: 1, y: 1, x0: 0, x1: 1, v: 0 };
      expect(svgOf(picture(type, [zero]))).not.toMatch(/NaN|Infinity/);
    }
    const many = Array.from({ length: 1000 }, (_, k) => ({
      source: `s${k % 50}`,
      target: `t${k % 20}`,
      v: k,
    }));
    expect(marksOf(svgOf(picture("sankey", many)))).toHaveLength(1000);
  });

  describe("of many series", () => {
    const rows = (count: number) =>
      Array.from({ length: count }, (_, n) => ({ x: n, y: n, stack: "all", series: `s${n}`, v: n + 1 }));
    const classes = (svg: string, of: RegExp) => [...svg.matchAll(of)].map(([, name]) => name as string);
    const marks = /class="mark ([^"]*)"/g;

    test.each(["bar", "bubble", "scatter", "line"])("gives each of 40 in a %s another look", (type) => {
      const svg = svgOf(picture(type, rows(40)));
      expect(new Set(classes(svg, marks)).size).toBe(40);
      const swatches = classes(
        svg,
        type === "line" ? /<path class="(line [^"]*)" d="[^"]*h38"/g : /<rect class="(fill [^"]*)"/g,
      );
      expect(new Set(swatches).size).toBe(40);
      if (type === "line") expect(classes(svg, /<path class="(line [^"]*)" d="M[^"h]*"/g)).toEqual(swatches);
    });

    test.each(["bar", "bubble", "scatter", "line"])("draws 18 in a %s without edges and dashes", (type) => {
      const svg = svgOf(picture(type, rows(18)));
      expect(new Set(classes(svg, marks)).size).toBe(18);
      expect(svg).not.toMatch(/class="[^"]* [de]\d/);
    });

    test("has a style for every look that there is, and the dashes of every plot", () => {
      const style = readFileSync(new URL("../../src/server/page/page.css", import.meta.url), "utf8");
      const svg = svgOf(picture("line", rows(72)));
      const looks = new Set(
        classes(svg, /class="([^"]*)"/g).flatMap((names) => names.match(/\b[cdel]\d\b/g) ?? []),
      );
      for (const look of looks) if (look !== "d0") expect(style).toMatch(new RegExp(`^\\.${look}\\b`, "m"));
      for (const [index, dash] of dashes.entries())
        if (dash !== "") expect(style).toContain(`.d${index} {\n  stroke-dasharray: ${dash};`);
    });
  });
});
