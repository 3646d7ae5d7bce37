/** Puts the record of a run on disk before its command starts, so that a crash leaves evidence rather than nothing. */
import { FileError } from "../errors.js";
import { buildExperiment, type Extensions } from "../kinds/experiment.js";
import { commandPipeline } from "../kinds/pipeline.js";
import { type Stage, startRunManifest, withStage } from "../kinds/run.js";
import { defaultRules, kinds } from "../kinds/table.js";
import { formatExperimentId } from "../manifest/ids.js";
import { formatUtc } from "../manifest/timestamps.js";
import type { Project } from "../store/project.js";
import type { RunFolder } from "../store/run-folder.js";
import { type PublishPorts, publishDocument } from "./publish-document.js";
import type { BegunRun, PreparedRun } from "./run-request.js";

export interface BeginPorts extends PublishPorts {
  readonly now: () => number;
  readonly version: string;
  readonly newSuffix: () => string;
  readonly ensureRecordsIgnore: (project: Project) => void;
  /** `undefined` when the id is taken. */
  readonly createRunFolder: (project: Project, id: string) => RunFolder | undefined;
  /** Removes the folder of a run that was not begun after all. */
  readonly discardRunFolder: (folder: RunFolder) => void;
  readonly writeFact: (folder: RunFolder, name: string, content: string | object) => string;
  readonly pathIn: (folder: RunFolder, name: string) => string;
  readonly identifyProcess: () => object;
  readonly rememberAttempt: (project: Project, id: string) => void;
}

export function beginRun(prepared: PreparedRun, ports: BeginPorts): BegunRun {
  ports.ensureRecordsIgnore(prepared.project);
  const folder = newFolder(prepared, formatUtc(prepared.startedAt), ports);
  try {
    return recordIn(folder, prepared, ports);
  } catch (error) {
    // Nothing has run, so half a record of it would be a record of nothing.
    ports.discardRunFolder(folder);
    throw error;
  }
}

function recordIn(folder: RunFolder, prepared: PreparedRun, ports: BeginPorts): BegunRun {
  const { project, captured, inputs, request } = prepared;
  const startedAt = formatUtc(prepared.startedAt);
  const command = commandFacts(prepared);
  const manifest = buildExperiment({
    experimentId: folder.id,
    timestampUtc: startedAt,
    git: captured.git,
    env: prepared.env,
    params: prepared.params,
    dataProvenance: inputs.provenance,
    namespace: project.namespace,
    extensions: extensionsOf(prepared, command),
  });
  const artifacts = writeFacts(prepared, folder, command, ports);
  const started = startRunManifest({
    name: prepared.name,
    configPath: request.config ?? artifacts.command,
    outputDir: folder.shown,
    startedAt,
    colophonVersion: ports.version,
    pipeline: commandPipeline,
    namespace: project.namespace,
    extensions: { process: ports.identifyProcess() },
    firstStage: stage("00_run_metadata", "completed", prepared.startedAt, ports.now(), artifacts),
  });
  // The next stage is what the record is written for: whoever finds it knows that the command was about to run.
  const run = withStage(started, stage("20_execute", "running", ports.now(), null, {}), commandPipeline);
  const rules = defaultRules({ namespace: project.namespace });
  publishDocument(manifest, kinds.experiment, ports.pathIn(folder, kinds.experiment.fileName), rules, ports);
  publishDocument(run, kinds.run, ports.pathIn(folder, kinds.run.fileName), rules, ports);
  ports.rememberAttempt(project, folder.id);
  return { prepared, folder, manifest, run, pipeline: commandPipeline };
}

export function stage(
  name: string,
  status: Stage["status"],
  from: number,
  to: number | null,
  artifacts: Record<string, string>,
  message: string | null = null,
): Stage {
  return {
    name,
    status,
    started_at: formatUtc(from),
    finished_at: to === null ? null : formatUtc(Math.max(from, to)),
    elapsed_seconds: to === null ? null : Math.max(0, to - from) / 1000,
    message,
    artifacts,
  };
}

/** Ids are drawn, not counted: a taken one is drawn again, and a hundred runs may start at once. */
function newFolder({ project, captured }: PreparedRun, startedAt: string, ports: BeginPorts): RunFolder {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const folder = ports.createRunFolder(
      project,
      formatExperimentId(startedAt, captured.git.sha, ports.newSuffix()),
    );
    if (folder !== undefined) return folder;
  }
  throw new FileError("NO_FREE_ID", "twenty ids in a row were taken", { hint: "Try again in a second." });
}

interface FactPaths extends Record<string, string> {
  config_source: string;
  config_resolved: string;
  input_data_provenance: string;
  command: string;
}

function writeFacts(
  { config, params, inputs }: PreparedRun,
  folder: RunFolder,
  command: object,
  ports: BeginPorts,
): FactPaths {
  const commandPath = ports.writeFact(folder, "command.json", command);
  return {
    config_source: config === undefined ? commandPath : ports.writeFact(folder, config.name, config.text),
    config_resolved: ports.writeFact(folder, "config.resolved.json", params),
    input_data_provenance: ports.writeFact(folder, "input_data_provenance.json", inputs.record),
    command: commandPath,
  };
}

function commandFacts({
  argv,
  captured,
  capture,
  request,
  clashes,
  redactions,
  parent,
  previousAttempt,
  dirtyPolicy,
}: PreparedRun) {
  return {
    command_version: 1,
    argv,
    cwd: captured.source.cwd,
    capture,
    config: request.config ?? null,
    parameter_clashes: clashes,
    redactions,
    parent,
    previous_attempt: previousAttempt,
    dirty_policy: dirtyPolicy,
  };
}

function extensionsOf({ captured, machine, inputs }: PreparedRun, command: object): Extensions {
  const forms =
    Object.keys(inputs.forms).length > 0 ? { inputs: { inputs_version: 1, forms: inputs.forms } } : {};
  return { source: captured.source, machine, command, ...forms };
}
