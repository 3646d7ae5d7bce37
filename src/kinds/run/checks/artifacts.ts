/** Artifacts of a run: the required ones are named, the index repeats its stages, and every path stays in the run folder. */
import type { Pipeline, RunArtifacts } from "../../../generated/types.js";
import type { Rules } from "../../../manifest/kind.js";
import { faultOfPath } from "../../../manifest/paths.js";
import { foundingArtifacts } from "../../../manifest/pipeline-rules.js";
import { appendToPointer } from "../../../manifest/pointer.js";
import { isObject } from "../../../manifest/validate.js";
import { stagedArtifacts } from "../staged-artifacts.js";
import { check, dotted, judgedBy, type Run } from "./check.js";

const artifactsAreThere = check(
  "MISSING_ARTIFACT",
  "Record it, or mark the run as what it is.",
  ["artifacts", "stages", "status", "extension"],
  function* (run, rules, recorded) {
    const pipeline = judgedBy(run, rules, recorded);
    if (pipeline === undefined) return;
    const staged = stagedArtifacts(run.stages);
    for (const name of requiredOf(run, pipeline, rules)) {
      const isPromoted = pipeline.promoted.includes(name) || rules.profile === "load";
      if (Object.hasOwn(isPromoted ? run.artifacts : staged, name)) continue;
      yield {
        pointer: appendToPointer("/artifacts", name),
        message: `artifacts: ${name} is required to ${rules.profile} a run of the pipeline ${pipeline.name}`,
      };
    }
  },
);

/** What a later stage leaves can only be asked of a run that has come to its end. */
function requiredOf(run: Run, pipeline: Pipeline, { profile }: Rules): readonly string[] {
  if (profile === "complete") return [...pipeline.required_to_complete].sort();
  const founding: readonly string[] = foundingArtifacts;
  return pipeline.required_to_load
    .filter((name) => run.status === "completed" || founding.includes(name))
    .sort();
}

const artifactsAgree = check(
  "ARTIFACT_DISAGREES",
  "Repeat the path of the stage.",
  ["artifacts", "stages"],
  function* (run) {
    const staged = stagedArtifacts(run.stages);
    for (const [name, path] of Object.entries(run.artifacts)) {
      const fault = disagreement(name, path, staged);
      if (fault !== undefined)
        yield { pointer: appendToPointer("/artifacts", name), message: `artifacts.${name}: ${fault}` };
    }
  },
);

const entriesAgree = check(
  "ARTIFACT_DISAGREES",
  "Repeat name and path of the stage.",
  ["stages", "status", "extension"],
  function* (run, { namespace }) {
    const extension = run[namespace];
    if (!isObject(extension) || !isObject(extension.artifacts)) return;
    const { entries } = extension.artifacts as unknown as RunArtifacts;
    const staged = stagedArtifacts(run.stages);
    for (const [name, { path }] of Object.entries(entries)) {
      // What belongs to the run as a whole finds its stage only at the end, which a failed run does not reach.
      if (run.status !== "completed" && !Object.hasOwn(staged, name)) continue;
      const base = `${appendToPointer("", namespace)}/artifacts/entries`;
      const fault = disagreement(name, path, staged);
      if (fault !== undefined)
        yield { pointer: appendToPointer(base, name), message: `${dotted(base)}.${name}: ${fault}` };
    }
  },
);

function disagreement(name: string, path: string, staged: Readonly<Record<string, string>>) {
  if (!Object.hasOwn(staged, name)) return "no stage has an artifact of that name";
  return staged[name] === path ? undefined : `is ${path}, but its stage says ${staged[name]}`;
}

const pathsStayInside = check(
  "BAD_PATH",
  "Give a path relative to the run folder, with forward slashes.",
  ["artifacts", "stages"],
  function* (run) {
    const groups: [string, Record<string, string>][] = [
      ["/artifacts", run.artifacts],
      ...run.stages.map(({ artifacts }, index): [string, Record<string, string>] => [
        `/stages/${index}/artifacts`,
        artifacts,
      ]),
    ];
    for (const [base, artifacts] of groups) {
      for (const [name, path] of Object.entries(artifacts)) {
        const fault = faultOfPath(path);
        if (fault !== undefined)
          yield {
            pointer: appendToPointer(base, name),
            message: `${dotted(base)}.${name}: the path ${JSON.stringify(path)} ${fault}`,
          };
      }
    }
  },
);

export const artifactChecks = [artifactsAreThere, artifactsAgree, entriesAgree, pathsStayInside];
