/** The folders of runs: one as `colophon run` leaves it, written without running anything; those that are there. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { folderOfExperiment } from "../../src/manifest/ids.js";
import { commandFact, environmentFact, seedFact } from "../operations/records/records.js";
import type { Repository } from "./repository.js";

export interface RecordedRun {
  readonly id: string;
  /** Relative to the repository's root. */
  readonly folder: string;
  readonly tracked: readonly string[];
  readonly untracked: readonly string[];
}

const examples = new URL("../../spec/examples/valid/", import.meta.url);

export function exampleText(name: string): string {
  return readFileSync(new URL(`${name}.json`, examples), "utf8");
}

/** `project`: the project's folder with a slash at its end, where it is not the root. */
export function writeRun(
  { write }: Repository,
  {
    suffix = "k3f9q2",
    name = "train.py",
    status = "completed",
    project = "",
  }: { suffix?: string; name?: string; status?: "completed" | "failed" | "running"; project?: string } = {},
): RecordedRun {
  const id = `20261120T104207Z_3f9c2e1_${suffix}`;
  const folder = `${project}records/${folderOfExperiment(id)}`;
  const experiment = JSON.parse(exampleText("experiment-synthetic"));
  const run = JSON.parse(exampleText(`run-${status}`));
  const put = (path: string, text: string) => write(`${folder}/${path}`, text);
  const asText = (value: object) => `${JSON.stringify(value, null, 2)}\n`;
  return {
    id,
    folder,
    tracked: [
      put("00_run_metadata/command.json", asText(commandFact)),
      put("00_run_metadata/config.resolved.json", asText({ lr: 3e-4 })),
      put("00_run_metadata/environment.json", asText(environmentFact)),
      put("00_run_metadata/input_data_provenance.json", asText(seedFact)),
      put("SHA256SUMS", ""),
      put("manifest.json", asText({ ...experiment, experiment_id: id })),
      put("run_manifest.json", asText({ ...run, run_name: name })),
    ],
    untracked: [
      put("artifacts/model.bin", "weights"),
      put("logs/stdout.log", "epoch 1\n"),
      put("metrics.jsonl", '{"step":1,"metrics":{"loss":0.3}}\n'),
      put("samples.jsonl", "{}\n"),
    ],
  };
}

type Rooted = Pick<Repository, "root">;

/** Of all runs, absolute, sorted; `records` names another folder than the default one. */
export function runFolders({ root }: Rooted, records = "records"): string[] {
  const top = join(root, records);
  if (!existsSync(top)) return [];
  return readdirSync(top)
    .filter((name) => /^\d{4}-\d{2}$/.test(name))
    .flatMap((month) => readdirSync(join(top, month)).map((id) => join(top, month, id)))
    .sort();
}

/** Gives a question: the folders of the runs that are new since this call. */
export function watchRuns(repository: Rooted): () => string[] {
  const before = new Set(runFolders(repository));
  return () => runFolders(repository).filter((folder) => !before.has(folder));
}
