/** What `colophon run` was asked for, and what the run is then made of, step by step. */
import type { Pipeline } from "../generated/types.js";
import type { CapturedSource } from "../git/capture.js";
import type { ExperimentManifest } from "../kinds/experiment.js";
import type { RunManifest } from "../kinds/run.js";
import type { Capture, CommandEnd, Forward } from "../process/command.js";
import type { Project } from "../store/project.js";
import type { RunFolder } from "../store/run-folder.js";
import type { DigestedInputs } from "./digest-inputs.js";
import type { ProvenanceFlags } from "./request-provenance.js";
import type { Clash } from "./resolve-parameters.js";

export interface RunRequest {
  /** The command's words, untouched. */
  readonly argv: readonly string[];
  /** Absolute. */
  readonly directory: string;
  /** Default: the program's name. */
  readonly name: string | undefined;
  /** `--param`, as typed. */
  readonly params: readonly string[];
  /** `--config`, as typed. */
  readonly config: string | undefined;
  readonly provenance: ProvenanceFlags;
  readonly dirty: "warn" | "refuse" | undefined;
  readonly capture: Capture | undefined;
  readonly forward: Forward;
  readonly killAfterSeconds: number | null;
}

/** Everything that is known before the command starts. */
export interface PreparedRun {
  readonly request: RunRequest;
  readonly name: string;
  readonly project: Project;
  readonly captured: CapturedSource;
  readonly inputs: DigestedInputs;
  readonly params: Readonly<Record<string, unknown>>;
  readonly clashes: readonly Clash[];
  /** The text of `--config` without its secrets, and the name it is kept under. */
  readonly config: { readonly name: string; readonly text: string } | undefined;
  readonly argv: readonly string[];
  readonly redactions: Readonly<Record<string, number>>;
  readonly env: Readonly<Record<string, string>>;
  readonly machine: object;
  readonly startedAt: number;
  readonly parent: string | null;
  readonly previousAttempt: string | null;
  readonly capture: Capture;
  readonly dirtyPolicy: "warn" | "refuse";
}

/** The record is on disk, and the command may start. */
export interface BegunRun {
  readonly prepared: PreparedRun;
  readonly folder: RunFolder;
  readonly manifest: ExperimentManifest;
  readonly run: RunManifest;
  readonly pipeline: Pipeline;
}

export interface EndedRun {
  readonly begun: BegunRun;
  readonly end: CommandEnd;
  readonly run: RunManifest;
  /** What is in the record besides the run, and what could not be gathered. */
  readonly notGathered: readonly { readonly what: string; readonly reason: string }[];
}
