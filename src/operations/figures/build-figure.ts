/** Puts what was gathered into the places of the founding document; pure. */
import type { FigureSpec } from "../../generated/types.js";
import { sha8Of } from "../../kinds/figure/digests.js";
import { defaultTolerance, isInvariant } from "../../kinds/figure/invariance.js";
import { type FigureManifest, figureVersion, type Recording } from "../../kinds/figure/kind.js";
import { formatReference, formatReferences } from "../../kinds/figure/references.js";
import { sha256 } from "../../manifest/digest.js";
import { formatUtc } from "../../manifest/timestamps.js";
import { defaultSourceField, type GatheredFigure, refused } from "./gather-figure.js";
import { formatDownload } from "./payload.js";
import type { FigurePorts } from "./ports.js";

/** The four files of a figure, with their paths relative to the project. */
export interface BuiltFigure {
  readonly id: string;
  readonly manifest: FigureManifest;
  readonly manifestPath: string;
  readonly figureText: string;
  readonly csvText: string;
  readonly refsText: string;
}

export interface Build {
  readonly head: string | undefined;
  readonly python: string | undefined;
}

const foundingTypes = ["stacked", "bubble", "sankey", "table", "heatmap"] as const;
type FoundingType = (typeof foundingTypes)[number];
const foundingFacts = ["reference_year", "scope_policy", "gwp_horizon", "region_policy", "vintage_rules"];
const policies = ["gwp_horizon", "region_policy", "scope_policy"];
/** What stands in the place of a policy that a field does not have. */
export const notApplicable = "not applicable";

/** @throws RefusedError for a type or a dataset that the project does not have. */
export function buildFigure(
  spec: FigureSpec,
  gathered: GatheredFigure,
  build: Build,
  ports: Pick<FigurePorts, "artifacts" | "config" | "namespace" | "node" | "now" | "version">,
): BuiltFigure {
  const { payload, order, sources, tables } = gathered;
  const figureSha256 = `sha256:${sha256(payload.text)}`;
  const stem = (folder: string, suffix = "") =>
    `${ports.artifacts}/${folder}/${spec.name}${suffix}.${sha8Of(figureSha256)}`;
  const id = `${spec.name}.${sha8Of(figureSha256)}`;
  const type = founding(spec.type, ports.config);
  const dataset = splitDataset(spec.dataset, ports.config.dataset);
  const references = {
    order: [...order],
    index_map: Object.fromEntries(order.map((id, index) => [id, index + 1])),
  };
  const inputs = {
    tables: tables.map(({ path, sha256, row_count }) => ({ path, sha256, row_count })),
    rows: Object.fromEntries(tables.map(({ name, row_count }) => [name, row_count])),
    sources: sources.map((source, index) => ({
      ...source,
      citation: formatReference(index, source.citation),
    })),
  };
  const csvText = formatDownload(payload, spec.source_field ?? defaultSourceField, spec.columns);
  const refsText = formatReferences({ references, inputs });
  const generated_at = formatUtc(ports.now());
  const manifest = {
    $schema: "https://colophon.example/spec/figure.schema.json",
    manifest_version: figureVersion,
    figure: {
      id,
      type,
      layer_id: spec.layer_id,
      title: spec.title,
      ...(spec.notes !== undefined && { notes: spec.notes }),
    },
    build: {
      generated_at,
      build_id: buildId(generated_at, build.head),
      schema_hash: gathered.schemaHash,
      code_hash: gathered.codeHash,
      tooling: toolingOf(spec, gathered, build, ports),
    },
    dataset: dataset.founding,
    contracts: spec.contracts,
    inputs,
    transforms: gathered.transforms,
    outputs: {
      figure_path: `${stem("figures")}.json`,
      figure_sha256: figureSha256,
      download_csv: `${stem("figures")}.csv`,
      download_refs: `${stem("references", "_refs")}.txt`,
      numeric_invariance: invarianceOf(spec, gathered),
    },
    references,
    trace_keys: {
      figure_id: id,
      upstream_keys: Object.entries(spec.trace_keys).map(([table, key_fields]) => ({ table, key_fields })),
    },
    [ports.namespace]: { recording: recordingFor(spec, gathered, dataset, type, csvText, refsText) },
  };
  return {
    id,
    manifest: manifest as unknown as FigureManifest,
    manifestPath: `${stem("manifests")}.manifest.json`,
    figureText: payload.text,
    csvText,
    refsText,
  };
}

function founding(type: string, { types = {} }: FigurePorts["config"]): FoundingType {
  const known = foundingTypes.find((each) => each === type);
  const standIn = known ?? (Object.hasOwn(types, type) ? types[type] : undefined);
  if (standIn !== undefined) return standIn;
  const all = [...foundingTypes, ...Object.keys(types).sort()];
  throw refused(
    "FIGURE_TYPE_UNKNOWN",
    `"${type}" is no type of figure here; known are ${all.join(", ")}`,
    `Declare it in colophon.json: "figures": {"types": {"${type}": "table"}}`,
  );
}

interface SplitDataset {
  readonly founding: object;
  readonly own: Readonly<Record<string, unknown>>;
  readonly notApplicable: readonly string[];
}

/** A project of another field states its own facts, and may leave out the policies that it does not have. */
function splitDataset(
  dataset: Readonly<Record<string, unknown>>,
  required: readonly string[] | undefined,
): SplitDataset {
  const names = Object.keys(dataset);
  const needed = ["reference_year", ...(required ?? policies)];
  const absent = needed.filter((name) => !names.includes(name));
  if (absent.length > 0)
    throw refused(
      "DATASET_INCOMPLETE",
      `dataset lacks ${absent.join(", ")}`,
      required === undefined
        ? 'State them; a project of another field names its own in colophon.json: "figures": {"dataset": ["cohort"]}'
        : "State them; colophon.json asks for them under figures.dataset.",
    );
  const foreign = names.filter((name) => ![...foundingFacts, ...needed].includes(name));
  if (foreign.length > 0)
    throw refused(
      "DATASET_INCOMPLETE",
      `dataset has ${foreign.join(", ")}, which nobody asks for`,
      "Name them in colophon.json under figures.dataset, or leave them out.",
    );
  const left = policies.filter((name) => !names.includes(name));
  const own = names.filter((name) => !foundingFacts.includes(name));
  return {
    founding: {
      ...Object.fromEntries(left.map((name) => [name, notApplicable])),
      ...pick(dataset, (name) => foundingFacts.includes(name)),
    },
    own: pick(dataset, (name) => own.includes(name)),
    notApplicable: left,
  };
}

function pick(object: Readonly<Record<string, unknown>>, wanted: (name: string) => boolean) {
  return Object.fromEntries(Object.entries(object).filter(([name]) => wanted(name)));
}

function invarianceOf(
  { invariance: { tolerance_pct = defaultTolerance } }: FigureSpec,
  { sums }: GatheredFigure,
) {
  const both = { pre_agg_sum: sums.pre, post_agg_sum: sums.post, tolerance_pct };
  return { ...both, passed: isInvariant(both) };
}

/** `bld_20251004_7d2e1a9` */
function buildId(generatedAt: string, head: string | undefined): string {
  return `bld_${generatedAt.slice(0, 10).replaceAll("-", "")}_${head === undefined ? "nocommit" : head.slice(0, 7)}`;
}

function toolingOf(
  { tooling = {} }: FigureSpec,
  { packages }: GatheredFigure,
  { python }: Build,
  { node, version }: Pick<FigurePorts, "node" | "version">,
) {
  const declared = Object.fromEntries(
    Object.entries(tooling).filter(([name, value]) => name !== "packages" && typeof value === "string"),
  );
  return {
    ...declared,
    node,
    colophon: version,
    ...(python !== undefined && { python }),
    ...(packages.length > 0 && { packages }),
  };
}

function recordingFor(
  spec: FigureSpec,
  { tables, code, validators, slices, renderings, runs }: GatheredFigure,
  dataset: SplitDataset,
  type: string,
  csvText: string,
  refsText: string,
): Recording {
  const { table = null, column, field, scale = 1 } = spec.invariance;
  return {
    recording_version: 1,
    ...(spec.type !== type && { type: spec.type }),
    ...(spec.unit !== undefined && { unit: spec.unit }),
    ...(spec.uncertainty !== undefined && { uncertainty: spec.uncertainty }),
    dataset: dataset.own,
    not_applicable: [...dataset.notApplicable],
    tables: tables.map(({ name, path, columns }) => ({ name, path, columns: [...columns] })),
    enums: spec.enums ?? {},
    validators: [...validators],
    code: [...code],
    slices: [...slices],
    invariance: { table, column, scale, field },
    source_field: spec.source_field ?? defaultSourceField,
    csv_sha256: `sha256:${sha256(csvText)}`,
    refs_sha256: `sha256:${sha256(refsText)}`,
    renderings: [...renderings] as Recording["renderings"],
    runs: [...runs],
  };
}
