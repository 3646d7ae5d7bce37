/** What `colophon run` was asked for, and what the run is then made of, step by step. */
import type { Finding } from "../../errors.js";
import type { Drift, MetricsSummary, ObservedFiles, ReproductionFacts } from "../../generated/types.js";
import type { CapturedSource } from "../../git/capture.js";
import type { ExperimentManifest } from "../../kinds/experiment.js";
import type { RunManifest } from "../../kinds/run/run.js";
import type { Capture, CommandEnd, Forward } from "../../process/command.js";
import type { Project } from "../../store/project.js";
import type { ArtifactRequest } from "../../store/runs/artifacts.js";
import type { RunFolder } from "../../store/runs/run-folder.js";
import type { MetricPattern } from "../console/metric-pattern.js";
import type { DigestedInputs } from "../inputs/digest-inputs.js";
import type { ProvenanceFlags, ProvenanceRequest } from "../inputs/request-provenance.js";
import type { CollectedArtifacts } from "./collect-artifacts.js";
import type { DirtyPolicy, RecordedCode } from "./record-code.js";
import type { RecordedFigures } from "./record-figures.js";
import type { Clash } from "./resolve-parameters.js";
import type { Plan } from "./stages/plan-stages.js";

export interface RunRequest {
  /** The command's words, untouched; none when a pipeline of `colophon.json` is run. */
  readonly argv: readonly string[];
  readonly pipeline: string | undefined;
  /** The run that is run again; its archived configuration is this run's. */
  readonly from: RepeatedRun | undefined;
  /** What the manifest says of the run that is reproduced. */
  readonly reproduction?: ReproductionFacts;
  /** `--skip`, as typed. */
  readonly skips: readonly string[];
  /** Absolute. */
  readonly directory: string;
  /** Default: the program's name. */
  readonly name: string | undefined;
  /** Parameters of the repeated run: whatever else is given wins over them. */
  readonly values: Readonly<Record<string, unknown>>;
  /** `--param`, as typed; from a program, as values. */
  readonly params: readonly string[] | Readonly<Record<string, unknown>>;
  /** `--config`, as typed. */
  readonly config: string | undefined;
  readonly provenance: ProvenanceFlags | ProvenanceRequest;
  readonly artifacts: readonly NamedArtifact[];
  readonly artifactMode: ArtifactRequest["mode"];
  readonly artifactMaximumBytes: ArtifactRequest["maximumBytes"];
  readonly dirty: DirtyPolicy | undefined;
  /** Globs of files that go into the snapshot, or stay out of it, besides those of `colophon.json`. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly capture: Capture | undefined;
  /** Whether to list the files that the command opens; `undefined`: as `colophon.json` says. */
  readonly observe: boolean | "strace" | undefined;
  /** Whether to sample what the commands use; `undefined`: as `colophon.json` says. */
  readonly samples?: boolean | undefined;
  /** `--metric-pattern`; `undefined` where none was typed. */
  readonly metricPatterns?: readonly MetricPattern[] | undefined;
  readonly forward: Forward;
  readonly killAfterSeconds: number | null;
}

export interface RepeatedRun {
  readonly id: string;
  /** Of the source's archived configuration, relative to the project's root, POSIX. */
  readonly configPath: string;
  /** The archived configuration; `undefined` when the source had none. */
  readonly config: { readonly name: string; readonly text: string } | undefined;
  /** What its pipeline ran; `undefined` when it ran one command. */
  readonly plan: Plan | undefined;
}

/** An artifact of the whole run: `--artifact NAME=PATH`. */
export interface NamedArtifact {
  readonly name: string;
  /** Relative to the current folder. */
  readonly path: string;
}

/** Everything that is known before the command starts. */
export interface PreparedRun {
  readonly request: RunRequest;
  readonly name: string;
  readonly project: Project;
  readonly plan: Plan;
  readonly captured: CapturedSource;
  readonly inputs: DigestedInputs;
  readonly params: Readonly<Record<string, unknown>>;
  readonly clashes: readonly Clash[];
  /** The text of `--config` without its secrets, and the name it is kept under. */
  readonly config: { readonly name: string; readonly text: string } | undefined;
  /** Without their secrets, as are the commands of a pipeline's stages, by name; `null` for a single command. */
  readonly argv: readonly string[];
  readonly stageCommands: Readonly<Record<string, readonly string[]>> | null;
  readonly redactions: Readonly<Record<string, number>>;
  readonly env: Readonly<Record<string, string>>;
  readonly machine: object;
  readonly startedAt: number;
  readonly parent: string | null;
  readonly previousAttempt: string | null;
  readonly capture: Capture;
  /** What of the output is metrics. */
  readonly metricPatterns: readonly MetricPattern[];
  readonly dirtyPolicy: DirtyPolicy;
}

/** The record is on disk, and the command may start. */
export interface BegunRun {
  readonly prepared: PreparedRun;
  readonly code: RecordedCode;
  readonly folder: RunFolder;
  readonly manifest: ExperimentManifest;
  readonly run: RunManifest;
  /** A completed run of the same code, data, parameters and commands. */
  readonly equalRun: string | null;
}

/** The commands have ended; the record has yet to say so. */
export interface ExecutedRun {
  readonly run: RunManifest;
  /** Of the last command, with the output, signals and orphans of all; `null` when every stage was skipped. */
  readonly end: CommandEnd | null;
  /** Why the run did not complete; `null` only when every command was seen to exit with 0. */
  readonly failure: string | null;
  readonly collected: CollectedArtifacts;
  /** When the first command was about to start, in milliseconds since 1970. */
  readonly startedAt: number;
  /** When the last command had ended, in milliseconds since 1970. */
  readonly endedAt: number;
}

export interface EndedRun {
  readonly begun: BegunRun;
  readonly end: CommandEnd | null;
  readonly run: RunManifest;
  readonly drift: Drift;
  readonly collected: CollectedArtifacts;
  readonly metrics: MetricsSummary | null;
  /** Those that the commands asked for. */
  readonly figures: RecordedFigures;
  /** `null` where the run was not to be observed. */
  readonly observed: ObservedFiles | null;
  /** What is in the record besides the run, and what could not be gathered. */
  readonly notGathered: readonly { readonly what: string; readonly reason: string }[];
  /** Lines by which the program reported something and that cannot be read. */
  readonly unreadReports: readonly Finding[];
}
