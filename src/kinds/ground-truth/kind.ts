/** The ground-truth kind: what is true of a synthetic dataset, in a document beside its tables. */

import type { GroundTruthManifest } from "../../generated/types.js";
import * as validators from "../../generated/validators.js";
import { formatCount } from "../../manifest/count.js";
import { countMembers, type Kind } from "../../manifest/kind.js";
import { correlationChecks } from "./checks/correlations.js";
import { entityChecks } from "./checks/entities.js";
import { entryChecks } from "./checks/entries.js";
import { periodChecks } from "./checks/periods.js";
import { countPeriods, laterSections, schemaVersion } from "./ground-truth.js";

const required = [
  "schema_version",
  "seed",
  "config_sha256",
  "archetype_assignments",
  "trajectory_samples",
  "event_firings",
];
const fields = [...required, ...Object.keys(laterSections)];
/** What nobody else's documents have; a seed or a version many have. */
const telling = fields.filter((field) => !["schema_version", "seed", "holdout"].includes(field));

export const groundTruth: Kind = {
  name: "ground-truth",
  fileName: "manifest.json",
  maximumBytes: 256 * 1024 * 1024,
  version: { field: "schema_version", supported: [schemaVersion] },
  schema: validators.ground_truth,
  fields,
  isClosed: true,
  containsGroundTruth: true,
  leading: [],
  volatile: [],
  checks: [...entityChecks, ...periodChecks, ...entryChecks, ...correlationChecks],
  recognise: (document) => countMembers(document, telling) >= 2,
  summarize: (document) => {
    const { seed, config_sha256, archetype_assignments, trajectory_samples } =
      document as unknown as GroundTruthManifest;
    const periods = countPeriods(trajectory_samples);
    const size = `${formatCount(archetype_assignments.length)} entities`;
    const time = periods === undefined ? "" : ` × ${formatCount(periods)} periods`;
    return `ground truth  seed ${seed}  config ${config_sha256.slice(0, 8)}  ${size}${time}`;
  },
};
