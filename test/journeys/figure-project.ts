/** The example project of figures in a repository of its own, built. */
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { makeRepository, type Outcome, type Repository } from "./repository.js";

const example = fileURLToPath(new URL("../../examples/figures", import.meta.url));

export const specs = ["bubble", "sankey", "stacked", "table"].map((name) => `figures/${name}.yaml`);

export function makeFigureProject(): Repository {
  const repository = makeRepository();
  cpSync(example, repository.root, {
    recursive: true,
    filter: (path) => !/\/(build|dist)$/.test(path),
  });
  repository.commit("Project");
  buildSlices(repository);
  return repository;
}

export function buildSlices({ call, env }: Repository, more: NodeJS.ProcessEnv = {}): void {
  for (const script of ["derive.mjs", "slice.mjs"]) {
    const { status, stderr } = call("node", [script], { env: { ...env, ...more } });
    if (status !== 0) throw new Error(stderr);
  }
}

export type Spec = Record<string, unknown> & {
  tables: Record<string, unknown>[];
  transforms: Record<string, unknown>[];
};

/** A specification of the project as an object to be changed. */
export function specOf({ read }: Repository, name: string): Spec {
  return parse(read(`figures/${name}.yaml`)) as Spec;
}

/** Records a changed specification. */
export function record({ write, colophon }: Repository, spec: object, ...words: string[]): Outcome {
  write("build/spec.json", JSON.stringify(spec));
  return colophon(["figure", "record", "build/spec.json", ...words]);
}

/** Every file below a folder with its bytes, by path. */
export function filesBelow(root: string, folder: string): Record<string, string> {
  const files = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  const paths = files
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return Object.fromEntries(paths.map((path) => [path.slice(root.length + 1), readFileSync(path, "latin1")]));
}
