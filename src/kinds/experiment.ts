/** The experiment kind: what is about to be run. Founding rules: seven required fields, one reserved key, two provenances. */

import type { Manifest } from "../generated/types.js";
import * as validators from "../generated/validators.js";
import { digestOfNothing } from "../manifest/digest.js";
import { type Check, countMembers, type Kind } from "../manifest/kind.js";
import { defaultMaximumBytes } from "../manifest/parse.js";
import { appendToPointer } from "../manifest/pointer.js";
import { parseUtc } from "../manifest/timestamps.js";
import { isObject } from "../manifest/validate.js";

export const manifestSchemaVersion = 1;

export type DataProvenance = Manifest["data_provenance"];
export type Extensions = Readonly<Record<string, object>>;
/** A manifest with its extension key, whichever that is. */
export type ExperimentManifest = Manifest & { readonly [namespace: string]: unknown };

export interface ExperimentFacts {
  readonly experimentId: string;
  readonly timestampUtc: string;
  readonly git: Manifest["git"];
  readonly env: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, unknown>>;
  readonly dataProvenance: DataProvenance;
  readonly extensions: Extensions;
  readonly namespace: string;
}

/** Puts the facts in their places; copies the maps it is given, one level deep. Does not validate. */
export function buildExperiment(facts: ExperimentFacts): ExperimentManifest {
  return {
    manifest_schema_version: manifestSchemaVersion,
    experiment_id: facts.experimentId,
    timestamp_utc: facts.timestampUtc,
    git: copyOf(facts.git),
    env: copyOf(facts.env) as Manifest["env"],
    params: copyOf(facts.params),
    data_provenance: copyOf(facts.dataProvenance),
    // Even an empty map is written, so that readers can rely on the key.
    [facts.namespace]: { ...facts.extensions },
  };
}

/** What is no plain object is passed on as it is: the builder does not validate, so it may not hide what is wrong either. */
function copyOf<T>(value: T): T {
  return isObject(value) && Object.getPrototypeOf(value) === Object.prototype ? { ...value } : value;
}

export function synthetic(seed: number): DataProvenance {
  return { kind: "synthetic", seed };
}

/** `hashes`: SHA-256 of every input by name, 64 lower-case hexadecimal digits each. */
export function external(hashes: Readonly<Record<string, string>>): DataProvenance {
  return { kind: "external", hashes: copyOf(hashes) };
}

const timeExists: Check = {
  code: "NO_SUCH_TIME",
  severity: "error",
  hint: "Write an instant of the calendar in UTC.",
  reads: ["timestamp_utc"],
  *find(document) {
    const { timestamp_utc } = document as unknown as Manifest;
    if (parseUtc(timestamp_utc) === undefined) {
      yield {
        pointer: "/timestamp_utc",
        message: `timestamp_utc: ${timestamp_utc} is not an instant of the calendar`,
      };
    }
  },
};

const inputsAreNotEmpty: Check = {
  code: "EMPTY_INPUT",
  severity: "warning",
  hint: "Look whether the file was meant to be empty.",
  reads: ["data_provenance"],
  *find(document) {
    const { data_provenance } = document as unknown as Manifest;
    if (data_provenance.kind !== "external") return;
    for (const [name, digest] of Object.entries(data_provenance.hashes)) {
      if (digest === digestOfNothing) {
        yield {
          pointer: appendToPointer("/data_provenance/hashes", name),
          message: `data_provenance.hashes.${name}: is the digest of an empty file`,
        };
      }
    }
  },
};

const founding = [
  "data_provenance",
  "experiment_id",
  "git",
  "params",
  "env",
  "timestamp_utc",
  "manifest_schema_version",
];

export const experiment: Kind = {
  name: "experiment",
  fileName: "manifest.json",
  maximumBytes: defaultMaximumBytes,
  version: { field: "manifest_schema_version", supported: [manifestSchemaVersion] },
  schema: validators.experiment,
  fields: founding,
  leading: ["data_provenance"],
  volatile: ["/timestamp_utc", "/experiment_id"],
  checks: [timeExists, inputsAreNotEmpty],
  recognise: (document) =>
    Object.hasOwn(document, "manifest_schema_version") || countMembers(document, founding) >= 2,
  summarize: (document) => {
    const { experiment_id, git, data_provenance } = document as unknown as Manifest;
    const data =
      data_provenance.kind === "synthetic"
        ? `seed ${data_provenance.seed}`
        : Object.keys(data_provenance.hashes).sort().join(", ");
    return `${experiment_id}  ${git.sha.slice(0, 7)} ${git.branch}${git.dirty ? " +dirty" : ""}  ${data}`;
  },
};
