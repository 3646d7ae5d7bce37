/** Whether something is a configuration that a world can be made from; everything that is wrong with it is told at once. */
import { ConfigError, type Finding } from "../../errors.js";
import type { GroundTruthGeneration } from "../../generated/types.js";
import { ground_truth_config } from "../../generated/validators.js";
import { faultsOfConfig } from "../../generators/ground-truth/config-faults.js";
import type { GroundTruthManifest } from "../../kinds/ground-truth/ground-truth.js";
import { findUnwritable } from "../../manifest/canonical.js";
import { schemaFindings } from "../../manifest/schema.js";
import { isConfigOf } from "./answers/drift.js";

/** What is wrong with it, each with its pointer; what one thing names another by is looked at when the form is right. */
export function validateConfig(config: unknown): Finding[] {
  const findings = schemaFindings(ground_truth_config, config);
  return findings.length > 0 ? findings : faultsOfConfig(config as GroundTruthGeneration);
}

/** `named` is what it is called in the error. @throws ConfigError */
export function checkConfig(config: unknown, named: string): GroundTruthGeneration {
  const unwritable = findUnwritable(config);
  const findings = unwritable === undefined ? validateConfig(config) : [];
  if (unwritable === undefined && findings.length === 0) return config as GroundTruthGeneration;
  const lines = findings.map(({ pointer, message }) => `  ${pointer || "(document)"}: ${message}`);
  const faults = unwritable === undefined ? lines : [`  ${unwritable.pointer}: ${unwritable.what}`];
  throw new ConfigError("BAD_GROUND_TRUTH_CONFIG", `${named} makes no world:\n${faults.join("\n")}`, {
    hint: findings[0]?.hint ?? "Write what JSON can hold; see spec/ground-truth-config.schema.json.",
  });
}

/** As it was read. */
export interface ReadConfig {
  readonly values: object;
  readonly text: string;
  /** For the error. */
  readonly path: string;
}

/** What another configuration makes says nothing of these tables. @throws ConfigError */
export function checkConfigOf(manifest: GroundTruthManifest, config: ReadConfig): GroundTruthGeneration {
  if (isConfigOf(manifest, config)) return checkConfig(config.values, config.path);
  throw new ConfigError(
    "CONFIG_DRIFTED",
    `${config.path} is not the configuration of these tables, whose digest is ${manifest.config_sha256}`,
    { hint: "Take it from the commit that the tables were generated at." },
  );
}
