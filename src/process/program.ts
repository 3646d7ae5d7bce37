import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

export type FoundProgram =
  | { readonly kind: "executable"; readonly path: string }
  | { readonly kind: "not-executable"; readonly path: string }
  | { readonly kind: "missing" };

/** Looks where `execvp` looks: along PATH for a bare name, at the path itself for one with a slash. */
export function findProgram(name: string, path: string | undefined, directory: string): FoundProgram {
  const places = name.includes("/") ? [""] : (path ?? "/usr/bin:/bin").split(delimiter);
  let found: FoundProgram = { kind: "missing" };
  for (const place of name === "" ? [] : places) {
    const file = resolve(directory, join(place, name));
    if (!isFile(file)) {
      if (name.includes("/") && exists(file)) found = { kind: "not-executable", path: file };
      continue;
    }
    if (isExecutable(file)) return { kind: "executable", path: file };
    if (found.kind === "missing") found = { kind: "not-executable", path: file };
  }
  return found;
}

function exists(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false }) !== undefined;
}

function isFile(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch {
    return false; // A folder of PATH that does not exist, or may not be entered, holds no program.
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
