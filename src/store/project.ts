/** A project: the folder that holds `colophon.json`, or else the root of the Git repository, and where its records lie. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { ConfigError, type Finding } from "../errors.js";
import type { ProjectConfig } from "../generated/types.js";
import { config as validator } from "../generated/validators.js";
import { defaultNamespace } from "../manifest/kind.js";
import { locateFindings, parseJson } from "../manifest/parse.js";
import { faultOfPath } from "../manifest/paths.js";
import { findPipelineFaults } from "../manifest/pipeline-rules.js";
import { schemaFindings } from "../manifest/schema.js";
import { readDocument } from "./read-document.js";

export const configName = "colophon.json";
export const defaultRecords = "records";
export const defaultArtifacts = "dist/artifacts";

export interface Project {
  /** Absolute. */
  readonly root: string;
  /** Absolute; `undefined` when the project has no `colophon.json`. */
  readonly configFile: string | undefined;
  readonly config: ProjectConfig;
  /** Relative to the root, POSIX. */
  readonly records: string;
  readonly artifacts: string;
  readonly namespace: string;
}

/** Looks upward for `colophon.json`; without one the project is `fallbackRoot`, or the folder itself. */
export function openProject(directory: string, fallbackRoot?: string): Project {
  const configFile = findUpward(resolve(directory), configName);
  const root = configFile === undefined ? (fallbackRoot ?? resolve(directory)) : dirname(configFile);
  const config = configFile === undefined ? {} : readConfig(configFile);
  return {
    root,
    configFile,
    config,
    records: config.records ?? defaultRecords,
    artifacts: config.artifacts ?? defaultArtifacts,
    namespace: config.extensionNamespace ?? defaultNamespace,
  };
}

export function readConfig(file: string): ProjectConfig {
  const bytes = readDocument(dirname(file), file);
  if ("code" in bytes) throw badConfig(file, [bytes]);
  const parsed = parseJson(bytes);
  if (!parsed.ok) throw badConfig(file, parsed.findings);
  const config = parsed.value as ProjectConfig;
  const refused = schemaFindings(validator, config);
  const findings = [
    ...refused,
    ...pathFindings(config),
    ...(refused.length > 0 ? [] : pipelineFindings(config)),
  ];
  if (findings.length > 0) throw badConfig(file, locateFindings(parsed.text, findings));
  return config;
}

function pipelineFindings({ pipelines = {} }: ProjectConfig): Finding[] {
  return Object.entries(pipelines).flatMap(([name, declaration]) => findPipelineFaults(name, declaration));
}

function pathFindings(config: ProjectConfig): Finding[] {
  return (["records", "artifacts"] as const).flatMap((field) => {
    const path = config?.[field];
    const fault = typeof path === "string" ? (faultOfPath(path) ?? faultOfPlace(path)) : undefined;
    if (fault === undefined) return [];
    const hint = "Give a folder below colophon.json, with forward slashes.";
    return [
      {
        code: "BAD_PATH",
        severity: "error",
        pointer: `/${field}`,
        message: `${field}: "${path}" ${fault}`,
        hint,
        line: null,
        column: null,
      },
    ];
  });
}

/** Neither Git's own folder nor our caches are a place for records. */
function faultOfPlace(path: string): string | undefined {
  const taken = path.split("/").find((segment) => /^\.(git|colophon)$/i.test(segment));
  return taken === undefined ? undefined : `lies in ${taken}`;
}

function badConfig(file: string, findings: readonly Finding[]): ConfigError {
  const lines = findings.map(
    ({ line, column, message }) => `  ${file}:${line ?? 1}:${column ?? 1}  ${message}`,
  );
  return new ConfigError("BAD_CONFIG", `${configName} is not what it should be:\n${lines.join("\n")}`, {
    hint: findings[0]?.hint ?? "Compare it with spec/config.schema.json.",
  });
}

function findUpward(directory: string, name: string): string | undefined {
  const file = join(directory, name);
  if (existsSync(file)) return file;
  const parent = dirname(directory);
  return parent === directory ? undefined : findUpward(parent, name);
}
