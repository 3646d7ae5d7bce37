import { expect, test } from "@jest/globals";
import { refusedFigureLines } from "../../../src/cli/reports/run/refused-figures.js";
import { paintFor } from "../../../src/cli/terminal/paint.js";

test("a figure that was refused is shown with what was wrong, also where that stands in the next line", () => {
  const reasons = [
    "by_site.json draws 7.5\nnot 7",
    "a.json is not what it should be:\n  code: missing required field 'code'",
    "a.json is not what it should be:\n  code: missing\n  dataset: missing\n  layer_id: missing",
    "",
  ];
  const refused = reasons.map((reason) => ({ name: "kg", reason }));
  expect(
    refusedFigureLines(refused, paintFor(false, {})).map((line) => line.replace(/^.*recorded: /, "")),
  ).toEqual([
    "by_site.json draws 7.5",
    "a.json is not what it should be: code: missing required field 'code'",
    "a.json is not what it should be: code: missing; and 2 more",
    "",
  ]);
});
