/** `colophon ground-truth generate`: makes tables and their ground truth, compares them with what is there, and only then moves them there. */
import { ValidationError } from "../../errors.js";
import type { GroundTruthGeneration } from "../../generated/types.js";
import { type GeneratedWorld, generateWorld } from "../../generators/ground-truth/generate-world.js";
import { buildGroundTruth } from "../../kinds/ground-truth/build.js";
import type { GroundTruthManifest } from "../../kinds/ground-truth/ground-truth.js";
import { defaultRules, kinds } from "../../kinds/table.js";
import { parseText } from "../../manifest/parse.js";
import { isValid, validateDocument } from "../../manifest/validate.js";
import type { Staging } from "../../store/staging/stage-folder.js";
import { type Difference, differences } from "../manifests/member-differences.js";
import { summarizeGroundTruth } from "./answers/summary.js";
import {
  manifestName,
  type PlanTablesPorts,
  planTables,
  sumsName,
  type TablesPlan,
  type WrittenFile,
} from "./plan-tables.js";

export interface GenerateTruthRequest {
  /** Checked. */
  readonly config: GroundTruthGeneration;
  /** Absolute. */
  readonly directory: string;
  /** Whether other content may be replaced. */
  readonly accept: boolean;
}

export interface GenerateTruthPorts extends PlanTablesPorts {
  readonly stage: (folder: string) => Staging;
}

export interface ChangedFile {
  readonly path: string;
  readonly change: "added" | "changed" | "removed";
}

export interface TruthDiff {
  /** What the two ground truths say of themselves. */
  readonly fields: readonly Difference[];
  readonly files: readonly ChangedFile[];
}

export interface GeneratedTruth {
  /** `differs`: nothing was changed. */
  readonly status: "written" | "unchanged" | "replaced" | "differs";
  readonly world: GeneratedWorld;
  readonly manifest: GroundTruthManifest;
  readonly files: readonly WrittenFile[];
  /** Against what is there; null where nothing of these names is. */
  readonly diff: TruthDiff | null;
}

export async function generateGroundTruth(
  { config, directory, accept }: GenerateTruthRequest,
  ports: GenerateTruthPorts,
): Promise<GeneratedTruth> {
  const made = await makeGroundTruth(config);
  const staging = ports.stage(directory);
  try {
    const plan = planTables(made.world.tables, config, { directory, manifest: made.manifest }, ports);
    const diff = plan.differing.length === 0 ? null : diffOf(plan, made.manifest, directory, ports);
    const known = { ...made, files: plan.files, diff };
    if (plan.changed.length === 0 && plan.stale.length === 0) return { status: "unchanged", ...known };
    if (diff !== null && !accept) return { status: "differs", ...known };
    write(plan, staging);
    return { status: diff === null ? "written" : "replaced", ...known };
  } finally {
    staging.discard();
  }
}

/** In memory. @throws ValidationError, which would be a mistake of ours. */
export async function makeGroundTruth(
  config: GroundTruthGeneration,
): Promise<{ readonly world: GeneratedWorld; readonly manifest: GroundTruthManifest }> {
  const world = await generateWorld(config);
  const manifest = buildGroundTruth(config, world.state);
  const findings = validateDocument(manifest, kinds["ground-truth"], defaultRules());
  if (!isValid(findings)) throw new ValidationError("the ground truth of this configuration", findings);
  return { world, manifest };
}

/** Every file anew, so that they go to their places together: the last one is what says that they are whole. */
function write({ texts, stale, document }: TablesPlan, staging: Staging): void {
  for (const [name, text] of texts) {
    const file = staging.open(name);
    file.add(text);
    file.end();
  }
  staging.moveIntoPlace(document === null ? sumsName : manifestName, stale);
}

function diffOf(
  { texts, changed, stale, differing }: TablesPlan,
  manifest: GroundTruthManifest,
  directory: string,
  { findText, pathIn }: PlanTablesPorts,
): TruthDiff {
  const changeOf = (path: string): ChangedFile["change"] =>
    stale.includes(path) ? "removed" : differing.includes(path) ? "changed" : "added";
  const there = truthIn(findText(pathIn(directory, manifestName)));
  const fields =
    there === undefined || !texts.has(manifestName) ? [] : differences(byName(there), byName(manifest));
  return { fields, files: [...changed, ...stale].map((path) => ({ path, change: changeOf(path) })) };
}

/** In short, and lists as objects, so that a difference has a name. */
function byName(manifest: GroundTruthManifest): object {
  const { event_tables, bridges, injections, ...rest } = summarizeGroundTruth(manifest);
  return {
    ...rest,
    event_tables: Object.fromEntries(event_tables.map(({ table, ...counts }) => [table, counts])),
    bridges: Object.fromEntries(bridges.map(({ bridge, ...counts }) => [bridge, counts])),
    injections: Object.fromEntries(injections.map(({ issue_index, ...issue }) => [issue_index, issue])),
  };
}

/** What stands there may be anything. */
function truthIn(text: string | undefined): GroundTruthManifest | undefined {
  const parsed = text === undefined ? undefined : parseText(text);
  if (!parsed?.ok) return undefined;
  const isTruth = isValid(validateDocument(parsed.value, kinds["ground-truth"], defaultRules()));
  return isTruth ? (parsed.value as GroundTruthManifest) : undefined;
}
