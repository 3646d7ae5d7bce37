import { readFileSync } from "node:fs";

export type Json = Record<string, unknown>;

/** A fresh copy of an example in `spec/examples/valid`. */
export function example(name: string): Json {
  const file = new URL(`../../spec/examples/valid/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as Json;
}

export function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}
