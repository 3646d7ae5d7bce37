/** What a program may say to its live run: everything else is refused by name, before anything is changed. */
import { LifecycleError, RefusedError, UsageError } from "../../errors.js";
import { faultOfArtifactName } from "../../manifest/pipeline-rules.js";
import { describe } from "../../manifest/schema.js";
import { isObject } from "../../manifest/validate.js";
import type { BegunRun } from "../run/run-request.js";
import type { LivePorts, LiveRecord } from "./live-record.js";

const modes: readonly string[] = ["copy", "link", "reference"];

export function checkArtifact(
  { name, path, mode }: { readonly name: string; readonly path: string; readonly mode: string },
  record: LiveRecord,
  { prepared }: BegunRun,
  { holdsSecret }: LivePorts,
): void {
  if (typeof name !== "string") throw bad("the name of an artifact", "a text", name);
  if (typeof path !== "string" || path === "") throw bad(`the path of the artifact ${name}`, "a text", path);
  if (!modes.includes(mode)) throw bad(`mode of the artifact ${name}`, modes.join(", "), mode);
  const fault = faultOfArtifactName(name);
  if (fault !== undefined) {
    throw new UsageError("BAD_ARTIFACT_NAME", `the artifact's name "${name}" ${fault}`, {
      hint: 'Name it such as "meridian_model".',
    });
  }
  if (holdsSecret(name)) {
    throw new RefusedError(
      "SECRET_IN_ARTIFACT",
      "the name of an artifact looks like a secret, and would be recorded",
      {
        hint: "Give it another name.",
      },
    );
  }
  if (record.names.has(name)) {
    throw new UsageError("ARTIFACT_TWICE", `the artifact "${name}" is given twice`, {
      hint: "Give every artifact a name of its own.",
    });
  }
  const endsWithOurs = prepared.plan.pipeline.stages.at(-1)?.name === "99_collect";
  if (record.open() === undefined && !endsWithOurs) {
    throw new LifecycleError(
      "STAGE_NEEDED",
      `the pipeline ${prepared.plan.pipeline.name} has no place for the artifact ${name} outside its stages`,
      { hint: "Keep it inside the stage that made it: stage.artifact(…)." },
    );
  }
}

export function checkWork(name: unknown, work: unknown): void {
  if (typeof name !== "string") throw bad("the name of a stage", "a text", name);
  if (typeof work !== "function") throw bad(`the work of the stage ${name}`, "a function", work);
}

export function checkReason(name: string, reason: string, record: LiveRecord): string {
  const { stages } = record.run();
  if (Object.keys(stages.at(-1)?.artifacts ?? {}).length > 0) {
    throw new LifecycleError(
      "STAGE_HAS_ARTIFACTS",
      `the stage ${name} has artifacts, so it was not skipped`,
      {
        hint: "Skip a stage before it keeps anything.",
      },
    );
  }
  if (typeof reason === "string" && reason.trim() !== "") return reason;
  throw new UsageError("NO_SKIP_REASON", `the stage ${name} is skipped without a reason`, {
    hint: 'Say why: stage.skip("no media data")',
  });
}

const options: Readonly<Record<string, (value: unknown) => string | undefined>> = {
  params: (value) => expected(isObject(value), "an object of plain JSON values"),
  dataProvenance: (value) =>
    expected(
      isObject(value) &&
        ((value.kind === "synthetic" && Number.isSafeInteger(value.seed)) ||
          (value.kind === "external" && isObject(value.hashes))),
      "synthetic(seed) or external({name: sha256})",
    ),
  data: (value) => expected(isTexts(value), "an object of paths by input name"),
  name: (value) => expected(typeof value === "string" && value !== "", "a text that is not empty"),
  pipeline: (value) => expected(typeof value === "string", "the name of a pipeline"),
  versions: (value) => expected(isObject(value), "an object of versions by field name"),
  config: (value) => expected(typeof value === "string", "the path of a file"),
  directory: (value) => expected(typeof value === "string", "the path of a folder"),
  dirty: (value) =>
    expected(
      value === "snapshot" || value === "warn" || value === "refuse",
      '"snapshot", "warn" or "refuse"',
    ),
  artifactMode: (value) => expected(modes.includes(value as string), modes.join(", ")),
  artifactMaximumBytes: (value) =>
    expected(
      value === null || (Number.isSafeInteger(value) && (value as number) > 0),
      "bytes above 0, or null",
    ),
  samples: (value) => expected(typeof value === "boolean", "true or false"),
};

/** @throws UsageError for an option that is not known, or has a value it does not take. */
export function checkOptions(given: object): void {
  for (const [name, value] of Object.entries(given)) {
    const check = Object.hasOwn(options, name) ? options[name] : undefined;
    if (check === undefined) {
      throw new UsageError("UNKNOWN_OPTION", `startRun has no option "${name}"`, {
        hint: `It takes ${Object.keys(options).join(", ")}.`,
      });
    }
    const wanted = value === undefined ? undefined : check(value);
    if (wanted !== undefined) throw bad(`${name} of startRun`, wanted, value);
  }
}

function isTexts(value: unknown): boolean {
  return isObject(value) && Object.values(value).every((text) => typeof text === "string" && text !== "");
}

function expected(isFine: boolean, wanted: string): string | undefined {
  return isFine ? undefined : wanted;
}

function bad(subject: string, wanted: string, found: unknown): UsageError {
  return new UsageError("BAD_ARGUMENT", `${subject} must be ${wanted}, found ${describe(found)}`, {
    hint: "See the types of the package.",
  });
}
