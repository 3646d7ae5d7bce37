/** The inputs on record, which two files name: one says where each lay, the other what it was. */
import { isObject } from "../../manifest/validate.js";
import type { LoadedRun } from "../records/load/loaded-run.js";
import { dataOf } from "../verify/check-inputs.js";
import type { RecordedData } from "../verify/find-data.js";
import { missing } from "./missing.js";
import type { Missing } from "./result.js";

/** By name; those that cannot be read are not among them. */
export function inputsOf(loaded: LoadedRun): ReadonlyMap<string, RecordedData> {
  return new Map(
    listInputs(loaded).flatMap(([name, input]) => {
      const data = dataOf(input);
      return data === null ? [] : [[name, data] as const];
    }),
  );
}

/** Paths of inputs as typed: what a command names of them is no other code. */
export function inputPaths(loaded: LoadedRun): string[] {
  return [...inputsOf(loaded).values()].flatMap(({ authored }) => (authored === null ? [] : [authored]));
}

/** What the two do not agree about cannot be held to anything. */
export function faultsOfInputs(loaded: LoadedRun): Missing[] {
  const known = inputsOf(loaded);
  const unread = listInputs(loaded).filter(([name]) => !known.has(name));
  return [
    ...unread.map(([name]) => missing("input", name, "what is recorded of it cannot be read")),
    ...Object.entries(hashesOf(loaded)).flatMap(([name, sha256]) => {
      const data = known.get(name);
      if (data === undefined && unread.some(([one]) => one === name)) return [];
      if (data === undefined) return [missing("input", name, "where it lay is not on record")];
      return data.sha256 === sha256 ? [] : [missing("input", name, "the record names two digests for it")];
    }),
  ];
}

function hashesOf({ manifest }: LoadedRun): Readonly<Record<string, string>> {
  const provenance = manifest?.data_provenance;
  return provenance?.kind === "external" ? provenance.hashes : {};
}

function listInputs(loaded: LoadedRun): readonly (readonly [string, unknown])[] {
  const { inputs } = loaded;
  if (inputs === null || inputs.kind === "synthetic") return [];
  const [only = "input"] = Object.keys(hashesOf(loaded));
  return isObject(inputs.inputs) ? Object.entries(inputs.inputs) : [[only, inputs]];
}
