/** Runs that differ only in what is named, such as a seed, as one: how many, and the spread of each number. */
import { parseField, splitFields } from "../../../query/parse-query.js";
import { type QueriedRun, type Scalar, valuesOf } from "../../../query/queried-run.js";
import type { Field } from "../../../query/query.js";

export interface RunGroup {
  readonly runs: readonly QueriedRun[];
  readonly completed: number;
  /** One a column, in their order. */
  readonly values: readonly GroupValue[];
}

export type GroupValue =
  /** `sd`: sample standard deviation, divided by n - 1; `null` of one alone. `notFinite`: NaN and infinities, which are in neither. */
  | { readonly mean: number; readonly sd: number | null; readonly n: number; readonly notFinite: number }
  /** What they all have, or how many values they have. */
  | { readonly same: Scalar | null }
  | { readonly different: number };

/** `names`: parameters, as typed; parted by commas. A run that has none of them is in a group with others that have none. */
export function groupRuns(runs: readonly QueriedRun[], names: string, columns: readonly Field[]): RunGroup[] {
  const varied = namesIn(names);
  const groups = new Map<string, QueriedRun[]>();
  for (const run of runs) {
    const key = keyWithout(varied, run);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()].map((members) => ({
    runs: members,
    completed: members.filter(({ status }) => status === "completed").length,
    values: columns.map((field) => summaryOf(field, members)),
  }));
}

/**
 * The parameters by which the runs differ, but for those that are not told apart: what names a group. Those with the most values come first;
 * what some runs have and others have not tells them apart least.
 */
export function parametersThatDiffer(runs: readonly QueriedRun[], names: string): string[] {
  const varied = namesIn(names);
  const values = new Map<string, Set<string>>();
  const had = new Map<string, number>();
  for (const [name, value] of runs.flatMap(({ params }) => Object.entries(params))) {
    values.set(name, (values.get(name) ?? new Set()).add(JSON.stringify(value)));
    had.set(name, (had.get(name) ?? 0) + 1);
  }
  const countOf = (name: string) => values.get(name)?.size ?? 0;
  return [...values.keys()]
    .filter((name) => name !== "argv" && !varied.includes(name))
    .filter((name) => countOf(name) > 1 || had.get(name) !== runs.length)
    .sort((a, b) => countOf(b) - countOf(a) || (a < b ? -1 : 1));
}

/** Of these names, those of which no run has anything to leave out: most likely they are misspelt. */
export function namesWithoutEffect(runs: readonly QueriedRun[], names: string): string[] {
  const isIn = (name: string, { params: { argv, ...params } }: QueriedRun) =>
    Object.hasOwn(params, name) || (Array.isArray(argv) && wordsWithout([name], argv).length < argv.length);
  return namesIn(names).filter(
    (name) => !["", "argv", "data.seed"].includes(name) && !runs.some((run) => isIn(name, run)),
  );
}

/** A name may be quoted, as in a query. */
function namesIn(text: string): string[] {
  return text.split(",").map((name) =>
    name
      .trim()
      .replace(/^params?\./, "")
      .replace(/^([`"'])(.*)\1$/, "$2"),
  );
}

/** Code is not in it: members of a group are often run over several commits. What is asked for decides. */
function keyWithout(varied: readonly string[], { name, pipeline, params, data }: QueriedRun): string {
  const kept = Object.entries(params)
    .filter(([name]) => !varied.includes(name))
    .map(([name, value]) => [
      name,
      name === "argv" && Array.isArray(value) ? wordsWithout(varied, value) : value,
    ]);
  const seed = varied.includes("data.seed") ? null : data;
  return JSON.stringify([
    name,
    pipeline,
    kept.sort(([a], [b]) => ((a as string) < (b as string) ? -1 : 1)),
    seed,
  ]);
}

/** The command's words name the parameter too: `--seed 3`, `--seed=3`, `seed=3`. */
function wordsWithout(varied: readonly string[], words: readonly unknown[]): unknown[] {
  const isFlag = (word: unknown) => varied.some((name) => word === `--${name}` || word === `-${name}`);
  return words.filter((word, index) => {
    const isPair = varied.some(
      (name) => typeof word === "string" && new RegExp(`^-{0,2}${escaped(name)}=`).test(word),
    );
    return !isPair && !isFlag(word) && !(index > 0 && isFlag(words[index - 1]));
  });
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function summaryOf(field: Field, runs: readonly QueriedRun[]): GroupValue {
  const found = runs.map((run) => valuesOf(field, run)[0] ?? null);
  if (field.entity !== "metric" && !isNumber(field)) {
    const different = new Set(found.map((value) => JSON.stringify(value))).size;
    return different === 1 ? { same: found[0] ?? null } : { different };
  }
  const numbers = found.filter((value) => typeof value === "number");
  if (numbers.length === 0) return { same: null };
  return spreadOf(numbers);
}

function isNumber({ entity, path }: Field): boolean {
  return entity === "attribute" && path[0] === "elapsed";
}

/** In one pass, after Welford. */
function spreadOf(all: readonly number[]): GroupValue {
  const numbers = all.filter(Number.isFinite);
  let mean = 0;
  let squares = 0;
  for (const [index, value] of numbers.entries()) {
    const before = value - mean;
    mean += before / (index + 1);
    squares += before * (value - mean);
  }
  const n = numbers.length;
  return {
    mean: n === 0 ? Number.NaN : mean,
    sd: n < 2 ? null : Math.sqrt(squares / (n - 1)),
    n,
    notFinite: all.length - n,
  };
}

/** Fields as typed, parted by commas. @throws UsageError */
export function parseColumns(text: string): Field[] {
  return splitFields(text).map(parseField);
}
