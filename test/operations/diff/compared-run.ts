/** Runs to compare, made from the examples, and ports over trees that are written down. */
import { readFileSync } from "node:fs";
import type { TreeDiff, TreeFile } from "../../../src/git/trees/diff-trees.js";
import { mirrorHunk } from "../../../src/git/trees/hunks.js";
import type { ExperimentManifest } from "../../../src/kinds/experiment.js";
import type { RunManifest } from "../../../src/kinds/run/run.js";
import type { DiffPorts, RunDiff } from "../../../src/operations/diff/diff-runs.js";
import type { LoadedArtifact, LoadedRun } from "../../../src/operations/records/load/loaded-run.js";

const examples = new URL("../../../spec/examples/valid/", import.meta.url);
const example = (name: string) => JSON.parse(readFileSync(new URL(`${name}.json`, examples), "utf8"));

export const shaA = "3f9c2e1a4b5c6d7e8f9a0b1c2d3e4f5a6b7c8d9e";
export const shaB = "4a0d3f2b5c6d7e8f9a0b1c2d3e4f5a6b7c8d9e0f";

interface Made {
  /** Of the run; default `run-completed`. */
  readonly example?: string;
  readonly suffix?: string;
  readonly version?: number;
  readonly run?: Partial<RunManifest>;
  readonly manifest?: Partial<ExperimentManifest> | null;
  readonly source?: object | null;
  readonly machine?: object;
  readonly result?: object;
  readonly state?: LoadedRun["observed"]["state"];
  readonly artifacts?: readonly Partial<LoadedArtifact>[];
  readonly inputs?: LoadedRun["inputs"];
  readonly parameters?: LoadedRun["parameters"];
  readonly command?: LoadedRun["command"];
  readonly environment?: LoadedRun["environment"];
  readonly metrics?: LoadedRun["metrics"];
  readonly reported?: LoadedRun["reported"]["params"];
}

export function madeRun(made: Made = {}): LoadedRun {
  const id = `20261120T104207Z_3f9c2e1_${made.suffix ?? "k3f9q2"}`;
  const run = { ...example(made.example ?? "run-completed"), ...made.run } as RunManifest;
  const own = run.colophon as Record<string, object> | undefined;
  return {
    id,
    folder: `/project/records/2026-11/${id}`,
    version: made.version ?? 3,
    run:
      own === undefined ? run : { ...run, colophon: { ...own, result: { ...own.result, ...made.result } } },
    defaulted: [],
    manifest: made.manifest === null ? null : madeManifest(id, made),
    observed: { state: made.state ?? "completed", reason: null, reconciled: false },
    artifacts: (made.artifacts ?? []).map((artifact) => ({
      name: "model",
      stage: "30_collect",
      path: `artifacts/${artifact.name ?? "model"}`,
      absolute: `/project/records/2026-11/${id}/artifacts`,
      availability: "not-here",
      how: "copied",
      sha256: "a".repeat(64),
      bytes: 10,
      mtime_utc: null,
      ...artifact,
    })),
    notes: [],
    reported: { params: made.reported ?? {}, summary: {}, contradictions: [] },
    metrics: made.metrics ?? null,
    findings: [],
    inputs: made.inputs ?? null,
    parameters: made.parameters ?? null,
    command: made.command ?? null,
    observation: null,
    environment: made.environment === undefined ? gathered() : made.environment,
  };
}

function madeManifest(id: string, { manifest, source, machine }: Made): ExperimentManifest {
  return {
    ...example("experiment-synthetic"),
    experiment_id: id,
    git: { sha: shaA, branch: "main", dirty: false },
    env: { platform: "Linux", python: "3.12.4" },
    params: { lr: 0.001, argv: ["python", "train.py"] },
    data_provenance: { kind: "synthetic", seed: 42 },
    ...manifest,
    colophon: {
      ...(source !== null && { source: { ...cleanSource(), ...source } }),
      machine: { cpu: { model: "EPYC", available_cores: 8 }, variables: {}, ...machine },
    },
  } as unknown as ExperimentManifest;
}

const noHidden = { count: 0, files: [], omitted: 0 };

function cleanSource(): object {
  return {
    head: { sha: "0".repeat(40), tree: "0".repeat(40) },
    changes: [],
    changes_omitted: 0,
    hidden_bits: { assume_unchanged: noHidden, skip_worktree: noHidden },
  };
}

/** As `environment.json` has it, as far as a comparison looks at it. */
export function gathered(more: object = {}): Record<string, unknown> {
  return { packages: { python: null, node: null }, lock_files: [], gpus: [], not_gathered: [], ...more };
}

/** A line of `git status`, as a manifest keeps it. */
export function change(path: string, index: string, worktree: string, more: object = {}): object {
  return {
    path,
    kind: index === "?" ? "untracked" : "tracked",
    index,
    worktree,
    mode_only: false,
    worktree_equals_head: false,
    renamed_from: null,
    submodule: null,
    ...more,
  };
}

export function treeFile(path: string, a: string | null, b: string | null, more: object = {}): TreeFile {
  const entry = (oid: string | null) => (oid === null ? null : { mode: "100644", oid });
  return { path, a: entry(a), b: entry(b), isText: true, added: 9, removed: 3, hunks: null, ...more };
}

/** `files`: what differs between the commits of A and B; `missing`: commits that are not there. */
export function portsOver(files: readonly TreeFile[], missing: readonly string[] = []): DiffPorts {
  const answer = (isForward: boolean): TreeDiff =>
    missing.length > 0
      ? { state: "missing", commits: missing.toSorted() }
      : { state: "compared", files: isForward ? files : files.map(mirrorFile) };
  return {
    isLeftOut: (path) => path.startsWith("dist/artifacts/"),
    diffTrees: async (a) => answer(a === shaA),
    digestOf: () => null,
    visitMetrics: async () => [],
    redactText: () => ({ redactions: {} }),
  };
}

function mirrorFile(file: TreeFile): TreeFile {
  const { a, b, added, removed, hunks } = file;
  return { ...file, a: b, b: a, added: removed, removed: added, hunks: hunks?.map(mirrorHunk) ?? null };
}

/** What the comparison must be from the other side: everything of `a` exchanged with everything of `b`. */
export function mirrorDiff(diff: RunDiff): RunDiff {
  return mirrorValue(diff) as RunDiff;
}

const words: Readonly<Record<string, string>> = { only_a: "only_b", only_b: "only_a" };
const keys: Readonly<Record<string, string>> = { a: "b", b: "a", added: "removed", removed: "added" };

/** What stands in `a` and `b` is a value of a run and stays as it is. */
function mirrorValue(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) {
    return key === "hunks" ? value.map(mirrorHunk) : value.map((item) => mirrorValue(item));
  }
  if (typeof value === "string") return words[value] ?? value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      keys[name] ?? name,
      name === "a" || name === "b" ? member : mirrorValue(member, name),
    ]),
  );
}
