/** Reads a recorded run back, wherever its folder lies: judged, in the shape of version 3, with what is there of its artifacts. */
import type { Finding } from "../../../errors.js";
import type { ExperimentManifest } from "../../../kinds/experiment.js";
import type { RunManifest } from "../../../kinds/run/run.js";
import { upgradeRun } from "../../../kinds/run/upgrade.js";
import { defaultRules, kinds } from "../../../kinds/table.js";
import { isExperimentId } from "../../../manifest/ids.js";
import type { Kind, Rules } from "../../../manifest/kind.js";
import type { RecordPlace } from "../../../store/runs/run-record.js";
import { notesPath, parseNotes } from "../notes/notes.js";
import { type Here, observeRun } from "../state/observe-run.js";
import { mostReconciled, parseReconciliations, reconciledPath } from "../state/reconciliations.js";
import { readFacts } from "./load-facts.js";
import { type LoadReportsPorts, loadReports } from "./load-reports.js";
import type { LoadedRecord, LoadedRun } from "./loaded-run.js";
import { type ArtifactPorts, locateArtifacts } from "./locate-artifacts.js";
import { findManifest, type ReadManifest, type ReadManifestPorts, readManifest } from "./read-manifest.js";
import { noRecordThere } from "./record-faults.js";
import { historyHint } from "./restore.js";

export interface LoadPorts extends ReadManifestPorts, ArtifactPorts, LoadReportsPorts {
  /** `path` absolute. */
  readonly findRecord: (path: string) => RecordPlace;
  /** Of the project around the folder, or what the caller named instead. */
  readonly namespaceOf: (folder: string) => string;
  readonly here: Here;
}

/** `path`, absolute, of a run's folder or its `run_manifest.json`. @throws LifecycleError when it cannot be loaded. */
export function loadRun(path: string, ports: LoadPorts): LoadedRun {
  const record = loadRecord(path, ports);
  const { facts, findings } = readFacts(record, ports);
  return { ...record, ...facts, findings: [...record.findings, ...findings] };
}

/** The same without the files in `00_run_metadata/`. */
export function loadRecord(path: string, ports: LoadPorts): LoadedRecord {
  return readRecord(path, ports, (folder, rules) => findManifest(folder, kinds.experiment, rules, ports));
}

/**
 * The same for lists, which show a commit, the data and a machine of the experiment manifest: it has to have these members as its
 * schema wants them. What else it holds is not judged; whoever loads the run hears of that.
 */
export function loadListed(path: string, ports: LoadPorts): LoadedRecord {
  return readRecord(path, ports, (folder, rules) =>
    findManifest(folder, listedExperiment, { ...rules, capabilities: {} }, ports),
  );
}

const listedExperiment: Kind = { ...kinds.experiment, checks: [] };

type FindExperiment = (folder: string, rules: Rules) => ReadManifest | undefined;

function readRecord(path: string, ports: LoadPorts, findExperiment: FindExperiment): LoadedRecord {
  const place = ports.findRecord(path);
  if (place.state !== "record") throw noRecordThere(place, path, ports.inRepository(place.folder));
  const { folder } = place;
  const id = nameOf(folder);
  const rules = defaultRules({ namespace: ports.namespaceOf(folder) });
  const document = readManifest(folder, kinds.run, rules, ports);
  const { run, version, defaulted } = upgradeRun(document.value);
  const experiment = judgeExperiment(folder, id, run, findExperiment(folder, rules), ports);
  const located = locateArtifacts(folder, run, rules.namespace, ports);
  const decided = parseReconciliations(ports.readFile(folder, reconciledPath, mostReconciled));
  const said = loadReports(folder, { run, manifest: experiment.manifest }, ports);
  const noted = parseNotes(ports.readFile(folder, notesPath, kinds.run.maximumBytes));
  return {
    id,
    folder,
    version,
    run,
    defaulted,
    manifest: experiment.manifest,
    observed: observeRun(run, rules.namespace, experiment.manifest, decided.reconciliations, ports.here),
    artifacts: located.artifacts,
    notes: [...said.notes, ...noted.notes],
    reported: said.reported,
    findings: [
      ...document.findings,
      ...experiment.findings,
      ...located.findings,
      ...decided.findings,
      ...said.findings,
      ...noted.findings,
    ],
  };
}

interface ReadExperiment {
  readonly manifest: ExperimentManifest | null;
  readonly findings: readonly Finding[];
}

function judgeExperiment(
  folder: string,
  id: string,
  run: RunManifest,
  found: ReadManifest | undefined,
  ports: LoadPorts,
): ReadExperiment {
  if (found === undefined) {
    const missing = isExperimentId(id) ? [experimentMissing(folder, run, ports.inRepository(folder))] : [];
    return { manifest: null, findings: missing };
  }
  const { value, findings } = found;
  const manifest = value as ExperimentManifest;
  const agrees = manifest.experiment_id === id;
  return { manifest, findings: agrees ? findings : [...findings, idDisagrees(manifest, id)] };
}

/** The origin project's runs have none; ours all began with one. */
function experimentMissing(folder: string, { run_name }: RunManifest, inRepository: boolean): Finding {
  return warning(
    "EXPERIMENT_MISSING",
    `${kinds.experiment.fileName} is not there: from which code and data ${run_name} was made is not known`,
    historyHint(folder, kinds.experiment.fileName, inRepository),
  );
}

function idDisagrees({ experiment_id }: ExperimentManifest, id: string): Finding {
  return warning(
    "ID_DISAGREES",
    `${kinds.experiment.fileName} says experiment_id ${JSON.stringify(experiment_id)}, but its folder is ${JSON.stringify(id)}`,
    "Give the folder its old name again.",
  );
}

function warning(code: "EXPERIMENT_MISSING" | "ID_DISAGREES", message: string, hint: string): Finding {
  return { code, severity: "warning", pointer: "", message, hint, line: null, column: null };
}

export function nameOf(folder: string): string {
  return folder.slice(folder.lastIndexOf("/") + 1);
}
