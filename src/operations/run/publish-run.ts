/** Writes `run_manifest.json` while the run is running; a run that has ended is never written again. */
import type { RunManifest } from "../../kinds/run/run.js";
import { defaultRules, kinds } from "../../kinds/table.js";
import type { RunFolder } from "../../store/runs/run-folder.js";
import { type PublishPorts, publishDocument } from "../manifests/publish-document.js";

export interface PublishRunPorts extends PublishPorts {
  readonly pathIn: (folder: RunFolder, name: string) => string;
}

/** @throws LifecycleError when the run on disk has ended; ValidationError before anything is written. */
export function publishRun(
  run: RunManifest,
  folder: RunFolder,
  namespace: string,
  ports: PublishRunPorts,
): void {
  const profile = run.status === "completed" ? "complete" : "load";
  const rules = defaultRules({ namespace, profile });
  publishDocument(run, kinds.run, ports.pathIn(folder, kinds.run.fileName), rules, ports);
}
