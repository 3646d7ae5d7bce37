import { expect, test } from "@jest/globals";
import { formatCount } from "../../src/manifest/count.js";

test.each([
  [0, "0"],
  [999, "999"],
  [1000, "1,000"],
  [1234567, "1,234,567"],
])("a count of %i reads %s", (count, text) => {
  expect(formatCount(count)).toBe(text);
});
