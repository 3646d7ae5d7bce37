/** What a run ran on, as far as it can change a result: runtimes, processor, GPUs, settings, packages, lock files. */

import { pipelineOf } from "../../kinds/pipelines/pipeline-of.js";
import { kinds } from "../../kinds/table.js";
import { isObject } from "../../manifest/validate.js";
import { capabilityOf, extensionKeyOf } from "../records/load/extension.js";
import type { LoadedRun } from "../records/load/loaded-run.js";
import { type Comparison, compare, namesOf, type Section, unknown, verdictOf } from "./comparison.js";
import { diffPackages, type PackagesDiff } from "./packages.js";

export interface EnvironmentDiff extends Section {
  /** Equal ones too: they say what is known. */
  readonly facts: readonly Comparison<string>[];
  readonly packages: { readonly python: PackagesDiff; readonly node: PackagesDiff };
}

export function diffEnvironment(a: LoadedRun, b: LoadedRun): EnvironmentDiff {
  const facts = [
    ...compareGroup("runtimes", runtimesOf(a), runtimesOf(b)),
    ...compareGroup("machine", machineOf(a), machineOf(b)),
    ...compareGathered(a, b),
  ];
  const packages = {
    python: diffPackages("python", a.environment, b.environment),
    node: diffPackages("node", a.environment, b.environment),
  };
  const outcome = verdictOf([...facts, packages.python, packages.node]);
  return { outcome, reason: null, facts, packages };
}

/** `null` where a run has the fact and does not say it; nothing where it does not have it. */
type Facts = ReadonlyMap<string, string | null>;

/** A whole group that a run does not have is unknown, and is said once. */
function compareGroup(name: string, a: Facts | null, b: Facts | null): Comparison<string>[] {
  if (a !== null && b !== null)
    return namesOf(a, b).map((fact) => {
      const [before, after] = [valueIn(a, fact), valueIn(b, fact)];
      return before === null || after === null
        ? unknown(fact, before ?? undefined, after ?? undefined, notRecorded)
        : compare(fact, before, after);
    });
  return [
    unknown(name, a === null ? undefined : summaryOf(a), b === null ? undefined : summaryOf(b), notRecorded),
  ];
}

/** `undefined` for what a run does not have. What it cannot be without is not recorded where it is not there. */
function valueIn(facts: Facts, name: string): string | null | undefined {
  return facts.get(name) ?? (facts.has(name) || everywhere.has(name) ? null : undefined);
}

const everywhere: ReadonlySet<string> = new Set(["platform", "cpu", "cpu cores", "distribution"]);

const notRecorded = "not recorded";

function summaryOf(facts: Facts): string {
  return namesOf(facts).join(", ") || "nothing";
}

/** `env` of the manifest, or the versions that another tool's run manifest holds. */
function runtimesOf({ manifest, run, version }: LoadedRun): Facts | null {
  const key = extensionKeyOf(run, kinds.run) ?? "";
  const fields = pipelineOf(run, key, version)?.version_fields ?? [];
  // What an earlier version did not record was filled in with null.
  const versions = fields.map(({ name }): [string, string | null] => {
    const version = run[name];
    return [name, typeof version === "string" ? version : null];
  });
  if (manifest === null && versions.length === 0) return null;
  return new Map([...Object.entries(manifest?.env ?? {}), ...versions]);
}

/** Names of machines and accounts, amounts of memory and numbers of jobs are left out: they do not change a result. */
function machineOf({ manifest }: LoadedRun): Facts | null {
  const machine = capabilityOf(manifest, kinds.experiment, "machine");
  if (machine === null) return null;
  const { cpu, gpu, os, container, limits, rank, variables } = machine;
  return new Map([
    ...entry("cpu", memberOf(cpu, "model")),
    ...entry("cpu cores", memberOf(cpu, "available_cores")),
    ...entry("cpu quota", memberOf(limits, "cpu_quota")),
    ...entry("distribution", memberOf(os, "distribution")),
    ...entry("container image", memberOf(container, "image")),
    ...entry("gpu driver", memberOf(gpu, "driver_version")),
    ...entry("gpus", namesIn(memberOf(gpu, "devices"))),
    ...entry("ranks", memberOf(rank, "world_size")),
    ...Object.entries(isObject(variables) ? variables : {})
      .filter(([name]) => !namesTheJob.test(name))
      .flatMap(([name, value]) => entry(`variable ${name}`, value)),
  ]);
}

/** Which job, which machine, which place in it or on its disk: what two runs never share, and no result depends on. */
const namesTheJob =
  /^(SLURM|OMPI|PMIX?|PBS|LSB|RAY|TORCHELASTIC|APPTAINER|SINGULARITY|COLOPHON)_|RANK$|^PBS_JOBID$|^LSB_JOBID$|^MASTER_|^JOB_COMPLETION_INDEX$|WORLD_SIZE$|^MPI_LOCALRANKID$|^(VIRTUAL_ENV|CONDA_PREFIX)$/;

type Gathered = Readonly<Record<string, unknown>>;

/** What `environment.json` says besides packages, part by part, as each may not have been gathered. */
function compareGathered(a: LoadedRun, b: LoadedRun): Comparison<string>[] {
  if (a.environment === null || b.environment === null)
    return [unknown<string>("GPUs and lock files", undefined, undefined, notRecorded)];
  const [ofA, ofB] = [a.environment, b.environment];
  return parts.flatMap(({ name, what, read }) =>
    compareGroup(name, partOf(ofA, what, read), partOf(ofB, what, read)),
  );
}

type Read = (environment: Gathered) => [string, string][];

/** `what`: as `not_gathered` names it. */
const parts: readonly { readonly name: string; readonly what: string; readonly read: Read }[] = [
  { name: "GPUs", what: "gpus", read: gpusIn },
  { name: "vector extensions", what: "system", read: processorIn },
  { name: "lock files", what: "lock files", read: lockFilesIn },
];

function partOf(environment: Gathered, what: string, read: Read): Facts | null {
  const gaps = Array.isArray(environment.not_gathered) ? environment.not_gathered : [];
  return gaps.some((gap) => memberOf(gap, "what") === what) ? null : new Map(read(environment));
}

function gpusIn({ cuda_version, gpus }: Gathered): [string, string][] {
  return [...entry("cuda", cuda_version), ...entry("gpu models", namesIn(gpus))];
}

function processorIn({ cpu }: Gathered): [string, string][] {
  const extensions = memberOf(cpu, "vector_extensions");
  return entry("cpu extensions", Array.isArray(extensions) ? extensions.map(String).join(" ") : undefined);
}

function lockFilesIn({ lock_files }: Gathered): [string, string][] {
  return (Array.isArray(lock_files) ? lock_files : []).flatMap((file) =>
    entry(`lock file ${memberOf(file, "path")}`, memberOf(file, "sha256")),
  );
}

/** `2 × H200`: how many of each, by name. */
function namesIn(devices: unknown): string | undefined {
  if (!Array.isArray(devices) || devices.length === 0) return undefined;
  const counts = new Map<string, number>();
  for (const device of devices) {
    const name = String(memberOf(device, "name") ?? "unnamed");
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return namesOf(counts)
    .map((name) => `${counts.get(name)} × ${name}`)
    .join(", ");
}

function entry(name: string, value: unknown): [string, string][] {
  return value === null || value === undefined ? [] : [[name, String(value)]];
}

function memberOf(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
