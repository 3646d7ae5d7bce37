/** The run kind: what happened, stage by stage. Version 3 is written; 0, 1 and 2 are read. */
import * as validators from "../../generated/validators.js";
import type { Kind, Rules } from "../../manifest/kind.js";
import { defaultMaximumBytes } from "../../manifest/parse.js";
import { isObject } from "../../manifest/validate.js";
import { meridianPipeline } from "../pipelines/meridian.js";
import { pipelineOf, predatesColophon } from "../pipelines/pipeline-of.js";
import { artifactChecks } from "./checks/artifacts.js";
import { stageChecks } from "./checks/stages.js";
import { timeChecks } from "./checks/times.js";
import { versionChecks } from "./checks/versions.js";
import { manifestVersion } from "./run.js";
import { upgradeRun } from "./upgrade.js";

type Document = Readonly<Record<string, unknown>>;

const earlierVersions = [0, 1, 2];

const common = [
  "manifest_version",
  "run_name",
  "config_path",
  "output_dir",
  "started_at",
  "status",
  "finished_at",
  "artifacts",
  "stages",
];
const ofMeridian = [...fieldNames(meridianPipeline), "export_plots"];

export const run: Kind = {
  name: "run",
  fileName: "run_manifest.json",
  maximumBytes: defaultMaximumBytes,
  version: { field: "manifest_version", supported: [...earlierVersions, manifestVersion] },
  schema: validators.run,
  earlier: {
    versions: earlierVersions,
    schema: validators.run_before_3,
    reads: ["manifest_version", "meridian_version", "status", "finished_at", "stages", "artifacts"],
    upgrade: (document) => {
      const { run, defaulted } = upgradeRun(document);
      return { document: run, defaulted };
    },
  },
  fields: [...common, "colophon_version", ...ofMeridian],
  fieldsOf,
  leading: [],
  volatile: [
    "/started_at",
    "/finished_at",
    "/output_dir",
    "/config_path",
    "/stages/*/started_at",
    "/stages/*/finished_at",
    "/stages/*/elapsed_seconds",
    "/*/process",
    "/*/result/elapsed_seconds",
    "/*/artifacts/entries/*/source",
  ],
  checks: [...versionChecks, ...timeChecks, ...stageChecks, ...artifactChecks],
  recognise: (document) =>
    Object.hasOwn(document, "manifest_version") &&
    ["run_name", "stages", "output_dir", "started_at", "colophon_version", "meridian_tools_version"].some(
      (field) => Object.hasOwn(document, field),
    ),
  isFrozen: (document) =>
    isObject(document) &&
    Object.hasOwn(document, "manifest_version") &&
    (document.status === "completed" || document.status === "failed"),
  summarize: (document) => {
    const { run_name, status, stages } = upgradeRun(document).run;
    return `${run_name}  ${status}  ${stages.map(({ name, status }) => `${name} ${status}`).join(", ")}`;
  },
};

/** Versions of tools are fields where the pipeline says so; plots came with version 2. */
function fieldsOf(document: Document, { namespace }: Rules): readonly string[] {
  const version = document.manifest_version;
  if (predatesColophon(version))
    return [...common, ...ofMeridian.filter((field) => field !== "export_plots" || version === 2)];
  if (!Object.hasOwn(document, "colophon_version")) return [...common, ...ofMeridian];
  return [...common, "colophon_version", ...fieldNames(pipelineOf(document, namespace))];
}

/** Asked before the pipeline has been judged, which may be anything. */
function fieldNames(pipeline: unknown): string[] {
  const fields = isObject(pipeline) && Array.isArray(pipeline.version_fields) ? pipeline.version_fields : [];
  return fields.flatMap((field: unknown) =>
    isObject(field) && typeof field.name === "string" ? [field.name] : [],
  );
}
