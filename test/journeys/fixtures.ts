/** A throw-away repository, the built program in it, and fixtures that it makes and somebody tampers with. */
import { cpSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect } from "@jest/globals";
import { expectOutput } from "./matches-schema.js";
import { makeRepository } from "./repository.js";

export const repository = makeRepository();
afterAll(() => repository.remove());

export const bundle = '{"seed": 42, "namespace": "tests", "partition": "0"}';
export const given: Readonly<Record<string, string>> = {
  generator: "market-events",
  "seed-bundle": bundle,
  profile: "calm",
  scenario: "options-sweep",
  "run-name": "opening",
};
export const params = ["events=20", "symbols=SPY,QQQ", "start_ts=1767623400000", "interval_ms=250"];

export const module = `
export const name = "ticks";
export const version = "3";
export function* generate({ seed_bundle, params }) {
  for (let seq = 0; seq < params.events; seq += 1) {
    const trace_id = "t" + seq;
    const event = { kind: "tick", ts: 1000 + seq, ingest_ts: 1001 + seq, seq, trace_id, value: seed_bundle.seed * seq };
    yield { event, provenance: { trace_id, from: "module" }, labels: seq === 1 ? [{ trace_id, label: "odd" }] : [] };
  }
}
`;

export interface Changes {
  readonly flags?: Readonly<Record<string, string | undefined>>;
  readonly params?: readonly string[];
  readonly more?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

export function generate(
  folder: string,
  { flags = {}, params: chosen = params, more = [], env }: Changes = {},
) {
  const all = Object.entries({ ...given, "output-dir": folder, ...flags });
  const words = all.flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag}`, value]));
  const end = more.indexOf("--");
  const [own, command] = end < 0 ? [more, []] : [more.slice(0, end), more.slice(end)];
  const named = chosen.flatMap((param) => ["--param", param]);
  return repository.colophon(["fixture", "generate", ...words, ...named, ...own, ...command], env && { env });
}

export const at = (...parts: string[]) => join(repository.root, ...parts);
export const filesOf = (folder: string) => readdirSync(at(folder)).sort();
export const fixture = (...words: string[]) => repository.colophon(["fixture", ...words]);
export const faultsOf = (folder: string) => {
  const { status, stdout } = fixture("verify", folder, "--json");
  const { valid, faults } = expectOutput("cli_fixture_verify", stdout) as {
    valid: boolean;
    faults: { code: string; file: string; line: number | null; trace_id: string | null }[];
  };
  expect([status, valid]).toEqual(faults.length === 0 ? [0, true] : [1, false]);
  return faults;
};
export const codesOf = (folder: string) => [...new Set(faultsOf(folder).map(({ code }) => code))];

/** A copy of the fixture `one`, with a file of it changed. */
export function tampered(name: string, file: string, change: (text: string) => string): string {
  rmSync(at(name), { recursive: true, force: true });
  cpSync(at("one"), at(name), { recursive: true });
  writeFileSync(at(name, file), change(repository.read(`${name}/${file}`)));
  return name;
}

repository.write("gen.mjs", module);
