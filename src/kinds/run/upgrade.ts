/**
 * Brings a run manifest of an earlier version to the shape of version 3, step by step. Nothing is invented: what was recorded is
 * moved or read, everything else is named in `defaulted`. A run that predates input-data provenance still has none afterwards.
 */
import { meridianPipelineOf } from "../pipelines/meridian.js";
import { manifestVersion, type RunManifest, type Stage } from "./run.js";
import { promotedArtifacts } from "./staged-artifacts.js";

export interface UpgradedRun {
  /** In the shape of version 3. */
  readonly run: RunManifest;
  /** The version of the document. */
  readonly version: number;
  /** Pointers into `run` whose values the document did not record. */
  readonly defaulted: readonly string[];
}

/** What stands where a path was not recorded: it cannot be taken for one. */
export const notRecorded = "(not recorded)";

type Draft = Readonly<Record<string, unknown>>;
/** What a version added, as far as a draft lacks it. */
type Step = (draft: Draft) => Draft;

/** `document` is valid. What its own version introduced may be missing too, so every step looks. */
export function upgradeRun(document: Readonly<Record<string, unknown>>): UpgradedRun {
  const version = document.manifest_version as number;
  if (version === manifestVersion) return { run: document as RunManifest, version, defaulted: [] };
  const run = steps.reduce((draft, step) => step(draft), document) as RunManifest;
  return { run, version, defaulted: additions(document, run) };
}

const steps: readonly Step[] = [initialFields, version1, version2, version3];

function initialFields(draft: Draft): Draft {
  const stages = stagesOf(draft).map((stage) =>
    withDefaults(stage, { started_at: null, finished_at: null, artifacts: {} }),
  );
  return { ...withDefaults(draft, { finished_at: null }), stages };
}

function version1(draft: Draft): Draft {
  return withDefaults(draft, { meridian_version: null });
}

function version2(draft: Draft): Draft {
  const status = draft.status ?? statusOf(draft);
  const last = stagesOf(draft).length - 1;
  const stages = stagesOf(draft).map((stage, index) =>
    withDefaults(stage, {
      status: stageStatusOf(stage, status, index === last),
      elapsed_seconds: null,
      message: null,
    }),
  );
  const artifacts = promotedArtifacts(
    meridianPipelineOf(draft.manifest_version),
    stages as unknown as Stage[],
  );
  const defaults = { status, config_path: notRecorded, output_dir: notRecorded, artifacts };
  return { ...withDefaults(draft, defaults), stages };
}

/** Version 3 added input-data provenance. Who did not record it then does not know it now. */
function version3(draft: Draft): Draft {
  return { ...draft, manifest_version: manifestVersion };
}

/** An end is no success: a run that ended without one of the stages that may not be skipped did not complete. */
function statusOf(draft: Draft): RunManifest["status"] {
  if (draft.finished_at === null) return "running";
  const recorded = stagesOf(draft);
  const isWhole = meridianPipelineOf(draft.manifest_version).stages.every(
    ({ name, skippable }) => skippable || recorded.some((stage) => stage.name === name),
  );
  return isWhole && recorded.every(({ status }) => status !== "failed") ? "completed" : "failed";
}

/** A stage with an end, or with another behind it, is over. The last one goes as its run went. */
function stageStatusOf(stage: Draft, run: unknown, isLast: boolean): Stage["status"] {
  return stage.finished_at !== null || !isLast ? "completed" : (run as Stage["status"]);
}

function stagesOf(draft: Draft): readonly Draft[] {
  return draft.stages as readonly Draft[];
}

function withDefaults(draft: Draft, defaults: Draft): Draft {
  return { ...defaults, ...draft };
}

function additions(document: Draft, run: RunManifest): string[] {
  const added = (before: object, after: object, base: string) =>
    Object.keys(after)
      .filter((key) => !Object.hasOwn(before, key))
      .map((key) => `${base}/${key}`);
  const stages = stagesOf(document).flatMap((stage, index) =>
    added(stage, run.stages[index] as Stage, `/stages/${index}`),
  );
  return [...added(document, run, ""), ...stages].sort();
}
