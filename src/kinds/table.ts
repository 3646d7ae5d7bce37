/** The table of kinds, and the question which of them a document is. A name without a kind does not compile. */

import { type Finding, UsageError } from "../errors.js";
import { defaultNamespace, type Kind, type Rules } from "../manifest/kind.js";
import { describe } from "../manifest/schema.js";
import { isObject } from "../manifest/validate.js";
import { capabilities } from "./capabilities.js";
import { experiment } from "./experiment.js";
import { figure, figureIndex } from "./figure/kind.js";
import { fixture } from "./fixture/kind.js";
import { groundTruth } from "./ground-truth/kind.js";
import { run } from "./run/kind.js";

export const kindNames = ["experiment", "run", "figure", "figure-index", "ground-truth", "fixture"] as const;
export type KindName = (typeof kindNames)[number];

export const kinds: { readonly [Name in KindName]: Kind } = {
  experiment,
  run,
  figure,
  "figure-index": figureIndex,
  "ground-truth": groundTruth,
  fixture,
};

export function defaultRules(rules: Partial<Rules> = {}): Rules {
  return { namespace: defaultNamespace, mode: "strict", profile: "load", capabilities, ...rules };
}

/** The extension key may be any name that is no field of a kind. `subject` says where it was given. */
export function checkNamespace(key: string, subject: string): string {
  const taken = kindNames.some((name) => kinds[name].fields.includes(key));
  if (!taken && key !== "__proto__" && /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(key)) return key;
  throw new UsageError(
    "BAD_NAMESPACE",
    `${subject} takes a name that is no field of a manifest; found "${key}"`,
    {
      hint: 'Choose another, such as "pytyche".',
    },
  );
}

export function isKindName(name: string): name is KindName {
  return (kindNames as readonly string[]).includes(name);
}

/** Judged by structure alone; a document that means to be several kinds at once is none. */
export function recogniseKind(document: unknown): Kind | Finding {
  if (!isObject(document)) return unrecognised(`is ${describe(document)}, not an object`);
  const candidates = kindNames.filter((name) => kinds[name].recognise(document));
  const [only, ...others] = candidates;
  if (only === undefined)
    return unrecognised(`is none of the kinds ${kindNames.join(", ")}, judged by its members`);
  if (others.length > 0) return unrecognised(`could be of the kinds ${candidates.join(" and ")} alike`);
  return kinds[only];
}

/** The kind that a file is meant to be by its place: the fixed names in a run folder, and `run_manifest.json` anywhere. */
export function kindOfPlace(fileName: string, inRunFolder: boolean): Kind | undefined {
  if (fileName === kinds.run.fileName) return kinds.run;
  return inRunFolder && fileName === kinds.experiment.fileName ? kinds.experiment : undefined;
}

function unrecognised(message: string): Finding {
  return {
    code: "UNKNOWN_KIND",
    severity: "error",
    pointer: "",
    message,
    hint: `Name the kind with --kind (${kindNames.join(", ")}), or leave the file out.`,
    line: null,
    column: null,
  };
}
