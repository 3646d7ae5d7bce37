/** What a pipeline declared in `colophon.json` must be, beyond its schema: names, their order, and artifacts that some stage leaves. */
import type { Finding } from "../errors.js";
import type { ProjectConfig } from "../generated/types.js";
import { faultOfPath } from "./paths.js";
import { appendToPointer } from "./pointer.js";

export type PipelineDeclaration = NonNullable<ProjectConfig["pipelines"]>[string];
type Stage = PipelineDeclaration["stages"][number];

/** The stages that Colophon itself adds, before and behind the declared ones. */
export const firstStage = "00_run_metadata";
export const lastStage = "99_collect";

/** What the first stage of every run leaves. */
export const foundingArtifacts = ["config_source", "config_resolved", "input_data_provenance"] as const;

/** Names that Colophon gives to its own artifacts; logs of a stage are `stdout_log_NN_name`. */
const reservedArtifacts: readonly string[] = [
  ...foundingArtifacts,
  "command",
  "environment",
  "pipeline",
  "metrics_summary",
  "reported",
];

/** What is wrong with the name of an artifact, as the end of a sentence; `undefined` if nothing is. */
export function faultOfArtifactName(name: string): string | undefined {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(name))
    return "is not of letters, digits, _ . and -, the first a letter or digit";
  return reservedArtifacts.includes(name) || /^std(out|err)_log/.test(name)
    ? "is one of Colophon's own"
    : undefined;
}
const reservedPipelines: readonly string[] = ["command", "meridian", "live"];

/** `declaration` has passed its schema. Pointers begin at the root of `colophon.json`. */
export function findPipelineFaults(name: string, declaration: PipelineDeclaration): Finding[] {
  const base = appendToPointer("/pipelines", name);
  return [
    ...nameFaults(name, base),
    ...orderFaults(declaration.stages, `${base}/stages`),
    ...declaration.stages.flatMap((stage, index) => stageFaults(stage, `${base}/stages/${index}`)),
    ...artifactFaults(declaration.stages, `${base}/stages`),
    ...listFaults(declaration, base),
    ...versionFaults(declaration, base),
  ];
}

function nameFaults(name: string, pointer: string): Finding[] {
  if (!/^[a-z][a-z0-9_-]*$/.test(name))
    return [
      fault(
        "WRONG_FORM",
        pointer,
        `found the name ${JSON.stringify(name)}, expected lower-case letters, digits, "_" and "-", a letter first`,
        "Rename the pipeline.",
      ),
    ];
  if (!reservedPipelines.includes(name)) return [];
  return [
    fault(
      "WRONG_VALUE",
      pointer,
      `"${name}" is a pipeline of Colophon's own, as are ${others(reservedPipelines, name)}`,
      "Rename the pipeline.",
    ),
  ];
}

function orderFaults(stages: readonly Stage[], base: string): Finding[] {
  let highest = 0;
  return stages.flatMap(({ name }, index) => {
    const number = Number(name.slice(0, 2));
    const least = highest + 1;
    highest = Math.max(highest, number);
    if (number >= least && number <= 98) return [];
    const expected =
      least === 1
        ? "a number from 01 to 98"
        : least > 98
          ? "no stage behind 98"
          : `a number from ${String(least).padStart(2, "0")} to 98`;
    return [
      fault(
        "OUT_OF_RANGE",
        `${base}/${index}/name`,
        `found ${name}, expected ${expected}: numbers ascend, and ${firstStage} and ${lastStage} are added by Colophon`,
        "Renumber the stages.",
      ),
    ];
  });
}

function stageFaults({ command, skip, skippable }: Stage, pointer: string): Finding[] {
  if (skip !== undefined && skippable !== true)
    return [
      fault(
        "WRONG_VALUE",
        `${pointer}/skip`,
        "is given for a stage that may not be skipped",
        'Add "skippable": true.',
      ),
    ];
  if (command === undefined && skip === undefined)
    return [
      fault(
        "MISSING_FIELD",
        `${pointer}/command`,
        "is missing: found neither a command nor a reason to skip the stage",
        'Add "command": ["python", "fit.py"].',
      ),
    ];
  if (command?.[0] !== "") return [];
  return [fault("EMPTY", `${pointer}/command/0`, "names no program: found an empty word", "Name a program.")];
}

function artifactFaults(stages: readonly Stage[], base: string): Finding[] {
  const owners = new Map<string, string>();
  return stages.flatMap(({ name: stage, artifacts = {} }, index) =>
    Object.entries(artifacts).flatMap(([name, path]) => {
      const pointer = appendToPointer(`${base}/${index}/artifacts`, name);
      const owner = owners.get(name);
      owners.set(name, stage);
      const pathFault = faultOfPath(path);
      return [
        ...(pathFault === undefined
          ? []
          : [
              fault(
                "BAD_PATH",
                pointer,
                `the path ${JSON.stringify(path)} ${pathFault}`,
                "Give a path below colophon.json, with forward slashes.",
              ),
            ]),
        ...artifactNameFaults(name, pointer, owner),
      ];
    }),
  );
}

function artifactNameFaults(name: string, pointer: string, owner: string | undefined): Finding[] {
  if (isReserved(name))
    return [
      fault("WRONG_VALUE", pointer, `"${name}" is an artifact of Colophon's own`, "Rename the artifact."),
    ];
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name))
    return [
      fault(
        "WRONG_FORM",
        pointer,
        `found the name ${JSON.stringify(name)}, expected letters, digits, "_", "." and "-"`,
        "Rename the artifact.",
      ),
    ];
  if (owner === undefined) return [];
  return [
    fault(
      "WRONG_VALUE",
      pointer,
      `the stage ${owner} has an artifact of that name too`,
      "Rename one of them.",
    ),
  ];
}

/** A run could never be completed, or never be loaded, without an artifact that no stage leaves. */
function listFaults(declaration: PipelineDeclaration, base: string): Finding[] {
  const declared = declaration.stages.flatMap(({ artifacts = {} }) => Object.keys(artifacts));
  const skipped = declaration.stages.flatMap(({ artifacts = {}, skip }) =>
    skip === undefined ? [] : Object.keys(artifacts),
  );
  return (["promoted", "required_to_load", "required_to_complete"] as const).flatMap((list) =>
    (declaration[list] ?? []).flatMap((name, index) => {
      const pointer = `${base}/${list}/${index}`;
      if (!declared.includes(name) && !isReserved(name)) {
        const known = declared.length === 0 ? "no stage declares any" : `declared are ${declared.join(", ")}`;
        return [
          fault("WRONG_VALUE", pointer, `no stage has the artifact "${name}"; ${known}`, "Declare it."),
        ];
      }
      if (list === "promoted" || !skipped.includes(name)) return [];
      return [
        fault(
          "WRONG_VALUE",
          pointer,
          `"${name}" is required, but the stage that leaves it is skipped`,
          "Require it no more, or run the stage.",
        ),
      ];
    }),
  );
}

function versionFaults({ versions = {} }: PipelineDeclaration, base: string): Finding[] {
  return Object.keys(versions).flatMap((key) => {
    const pointer = appendToPointer(`${base}/versions`, key);
    if (key === "colophon_version" || key === "manifest_version")
      return [fault("WRONG_VALUE", pointer, `"${key}" is written by Colophon`, "Choose another key.")];
    if (/^[a-z][a-z0-9_]*_version$/.test(key)) return [];
    return [
      fault(
        "WRONG_FORM",
        pointer,
        `found the key ${JSON.stringify(key)}, expected lower-case words ending in "_version"`,
        `Rename it, for example "acme_version".`,
      ),
    ];
  });
}

function isReserved(name: string): boolean {
  return reservedArtifacts.includes(name) || /^std(out|err)_log(_|$)/.test(name);
}

function others(names: readonly string[], name: string): string {
  return names.filter((other) => other !== name).join(" and ");
}

function fault(code: string, pointer: string, what: string, hint: string): Finding {
  const message = `${pointer.slice(1).replaceAll("/", ".").replaceAll("~1", "/").replaceAll("~0", "~")}: ${what}`;
  return { code, severity: "error", pointer, message, hint, line: null, column: null };
}
