/** Versions of a run: that of the manifest, those of the tools that wrote it, and the pipeline that follows from them. */
import type { Check } from "../../../manifest/kind.js";
import { appendToPointer } from "../../../manifest/pointer.js";
import { describe } from "../../../manifest/schema.js";
import { predatesColophon } from "../../pipelines/pipeline-of.js";
import { check, judgedBy } from "./check.js";

/** A document without the version key of a pipeline's tool is no run at all. */
const toolIsNamed = check(
  "NO_TOOL_VERSION",
  'Add "colophon_version", or "meridian_tools_version" for a run of that pipeline.',
  [],
  function* (_run, _rules, recorded) {
    if (Object.hasOwn(recorded, "meridian_tools_version")) return;
    if (predatesColophon(recorded.manifest_version)) {
      yield {
        pointer: "",
        message:
          "has no meridian_tools_version; colophon_version is a field since version 3, so no pipeline judges it",
      };
    } else if (!Object.hasOwn(recorded, "colophon_version")) {
      yield {
        pointer: "",
        message: "has neither colophon_version nor meridian_tools_version, so no pipeline judges it",
      };
    }
  },
);

const pipelineIsCarried = check(
  "NO_PIPELINE",
  "Record the rules under the extension key, as `pipeline`.",
  ["colophon_version", "extension"],
  function* (run, rules, recorded) {
    if (!Object.hasOwn(run, "colophon_version") || judgedBy(run, rules, recorded) !== undefined) return;
    if (predatesColophon(recorded.manifest_version)) return;
    yield {
      pointer: appendToPointer("", rules.namespace),
      message: `${rules.namespace}.pipeline: a run with colophon_version must carry the rules it is judged by`,
    };
  },
);

const versionsAreThere = check(
  "MISSING_FIELD",
  "Add the version that the pipeline asks for.",
  ["extension"],
  function* (run, rules, recorded) {
    const pipeline = judgedBy(run, rules, recorded);
    for (const { name } of pipeline?.version_fields ?? []) {
      if (!Object.hasOwn(run, name))
        yield {
          pointer: `/${name}`,
          message: `${name}: missing required field '${name}' of the pipeline ${pipeline?.name}`,
        };
    }
  },
);

const versionsAreText = check(
  "WRONG_TYPE",
  "Change the value's type.",
  ["extension"],
  function* (run, rules, recorded) {
    for (const { name, nullable } of judgedBy(run, rules, recorded)?.version_fields ?? []) {
      const value = run[name];
      if (!Object.hasOwn(run, name) || typeof value === "string" || (nullable && value === null)) continue;
      yield {
        pointer: `/${name}`,
        message: `${name}: must be a string${nullable ? " or null" : ""}, found ${describe(value)}`,
      };
    }
  },
);

/** Valid all the same: it is read, and what it could not record yet is not made up. */
const versionIsCurrent: Check = {
  ...check(
    "OLD_VERSION",
    "Nothing needs to be done; what was not recorded stays unknown.",
    [],
    function* (run, _rules, recorded) {
      if (!predatesColophon(recorded.manifest_version)) return;
      const lacking = Object.keys(run)
        .filter((key) => !Object.hasOwn(recorded, key))
        .sort();
      yield {
        pointer: "/manifest_version",
        message: `manifest_version: ${recorded.manifest_version} is read, but did not record ${[...lacking, "input-data provenance"].join(", ")}`,
      };
    },
  ),
  severity: "notice",
};

export const versionChecks = [
  toolIsNamed,
  pipelineIsCarried,
  versionsAreThere,
  versionsAreText,
  versionIsCurrent,
];
