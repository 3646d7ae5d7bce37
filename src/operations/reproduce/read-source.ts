/** What a recorded run says of itself that running it again needs; and what it does not say. */
import type { CommandFacts, Drift, SnapshotFacts, Source } from "../../generated/types.js";
import { pipelineOf } from "../../kinds/pipelines/pipeline-of.js";
import { kinds } from "../../kinds/table.js";
import { isObject } from "../../manifest/validate.js";
import { capabilityOf, extensionKeyOf } from "../records/load/extension.js";
import type { LoadedRun } from "../records/load/loaded-run.js";
import type { NamedArtifact } from "../run/run-request.js";
import { missing } from "./missing.js";
import { faultsOfInputs } from "./recorded-inputs.js";
import type { Missing, RecordedCommand } from "./result.js";

export interface RecordedTree {
  readonly commit: string;
  readonly tree: string;
  /** `undefined` for a clean tree, whose commit is all there is. */
  readonly snapshot: SnapshotFacts | undefined;
  /** Content filters that had a program. */
  readonly filters: readonly string[];
  /** Submodules, by path, that were not checked out. */
  readonly absentSubmodules: ReadonlySet<string>;
}

export interface RecordedSource {
  readonly code: RecordedTree | null;
  /** Relative to the root of the repository. */
  readonly cwd: string;
  readonly commands: readonly RecordedCommand[];
  /** Of the run as a whole: paths from where the command ran. */
  readonly artifacts: readonly NamedArtifact[];
  /** Paths of those that stages leave, from the project. */
  readonly stageArtifacts: readonly string[];
  readonly missing: readonly Missing[];
  readonly notes: readonly string[];
}

export function readSource(loaded: LoadedRun): RecordedSource {
  const facts = commandFacts(loaded);
  const { cwd = "." } = facts;
  const { code, missing: noCode, notes } = readCode(loaded);
  const { commands, missing: noCommand } = readCommands(loaded, facts);
  const outside = isInside(cwd)
    ? []
    : [missing("command", cwd, "the folder it ran in lies outside the repository")];
  return {
    code,
    cwd,
    commands,
    artifacts: readArtifacts(loaded, facts),
    stageArtifacts: Object.values(facts.stage_artifacts ?? {}).flatMap((each) => Object.values(each)),
    missing: [...readEnd(loaded), ...noCode, ...noCommand, ...outside, ...faultsOfInputs(loaded)],
    notes: [...notes, ...noteOnDrift(loaded)],
  };
}

/** What was read after the edit is not what is on record. */
function noteOnDrift({ run }: LoadedRun): string[] {
  const drift = capabilityOf(run, kinds.run, "drift") as Drift | null;
  const [first, ...others] = drift?.state === "drifted" ? drift.files : [];
  if (first === undefined) return [];
  const more = others.length === 0 ? "" : ` and ${others.length} more files`;
  return [`${first.path}${more} changed while the recorded command ran`];
}

/** As the manifest has them, which is judged when it is read; nothing where it has none. */
export function commandFacts({ manifest }: LoadedRun): Partial<CommandFacts> {
  return (capabilityOf(manifest, kinds.experiment, "command") ?? {}) as Partial<CommandFacts>;
}

function isInside(path: string): boolean {
  return !path.startsWith("/") && !path.split("/").includes("..");
}

function readEnd({ id, observed }: LoadedRun): Missing[] {
  if (observed.state === "completed" || observed.state === "failed") return [];
  const hint = observed.state === "running" ? "Wait until it has ended." : null;
  return [missing("end", id, `it has no end on record: it is ${observed.state}`, hint)];
}

interface ReadCode {
  readonly code: RecordedTree | null;
  readonly missing: readonly Missing[];
  readonly notes: readonly string[];
}

function readCode({ manifest }: LoadedRun): ReadCode {
  const source = capabilityOf(manifest, kinds.experiment, "source") as Source | null;
  const snapshot = capabilityOf(manifest, kinds.experiment, "snapshot") as SnapshotFacts | null;
  const commit = manifest?.git.sha;
  const nothing = (reason: string, hint: string | null = null): ReadCode => ({
    code: null,
    missing: [missing("code", commit?.slice(0, 7) ?? "commit", reason, hint)],
    notes: [],
  });
  if (commit === undefined) return nothing("the run has no manifest.json, so its commit is not known");
  const tree = snapshot?.tree ?? source?.head.tree;
  if (snapshot?.state === "incomplete")
    return nothing(`its edits could not be kept: ${snapshot.reason?.message ?? "no reason is on record"}`);
  if (snapshot === null && manifest?.git.dirty)
    return nothing(
      "it had uncommitted edits that were listed, and not kept",
      "Record runs with --dirty snapshot.",
    );
  if (tree === undefined || tree === null) return nothing("its tree is not on record");
  const code: RecordedTree = {
    commit,
    tree,
    snapshot: snapshot?.state === "stored" ? snapshot : undefined,
    filters: (source?.filters ?? []).filter(({ configured }) => configured).map(({ name }) => name),
    absentSubmodules: new Set(
      (source?.submodules ?? []).filter(({ initialized }) => !initialized).map(({ path }) => path),
    ),
  };
  return { code, missing: omitted(snapshot), notes: notesOn(source, snapshot) };
}

function omitted(snapshot: SnapshotFacts | null): Missing[] {
  const { left_out_omitted = 0, converted_omitted = 0 } = snapshot ?? {};
  return [
    ...(left_out_omitted > 0
      ? [
          missing(
            "left-out",
            `${left_out_omitted} files`,
            "they were left out of the snapshot, and are not listed",
          ),
        ]
      : []),
    ...(converted_omitted > 0
      ? [missing("converted", `${converted_omitted} files`, "a filter changed them, and they are not listed")]
      : []),
  ];
}

function notesOn(source: Source | null, snapshot: SnapshotFacts | null): string[] {
  const hidden = snapshot === null ? (source?.hidden_bits.assume_unchanged.files.length ?? 0) : 0;
  return [
    ...(snapshot?.nested_repositories ?? []).map(
      (path) => `the repository inside, ${path}, was not captured`,
    ),
    ...(snapshot?.proof.held === false
      ? ["files were written while the snapshot was taken; it may hold halves"]
      : []),
    ...(source?.sparse ? ["the tree was a sparse checkout; here it is whole"] : []),
    ...(hidden > 0 ? [`${hidden} files were hidden from Git, and not kept`] : []),
  ];
}

interface ReadCommands {
  readonly commands: readonly RecordedCommand[];
  readonly missing: readonly Missing[];
}

function readCommands({ run, version, id }: LoadedRun, facts: Partial<CommandFacts>): ReadCommands {
  const nothing = (reason: string): ReadCommands => ({
    commands: [],
    missing: [missing("command", id, reason)],
  });
  const pipeline = pipelineOf(run, extensionKeyOf(run, kinds.run) ?? "", version);
  if (pipeline === undefined || pipeline.name === "command") {
    const argv = facts.argv ?? [];
    return argv.length === 0
      ? nothing("no command is on record")
      : { commands: [{ stage: null, argv }], missing: [] };
  }
  const stages = facts.stages;
  if (stages === undefined)
    return nothing("it was recorded by a program itself, and not by a command of ours");
  const commands = run.stages.flatMap(({ name, status }) => {
    const argv = stages[name];
    return argv === undefined || status === "skipped" ? [] : [{ stage: name, argv }];
  });
  return commands.length === 0 ? nothing("no stage of it was run") : { commands, missing: [] };
}

/** What `--artifact` named: collected by our own last stage, or asked for and missing. */
function readArtifacts({ run }: LoadedRun, { stage_artifacts = {} }: Partial<CommandFacts>): NamedArtifact[] {
  const recorded = capabilityOf(run, kinds.run, "artifacts");
  const entries = isObject(recorded?.entries) ? recorded.entries : {};
  const ofStages = new Set(Object.values(stage_artifacts).flatMap((each) => Object.keys(each)));
  const kept = Object.entries(entries).flatMap(([name, entry]) =>
    isObject(entry) && typeof entry.source === "string" ? [{ name, path: entry.source }] : [],
  );
  const gone = (Array.isArray(recorded?.missing) ? recorded.missing : []).flatMap((one) =>
    isObject(one) ? [{ name: String(one.name), path: String(one.source) }] : [],
  );
  const all = [...kept, ...gone].filter(({ name }) => !ofStages.has(name));
  return all.filter(({ name }, index) => all.findIndex((one) => one.name === name) === index);
}
