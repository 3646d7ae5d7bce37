/** `startRun`: captures what a run is made from, puts it on record, and hands out the run to fill. */
import { RefusedError, UsageError } from "../../errors.js";
import type { DataProvenance } from "../../kinds/experiment.js";
import type { Project } from "../../store/project.js";
import type { ProvenanceFlags, ProvenanceRequest } from "../inputs/request-provenance.js";
import { beginRun } from "../run/begin-run.js";
import { prepareRun } from "../run/prepare-run.js";
import type { DirtyPolicy } from "../run/record-code.js";
import type { RunRequest } from "../run/run-request.js";
import { checkOptions } from "./check-calls.js";
import type { LivePorts } from "./live-record.js";
import { type LiveRun, liveRun } from "./live-run.js";
import { planLive } from "./live-stages.js";

export interface StartRunOptions {
  /** Free-form parameters: plain JSON values. Copied; secrets are replaced. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** `synthetic(seed)` or `external({name: sha256})`; without it, `data`, or what `colophon.json` says under `data`. */
  readonly dataProvenance?: DataProvenance;
  /** Files and folders to digest, by input name; relative to `directory`. */
  readonly data?: Readonly<Record<string, string>>;
  /** Default: the program's name. */
  readonly name?: string;
  /** One of `colophon.json`, or `meridian`; without it, the stages are those that are opened. */
  readonly pipeline?: string;
  /** Further version fields that the pipeline asks for, such as `{meridian_tools_version: "0.3.0"}`. */
  readonly versions?: Readonly<Record<string, string | null>>;
  /** A `.json`, `.yaml` or `.toml` file of parameters, archived with the run; `params` win over it. */
  readonly config?: string;
  /** Where the project is looked for; default the current folder. */
  readonly directory?: string;
  /** What becomes of uncommitted edits; default `snapshot`: they are kept as a commit. */
  readonly dirty?: DirtyPolicy;
  /** How artifacts are kept, unless they say so themselves; default `copy`. */
  readonly artifactMode?: "copy" | "link" | "reference";
  /** Larger ones are referenced, not copied; bytes, default 1 GiB, `null` for no cap. */
  readonly artifactMaximumBytes?: number | null;
  /** Whether to sample, once a second, what this process and all below it use; default as `colophon.json` says, which is `true`. */
  readonly samples?: boolean;
}

const gibibyte = 1024 ** 3;

/** @throws GitError, ConfigError, RefusedError, UsageError or FileError; then there is no record, and nothing to clean up. */
export async function startLiveRun(
  options: StartRunOptions,
  directory: string,
  argv: readonly string[],
  ports: LivePorts,
): Promise<LiveRun> {
  checkOptions(options);
  const { params = {}, artifactMode: mode = "copy", artifactMaximumBytes: maximumBytes = gibibyte } = options;
  const request: RunRequest = {
    argv,
    directory,
    from: undefined,
    pipeline: undefined,
    skips: [],
    name: options.name ?? programName(argv),
    values: {},
    params,
    config: options.config,
    provenance: provenanceOf(options),
    artifacts: [],
    artifactMode: mode,
    artifactMaximumBytes: maximumBytes,
    dirty: options.dirty,
    include: [],
    exclude: [],
    observe: undefined,
    capture: "none",
    // What the program prints goes where it always went, past us: patterns have nothing to search.
    metricPatterns: [],
    forward: "never",
    killAfterSeconds: null,
  };
  const plan = (project: Project) => planLive(options.pipeline, options.versions ?? {}, project);
  const prepared = await prepareRun(request, ports, plan).catch(explain);
  const samples = options.samples ?? prepared.project.config.samples ?? true;
  return liveRun(await beginRun(prepared, ports), { mode, maximumBytes, samples }, ports);
}

/** A program is told what to write, not what to type. */
function explain(error: unknown): never {
  if (!(error instanceof RefusedError) || error.code !== "NO_PROVENANCE") throw error;
  const message =
    "no data provenance: every run names its data, by content or by the seed it is made from (a training seed is not a data seed)";
  throw new RefusedError("NO_PROVENANCE", message, {
    hint: 'Write startRun({ data: { train: "data/train.csv" } }), or dataProvenance: synthetic(42) for data that is generated.',
    cause: error,
  });
}

function provenanceOf({ dataProvenance, data }: StartRunOptions): ProvenanceFlags | ProvenanceRequest {
  if (dataProvenance !== undefined && data !== undefined) {
    throw new UsageError("TWO_PROVENANCES", "startRun was given both dataProvenance and data", {
      hint: 'Give dataProvenance: synthetic(42), or data: { train: "data/train.csv" }.',
    });
  }
  if (dataProvenance?.kind === "synthetic") return { kind: "synthetic", seed: dataProvenance.seed };
  if (dataProvenance !== undefined || data !== undefined) {
    const declared = new Map(Object.entries(dataProvenance?.hashes ?? {}));
    return {
      kind: "external",
      paths: new Map(Object.entries(data ?? {})),
      ofProject: new Set(),
      declared,
      sums: [],
    };
  }
  return { syntheticSeed: undefined, data: [], dataHash: [], dataSums: [] };
}

/** `node train.mjs` is `train.mjs`. */
function programName([node = "", script]: readonly string[]): string {
  const path = script ?? node;
  return path.slice(path.lastIndexOf("/") + 1) || path;
}
