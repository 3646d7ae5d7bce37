/** Puts the record of a run on disk before its command starts, so that a crash leaves evidence rather than nothing. */
import { FileError } from "../../errors.js";
import { buildExperiment, type ExperimentManifest, type Extensions } from "../../kinds/experiment.js";
import { startRunManifest, withStage } from "../../kinds/run/run.js";
import { defaultRules, kinds } from "../../kinds/table.js";
import { formatExperimentId } from "../../manifest/ids.js";
import { formatUtc } from "../../manifest/timestamps.js";
import type { Redacted } from "../../secrets/redactions.js";
import type { Project } from "../../store/project.js";
import type { RunFolder } from "../../store/runs/run-folder.js";
import { publishDocument } from "../manifests/publish-document.js";
import { type PublishRunPorts, publishRun } from "./publish-run.js";
import { type CodePorts, discardCode, type RecordedCode, recordCode } from "./record-code.js";
import { keyOfRun } from "./run-key.js";
import type { BegunRun, PreparedRun } from "./run-request.js";
import { openStages } from "./stages/open-stages.js";
import { stage } from "./stages/stage-records.js";

export interface BeginPorts extends PublishRunPorts, CodePorts {
  readonly now: () => number;
  readonly version: string;
  readonly newSuffix: () => string;
  readonly ensureRecordsIgnore: (project: Project) => void;
  /** `undefined` when the id is taken. */
  readonly createRunFolder: (project: Project, id: string) => RunFolder | undefined;
  /** Removes the folder of a run that was not begun after all. */
  readonly discardRunFolder: (folder: RunFolder) => void;
  readonly writeFact: (folder: RunFolder, name: string, content: string | object) => string;
  /** The newest completed run of the same key. */
  readonly findEqualRun: (
    project: Project,
    key: string,
    keyOf: (manifest: object) => string | null,
  ) => string | null;
  readonly identifyProcess: () => object;
  readonly redactText: (text: string) => Redacted<string>;
  readonly rememberAttempt: (project: Project, id: string) => void;
}

/** The snapshot comes first, so that whatever is on record has its code. */
export async function beginRun(prepared: PreparedRun, ports: BeginPorts): Promise<BegunRun> {
  ports.ensureRecordsIgnore(prepared.project);
  const { folder, code } = await openFolder(prepared, ports);
  try {
    return recordIn(folder, prepared, code, ports);
  } catch (error) {
    // Nothing has run, so half a record of it would be a record of nothing.
    ports.discardRunFolder(folder);
    await discardCode(prepared, code, ports);
    throw error;
  }
}

function recordIn(folder: RunFolder, prepared: PreparedRun, code: RecordedCode, ports: BeginPorts): BegunRun {
  const { project, captured, inputs, request, plan } = prepared;
  const startedAt = formatUtc(prepared.startedAt);
  const command = commandFacts(prepared, ports);
  const manifest = buildExperiment({
    experimentId: folder.id,
    timestampUtc: startedAt,
    git: captured.git,
    env: prepared.env,
    params: prepared.params,
    dataProvenance: inputs.provenance,
    namespace: project.namespace,
    extensions: extensionsOf(prepared, code, command),
  });
  const artifacts = writeFacts(prepared, folder, command, ports);
  const started = startRunManifest({
    name: prepared.name,
    configPath: request.from?.configPath ?? request.config ?? artifacts.command,
    outputDir: folder.shown,
    startedAt,
    colophonVersion: ports.version,
    pipeline: plan.pipeline,
    versions: plan.versions,
    namespace: project.namespace,
    extensions: { process: ports.identifyProcess() },
    firstStage: stage("00_run_metadata", "completed", prepared.startedAt, ports.now(), artifacts),
  });
  // The next stage is what the record is written for: whoever finds it knows that the command was about to run.
  const { records } = openStages(plan.stages, 0, ports.now());
  const run = records.reduce((run, record) => withStage(run, record, plan.pipeline), started);
  const rules = defaultRules({ namespace: project.namespace });
  const place = ports.pathIn(folder, kinds.experiment.fileName);
  // Both are on disk before the command starts; the second of them syncs the folder for both.
  publishDocument(manifest, kinds.experiment, place, rules, ports, { syncFolder: false });
  publishRun(run, folder, project.namespace, ports);
  ports.rememberAttempt(project, folder.id);
  return { prepared, code, folder, manifest, run, equalRun: findEqual(manifest, project, ports) };
}

function findEqual(
  manifest: ExperimentManifest,
  project: Project,
  { findEqualRun }: BeginPorts,
): string | null {
  const keyOf = (recorded: object) => keyOfRun(recorded as ExperimentManifest, project.namespace);
  const key = keyOf(manifest);
  return key === null ? null : findEqualRun(project, key, keyOf);
}

/** Ids are drawn, not counted: a taken one is drawn again, and a hundred runs may start at once. */
async function openFolder(
  prepared: PreparedRun,
  ports: BeginPorts,
): Promise<{ readonly folder: RunFolder; readonly code: RecordedCode }> {
  const { project, captured, startedAt } = prepared;
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const id = formatExperimentId(formatUtc(startedAt), captured.git.sha, ports.newSuffix());
    const code = await recordCode(prepared, id, ports);
    const folder = ports.createRunFolder(project, id);
    if (folder !== undefined) return { folder, code };
    await discardCode(prepared, code, ports);
  }
  throw new FileError("NO_FREE_ID", "twenty ids in a row were taken", { hint: "Try again in a second." });
}

interface FactPaths extends Record<string, string> {
  config_source: string;
  config_resolved: string;
  input_data_provenance: string;
  command: string;
  pipeline: string;
}

function writeFacts(
  { config, params, inputs, plan }: PreparedRun,
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
    pipeline: ports.writeFact(folder, "pipeline.json", plan.pipeline),
  };
}

function commandFacts(
  {
    argv,
    captured,
    capture,
    request,
    clashes,
    redactions,
    parent,
    previousAttempt,
    dirtyPolicy,
    stageCommands,
    plan,
    metricPatterns,
  }: PreparedRun,
  { redactText }: BeginPorts,
) {
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
    ...(stageCommands !== null && {
      stages: stageCommands,
      stage_artifacts: Object.fromEntries(plan.stages.map(({ name, artifacts }) => [name, artifacts])),
    }),
    ...(request.from !== undefined && { from: request.from.id }),
    ...(metricPatterns.length > 0 && {
      metric_patterns: metricPatterns.map(({ text }) => redactText(text).value),
    }),
  };
}

function extensionsOf(
  { captured, machine, inputs, request: { reproduction } }: PreparedRun,
  { snapshot }: RecordedCode,
  command: object,
): Extensions {
  const forms =
    Object.keys(inputs.forms).length > 0 ? { inputs: { inputs_version: 1, forms: inputs.forms } } : {};
  return {
    source: captured.source,
    machine,
    command,
    ...forms,
    ...(snapshot !== null && { snapshot }),
    ...(reproduction !== undefined && { reproduction }),
  };
}
