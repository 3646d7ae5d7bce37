import { describe, expect, test } from "@jest/globals";
import { readRowQuery } from "../../../src/operations/rows/row-query.js";

describe("readRowQuery", () => {
  test("takes values by column under either name, and lists of them (A27, C24)", () => {
    const key = { a: "1", b: null };
    expect(readRowQuery({ table: "t", key_fields: key })).toMatchObject({ fields: undefined, keys: [key] });
    expect(readRowQuery({ table: "t", keys: key })).toMatchObject({ fields: undefined, keys: [key] });
    expect(readRowQuery({ table: "t", key_fields: ["a"], keys: [["1"], ["2"]] })).toEqual({
      table: "t",
      figureId: undefined,
      fields: ["a"],
      keys: [["1"], ["2"]],
    });
    expect(readRowQuery({ table: "t", key_fields: ["a"] })).toMatchObject({ fields: ["a"], keys: undefined });
  });

  test.each([
    [{}],
    [{ table: "" }],
    [{ table: "t", keys: [], more: 1 }],
    [{ table: "t", key_fields: [] }],
    [{ table: "t", key_fields: ["a", "a"] }],
    [{ table: "t", keys: "a" }],
    [{ table: "t", format: "xml" }],
    [null],
  ])("refuses %j", (request) => {
    expect(() => readRowQuery(request)).toThrow(expect.objectContaining({ code: "BAD_ROW_REQUEST" }));
  });
});
