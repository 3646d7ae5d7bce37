import { describe, expect, test } from "@jest/globals";
import { createLineMatcher } from "../../../src/operations/console/match-lines.js";
import { parseMetricPattern } from "../../../src/operations/console/metric-pattern.js";
import { createPrintedLines, longestPrinted } from "../../../src/operations/console/printed-lines.js";
import { parsePrintedNumber } from "../../../src/operations/console/printed-number.js";

/** The points that patterns find in a text, which arrives in pieces of a size. */
function points(patterns: readonly string[], text: string, size = text.length + 1) {
  const matcher = createLineMatcher(patterns.map((pattern) => parseMetricPattern(pattern)));
  const lines = createPrintedLines();
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size)
    matcher.add("stdout", lines.push(bytes.subarray(at, at + size)));
  matcher.add("stdout", lines.end());
  matcher.work();
  return matcher.take();
}

describe("parsePrintedNumber", () => {
  test.each([
    ["3", 3],
    ["+0.21", 0.21],
    ["1e-3", 0.001],
    ["-2.5E+6", -2.5e6],
    [".5", 0.5],
    ["5.", 5],
    ["1,234,567.8", 1234567.8],
    ["10_000", 10000],
    ["93.1%", 93.1],
    [" 7 ", 7],
    ["nan", Number.NaN],
    ["NaN", Number.NaN],
    ["-nan", Number.NaN],
    ["inf", Number.POSITIVE_INFINITY],
    ["-Infinity", Number.NEGATIVE_INFINITY],
  ])("reads %s", (text, value) => expect(parsePrintedNumber(text)).toBe(value));

  test.each(["", "0,21", "1,2345", "1.2.3", "1.2k", "0x10", "e5", ".", "-", "1 2", "nano", "12,34,567"])(
    "finds no number in %j",
    (text) => expect(parsePrintedNumber(text)).toBeUndefined(),
  );
});

describe("a pattern as the line looks", () => {
  test.each([
    ["epoch {step} loss {loss}", "epoch 3 loss 0.21", [{ step: 3, metrics: { loss: 0.21 } }]],
    ["epoch {step} loss {loss}", "[worker]  epoch   3\tloss 1e-3.", [{ step: 3, metrics: { loss: 0.001 } }]],
    [
      "Epoch {step}/{}: loss={loss} acc: {acc}%",
      "Epoch 3/10: loss=0.21 acc: 93.1%",
      [{ step: 3, metrics: { loss: 0.21, acc: 93.1 } }],
    ],
    ["loss: {val/loss}", "loss: -inf", [{ step: null, metrics: { "val/loss": "-Infinity" } }]],
    ["loss={loss}, acc={acc}", "loss=1,234,acc=0.5", []],
    ["loss={loss},acc={acc}", "loss=1,234,acc=0.5", [{ step: null, metrics: { loss: 1234, acc: 0.5 } }]],
    ["loss {loss}", "val_loss 0.3 loss 0.25", [{ step: null, metrics: { loss: 0.25 } }]],
    ["s/step - loss: {loss}", "3s/step - loss: 0.25", [{ step: null, metrics: { loss: 0.25 } }]],
    ["{loss}", "0.25", [{ step: null, metrics: { loss: 0.25 } }]],
    ["(x) {a}* [b]", "(x) 4* [b]", [{ step: null, metrics: { a: 4 } }]],
  ])("%j in %j", (pattern, line, found) => expect(points([pattern], line)).toEqual(found));

  test.each([
    "loss 0.21s",
    "loss 1.2k",
    "loss 0,21",
    "loss 1.2.3",
    "lossy 3",
    "loss none",
    "floss 3",
    "val_loss 3",
  ])("cuts no number out of %j", (line) => expect(points(["loss {loss}"], line)).toEqual([]));
});

describe("a pattern that is a regular expression", () => {
  test("has metrics in named groups, and others that are none", () => {
    expect(points([String.raw`(E|e)poch (?<step>\d+).*?(?<loss>[\d.]+)$`], "Epoch 7: 0.5\n")).toEqual([
      { step: 7, metrics: { loss: 0.5 } },
    ]);
  });

  test("counts what it matches and is no number, and says nothing at a step that is none", () => {
    const matcher = createLineMatcher([parseMetricPattern("(?<step>.*):(?<loss>.*)")]);
    matcher.add("stdout", [
      { text: "1:n/a", isRedrawn: false },
      { text: "one:0.5", isRedrawn: false },
      { text: "2:0.5", isRedrawn: false },
    ]);
    matcher.work();
    expect(matcher.take()).toEqual([{ step: 2, metrics: { loss: 0.5 } }]);
    expect(matcher.tallies).toEqual([
      { pattern: "(?<step>.*):(?<loss>.*)", lines: 3, no_numbers: 2, too_slow: 0 },
    ]);
  });

  test.each([
    ["loss", /names no metric/],
    ["{}", /names no metric/],
    ["{a} {a}", /names "a" twice/],
    ["(?<a>[", /no regular expression/],
    ["{__proto__}", /__proto__/],
    ["x".repeat(2000), /longer than/],
  ])("is refused where it is none: %.20s", (pattern, message) => {
    expect(() => parseMetricPattern(pattern)).toThrow(
      expect.objectContaining({ code: "BAD_METRIC_PATTERN", message: expect.stringMatching(message) }),
    );
  });
});

describe("several patterns", () => {
  test("that match one line make one point of it", () => {
    expect(points(["acc {acc}", "step {step} loss {loss}"], "step 1 loss 2 acc 3\n")).toEqual([
      { step: null, metrics: { acc: 3 } },
      { step: 1, metrics: { loss: 2 } },
    ]);
    expect(points(["acc {acc}", "step {step}", "loss {loss}"], "step 1 loss 2 acc 3\n")).toEqual([
      { step: 1, metrics: { acc: 3, loss: 2 } },
    ]);
  });

  test("of which one has the step alone give it to the lines that follow, as Keras prints", () => {
    const keras = "Epoch 1/2\n 10/10 - loss: 0.50 - acc: 0.8\nEpoch 2/2\n 10/10 - loss: 0.25 - acc: 0.9\n";
    expect(points(["Epoch {step}/", "- loss: {loss} - acc: {acc}"], keras)).toEqual([
      { step: 1, metrics: { loss: 0.5, acc: 0.8 } },
      { step: 2, metrics: { loss: 0.25, acc: 0.9 } },
    ]);
  });
});

describe("printed lines", () => {
  const bar =
    "\r  0%|      | 0/3 [00:00<?, ?it/s]\r 33%|##    | 1/3 [00:00<00:00, 9.1it/s, loss=0.5]" +
    "\r 33%|##    | 1/3 [00:00<00:00, 9.2it/s, loss=0.5]\r 66%|####  | 2/3 [00:00<00:00, 9.1it/s, loss=0.4]" +
    "\r100%|######| 3/3 [00:00<00:00, 9.1it/s, loss=0.4]\r100%|######| 3/3 [00:00<00:00, 9.0it/s, loss=0.4]\n";
  const drawn = [
    { step: 1, metrics: { loss: 0.5 } },
    { step: 2, metrics: { loss: 0.4 } },
    { step: 3, metrics: { loss: 0.4 } },
  ];

  test.each([1, 2, 3, 7, 64, 10_000])(
    "of a progress bar are its drawings, those without news left out, in pieces of %d bytes",
    (size) => {
      expect(points(["| {step}/{} [{}loss={loss}]"], bar, size)).toEqual(drawn);
    },
  );

  test("that are printed, not drawn, are points however alike, whatever ends them", () => {
    for (const end of ["\n", "\r\n"])
      for (const size of [1, 2, 5, 100])
        expect(points(["loss {loss}"], `loss 1${end}loss 1${end}loss 1`, size)).toHaveLength(3);
  });

  test("lose their colours, and end where the cursor goes elsewhere", () => {
    expect(
      points(
        ["loss {loss}"],
        "\x1b[1;32mloss\x1b[0m \x1b[33m0.5\x1b[0m\n\x1b]0;title\x07loss 0.4\x1b[1A\x1b[2Kloss 0.3\b\b\bloss 0.2\n",
      ),
    ).toEqual([0.5, 0.4, 0.3, 0.2].map((loss) => ({ step: null, metrics: { loss } })));
  });

  test("that are too long are counted and passed over, in pieces too, and the next one is read", () => {
    for (const size of [1000, 1_000_000]) {
      const lines = createPrintedLines();
      const bytes = Buffer.from(
        `a\n${"x".repeat(longestPrinted + 1)}\nb\r${"y".repeat(3 * longestPrinted)}\nc`,
      );
      const found = [];
      for (let at = 0; at < bytes.length; at += size)
        found.push(...lines.push(bytes.subarray(at, at + size)));
      found.push(...lines.end());
      expect(found.map(({ text }) => text)).toEqual(["a", "b", "c"]);
      expect(lines.tooLong).toBe(2);
    }
  });

  test("may be of any bytes", () => {
    const bytes = Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 7919) % 256));
    const lines = createPrintedLines();
    expect(() => [lines.push(bytes), lines.end()]).not.toThrow();
    expect(points(["verlust {v}"], "größe \u{1f600} verlust 3\n", 1)).toEqual([
      { step: null, metrics: { v: 3 } },
    ]);
  });
});
