import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { redactMembers } from "../../src/secrets/values.js";

describe("redactMembers", () => {
  test("takes members named like secrets whole, at any depth, and points at them", () => {
    const value = { logger: { api_key: "abc", "a/b~c": { token: 5 } }, api_keys: ["p", "q"], lr: 0.1 };
    expect(redactMembers(value)).toEqual({
      value: {
        logger: { api_key: "«redacted:named-key»", "a/b~c": { token: "«redacted:named-token»" } },
        api_keys: ["«redacted:named-key»", "«redacted:named-key»"],
        lr: 0.1,
      },
      redactions: { "named-key": 3, "named-token": 1 },
      pointers: ["/logger/api_key", "/logger/a~1b~0c/token", "/api_keys/0", "/api_keys/1"],
    });
  });

  test("applies the rules for values under every name", () => {
    const { value, pointers } = redactMembers({
      notes: ["see https://bob:pw@example.com"],
      n: [1, "x", null],
    });
    expect(value).toEqual({
      notes: ["see https://«redacted:url-credentials»@example.com"],
      n: [1, "x", null],
    });
    expect(pointers).toEqual(["/notes/0"]);
  });

  test("reads a list of texts as a command", () => {
    expect(redactMembers({ args: ["--token", "abc", "--lr", "1"] })).toEqual({
      value: { args: ["--token", "«redacted:named-token»", "--lr", "1"] },
      redactions: { "named-token": 1 },
      pointers: ["/args/1"],
    });
  });

  test("reads a pair of name and value as a member", () => {
    const { value } = redactMembers([
      { key: "db_password", value: "x" },
      { name: "lr", value: "0.1" },
    ]);
    expect(value).toEqual([
      { key: "db_password", value: "«redacted:named-password»" },
      { name: "lr", value: "0.1" },
    ]);
  });

  test("leaves switches, nothing and the settings of tokenizers alone", () => {
    const value = {
      token: null,
      use_auth_token: true,
      password: "",
      pad_token: "<pad>",
      max_tokens: 512,
      "": "x",
    };
    expect(redactMembers(value)).toEqual({ value, redactions: {}, pointers: [] });
  });

  test("keeps a member called __proto__ a member", () => {
    const { value } = redactMembers(JSON.parse('{"__proto__":{"token":"x"}}'));
    expect(JSON.stringify(value)).toBe('{"__proto__":{"token":"«redacted:named-token»"}}');
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  test("never changes what it was given, and copies what holds no secret exactly", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const before = JSON.stringify(value);
        const redacted = redactMembers(value);
        expect(JSON.stringify(value)).toBe(before);
        if (redacted.pointers.length === 0) expect(JSON.stringify(redacted.value)).toBe(before);
      }),
      { seed: 1 },
    );
  });
});
