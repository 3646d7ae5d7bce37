/** Folders of recorded runs on disk, whole enough to be loaded, and the founding document's own. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const examples = new URL("../../../spec/examples/valid/", import.meta.url);

// biome-ignore lint/suspicious/noExplicitAny: tests edit documents freely.
export type Json = Record<string, any>;

export function example(name: string): Json {
  return JSON.parse(readFileSync(new URL(`${name}.json`, examples), "utf8")) as Json;
}

export function newPlace(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), "colophon-records-")));
}

export interface WrittenRecord {
  readonly id: string;
  /** Absolute. */
  readonly folder: string;
  /** Puts a text or a document below the folder. */
  readonly put: (path: string, content: string | object) => void;
  /** Rewrites `run_manifest.json`. */
  readonly edit: (change: (run: Json) => void) => void;
}

/** `parent` absolute: where the folder is to lie. */
export function writeRecord(
  parent: string,
  {
    id = "20261120T104207Z_3f9c2e1_k3f9q2",
    status = "completed",
    change = () => {},
  }: {
    readonly id?: string;
    readonly status?: "completed" | "failed" | "running";
    readonly change?: (run: Json) => void;
  } = {},
): WrittenRecord {
  const folder = join(parent, id);
  const put = (path: string, content: string | object) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(
      join(folder, path),
      typeof content === "string" ? content : `${JSON.stringify(content, null, 2)}\n`,
    );
  };
  const run = example(`run-${status}`);
  change(run);
  const edit = (alter: (run: Json) => void) => {
    alter(run);
    put("run_manifest.json", run);
  };
  const experiment = { ...example("experiment-synthetic"), experiment_id: id };
  put("manifest.json", { ...experiment, data_provenance: { kind: "synthetic", seed: 42 } });
  put("00_run_metadata/command.json", commandFact);
  put("00_run_metadata/config.resolved.json", { lr: 3e-4 });
  put("00_run_metadata/input_data_provenance.json", seedFact);
  put("00_run_metadata/environment.json", environmentFact);
  put("logs/stdout.log", "epoch 1\n");
  edit(() => {});
  return { id, folder, put, edit };
}

export const commandFact = {
  command_version: 1,
  argv: ["python", "train.py"],
  cwd: ".",
  capture: "auto",
  config: null,
  dirty_policy: "warn",
  parameter_clashes: [],
  parent: null,
  previous_attempt: null,
  redactions: {},
};

export const environmentFact = {
  environment_version: 1,
  gathered_at: "2026-11-20T10:42:08.000Z",
  from_cache: false,
  elapsed_seconds: 0.1,
  python: null,
  packages: { python: null, node: null },
  lock_files: [],
  driver_version: null,
  cuda_version: null,
  gpus: [],
  cpu: null,
  memory: null,
  os: null,
  system: null,
  redactions: {},
  not_gathered: [],
};

export const seedFact = { provenance_version: 1, kind: "synthetic", seed: 42 };

/** Of one input, with the nine fields that the founding document names. */
export const inputFact = {
  provenance_version: 1,
  authored_path: "data/train.csv",
  resolved_path: "/data/train.csv",
  sha256: "ab".repeat(32),
  size_bytes: 10,
  mtime_utc: "2026-04-02T07:35:00+00:00",
  row_count: 2,
  column_count: 2,
  ordered_columns: ["x", "y"],
};

/** The folder that the founding document describes, with every artifact its example names. */
export function writeOriginRun(parent: string, name = "my-project_blocked_tail_20260402_073500"): string {
  const folder = join(parent, name);
  const run = JSON.parse(foundingExample()) as Json;
  for (const { artifacts } of run.stages) {
    for (const path of Object.values(artifacts as Record<string, string>)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), contentFor(path));
    }
  }
  writeFileSync(join(folder, "run_manifest.json"), foundingExample());
  return folder;
}

/** How the origin writes a version of its records is not on paper. */
function contentFor(path: string): string {
  if (path.endsWith("/input_data_provenance.json"))
    return `${JSON.stringify({ ...inputFact, provenance_version: "1.0" })}\n`;
  return path.endsWith(".json") ? "{}\n" : "content\n";
}

/** Verbatim, as it is printed. */
export function foundingExample(): string {
  return readFileSync(new URL("run-of-the-origin-project.json", examples), "utf8");
}
