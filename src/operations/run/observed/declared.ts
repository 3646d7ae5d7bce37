/** What a run says of files before its command starts: its inputs, its configuration, its artifacts. */
import type { ObservedPath } from "../../../process/observe/observed-event.js";
import type { BegunRun } from "../run-request.js";

export interface Declaration {
  readonly as: "input" | "config" | "artifact";
  readonly name: string;
  /** Absolute, links resolved. */
  readonly path: ObservedPath;
}

export interface DeclarationPorts {
  /** Of a path as it was typed, or as the record has it. */
  readonly realPath: (folder: string, path: string) => ObservedPath;
}

export function declarationsOf({ prepared }: BegunRun, { realPath }: DeclarationPorts): Declaration[] {
  const { request, project, plan, inputs } = prepared;
  const declare = (as: Declaration["as"], name: string, folder: string, path: string): Declaration => ({
    as,
    name,
    path: realPath(folder, path),
  });
  const configs = request.config === undefined ? [] : [request.config];
  return [
    ...inputPaths(inputs.record, inputs.provenance).map(([name, path]) =>
      declare("input", name, project.root, path),
    ),
    ...configs.map((path) => declare("config", path, request.directory, path)),
    ...(project.configFile === undefined
      ? []
      : [declare("config", "colophon.json", project.root, project.configFile)]),
    ...request.artifacts.map(({ name, path }) => declare("artifact", name, request.directory, path)),
    ...plan.stages.flatMap(({ artifacts }) =>
      Object.entries(artifacts).map(([name, path]) => declare("artifact", name, project.root, path)),
    ),
  ];
}

type Inputs = BegunRun["prepared"]["inputs"];

/** Those that were read; what was only declared lies nowhere. */
function inputPaths(record: Inputs["record"], provenance: Inputs["provenance"]): [string, string][] {
  if (provenance.kind === "synthetic" || "kind" in record) return [];
  const [only = "input"] = Object.keys(provenance.hashes);
  const entries = "inputs" in record ? Object.entries(record.inputs) : [[only, record] as const];
  return entries.flatMap(([name, { resolved_path }]) =>
    typeof resolved_path === "string" ? [[name, resolved_path] as [string, string]] : [],
  );
}

/** Several may hold a file; the narrowest counts. */
export function declarationFor(
  path: ObservedPath,
  declarations: readonly Declaration[],
): { readonly declaration: Declaration; readonly isBelow: boolean } | undefined {
  let found: Declaration | undefined;
  for (const declaration of declarations) {
    if (path !== declaration.path && !path.startsWith(`${declaration.path}/`)) continue;
    if (found === undefined || declaration.path.length > found.path.length) found = declaration;
  }
  return found && { declaration: found, isBelow: found.path !== path };
}
