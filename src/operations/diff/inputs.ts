/** Input data: the same, changed, or unknown because a run does not say what it read. */
import { isObject } from "../../manifest/validate.js";
import { artifactOf, type LoadedRun } from "../records/load/loaded-run.js";
import { type Comparison, compareNamed, type Section, unknown, verdictOf } from "./comparison.js";

/** One input, or the seed that data is made from. */
export interface DiffedInput {
  readonly seed: number | null;
  /** 64 lower-case hexadecimal digits; `null` for a seed. */
  readonly sha256: string | null;
  readonly size_bytes: number | null;
  readonly row_count: number | null;
  readonly ordered_columns: readonly string[] | null;
  /** As it was typed. Where a file lies is no difference. */
  readonly authored_path: string | null;
}

export interface DataDiff extends Section {
  readonly inputs: readonly Comparison<DiffedInput>[];
}

type Inputs = ReadonlyMap<string, DiffedInput>;

export function diffInputs(a: LoadedRun, b: LoadedRun): DataDiff {
  const [[ofA, whyA], [ofB, whyB]] = [inputsOf(a), inputsOf(b)];
  const reason = whyA ?? whyB;
  if (ofA !== null && ofB !== null) {
    const inputs = compareNamed(...underOneName(ofA, ofB), isSameData);
    return { outcome: verdictOf(inputs), reason: null, inputs };
  }
  const known = [...(ofA ?? ofB ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
  const inputs = known.map(([name, input]) =>
    ofA !== null ? unknown(name, input, undefined, reason!) : unknown(name, undefined, input, reason!),
  );
  return { outcome: "unknown", reason: reasonOf(whyA, whyB), inputs };
}

export const predates = "predates provenance";
const notHere = "its provenance is not here";
const notValid = "its provenance is not what it should be";

/** One text from both sides. */
function reasonOf(a: string | null, b: string | null): string {
  return [...new Set([a, b].filter((reason) => reason !== null))].sort().join("; ");
}

/** What a run says of its data, or why it says nothing. */
function inputsOf(run: LoadedRun): [Inputs, null] | [null, string] {
  const recorded = run.inputs === null ? null : readProvenance(run.inputs, run);
  const inputs = recorded ?? declaredInputs(run);
  return inputs === null ? [null, whyNone(run)] : [inputs, null];
}

function whyNone(run: LoadedRun): string {
  if (artifactOf(run, "input_data_provenance")?.availability === "here") return notValid;
  return run.version < 3 ? predates : notHere;
}

/** The three forms of `input_data_provenance.json`; one input has no name there, so its fellow in the manifest lends it. */
function readProvenance(record: Readonly<Record<string, unknown>>, run: LoadedRun): Inputs | null {
  if (record.kind === "synthetic" && typeof record.seed === "number") return seedOf(record.seed);
  if (isObject(record.inputs)) {
    const named = Object.entries(record.inputs).map(([name, input]) => [name, readInput(input)] as const);
    return named.every((entry): entry is [string, DiffedInput] => entry[1] !== null) ? new Map(named) : null;
  }
  const only = readInput(record);
  if (only === null) return null;
  const [name, ...others] = [...(declaredInputs(run) ?? new Map()).keys()];
  return new Map([[others.length === 0 && name !== undefined ? name : unnamed, only]]);
}

const unnamed = "input";

const digest = /^[0-9a-f]{64}$/;

function readInput(record: unknown): DiffedInput | null {
  if (!isObject(record) || typeof record.sha256 !== "string" || !digest.test(record.sha256)) return null;
  const { sha256, size_bytes, row_count, ordered_columns, authored_path } = record;
  return {
    seed: null,
    sha256,
    size_bytes: typeof size_bytes === "number" ? size_bytes : null,
    row_count: typeof row_count === "number" ? row_count : null,
    ordered_columns: Array.isArray(ordered_columns) ? ordered_columns.map(String) : null,
    authored_path: typeof authored_path === "string" ? authored_path : null,
  };
}

const nothingMore = { size_bytes: null, row_count: null, ordered_columns: null, authored_path: null };

/** `data_provenance` of the manifest, which has digests only. */
function declaredInputs({ manifest }: LoadedRun): Inputs | null {
  if (manifest === null) return null;
  const { data_provenance } = manifest;
  if (data_provenance.kind === "synthetic") return seedOf(data_provenance.seed);
  return new Map(
    Object.entries(data_provenance.hashes).map(([name, sha256]) => [
      name,
      { seed: null, sha256, ...nothingMore },
    ]),
  );
}

function seedOf(seed: number): Inputs {
  return new Map([["synthetic seed", { seed, sha256: null, ...nothingMore }]]);
}

/** An input without a name is the only one of its run: it is held against the only one of the other, whatever its name. */
function underOneName(a: Inputs, b: Inputs): [Inputs, Inputs] {
  const [[nameA, inputA], [nameB, inputB]] = [firstOf(a), firstOf(b)];
  const isNameless = nameA === unnamed || nameB === unnamed;
  if (a.size !== 1 || b.size !== 1 || !isNameless || inputA.seed !== null || inputB.seed !== null)
    return [a, b];
  const name = nameA === unnamed ? nameB : nameA;
  return [new Map([[name, inputA]]), new Map([[name, inputB]])];
}

function firstOf(inputs: Inputs): [string, DiffedInput] {
  return [...inputs][0] ?? ["", { seed: null, sha256: null, ...nothingMore }];
}

function isSameData(a: DiffedInput, b: DiffedInput): boolean {
  return a.sha256 === b.sha256 && a.seed === b.seed;
}

/** What of two versions of an input there is to say beyond that they differ. */
export function columnsOf(
  a: DiffedInput | null,
  b: DiffedInput | null,
): { readonly added: readonly string[]; readonly removed: readonly string[]; readonly reordered: boolean } {
  const [before, after] = [a?.ordered_columns ?? [], b?.ordered_columns ?? []];
  const isKnown = a?.ordered_columns != null && b?.ordered_columns != null;
  if (!isKnown) return { added: [], removed: [], reordered: false };
  const added = after.filter((name) => !before.includes(name));
  const removed = before.filter((name) => !after.includes(name));
  const kept = (names: readonly string[]) =>
    names.filter((name) => !added.includes(name) && !removed.includes(name));
  return { added, removed, reordered: kept(before).join("\0") !== kept(after).join("\0") };
}
