/** Holds what a command printed with `--json` against its schema in `spec/cli/`. */
import { expect } from "@jest/globals";
import * as validators from "../../src/generated/validators.js";

export function expectOutput(name: `cli_${string}`, text: string): Record<string, unknown> {
  const value = JSON.parse(text);
  const validate = (validators as unknown as Record<string, { (value: unknown): boolean; errors?: unknown }>)[
    name
  ];
  if (validate === undefined) throw new Error(`spec has no schema for ${name}`);
  validate(value);
  expect(validate.errors).toBeNull();
  return value;
}
