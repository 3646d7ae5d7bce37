/** A repository of its own for each test, with runs in it that are recorded and reproduced by the built program. */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect } from "@jest/globals";
import type { Reproduction } from "../../src/operations/reproduce/result.js";
import { expectOutput } from "./matches-schema.js";
import { runFolders, watchRuns } from "./recorded-run.js";
import { done, makeRepository, type Repository } from "./repository.js";

export const seed = ["--synthetic-seed", "1"];

export let repository: Repository;
beforeEach(() => {
  repository = makeRepository();
});
afterEach(() => repository.remove());

export function commit(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) repository.write(path, text);
  repository.commit("Code");
}

export const folders = () => runFolders(repository);

/** Gives the id of the run. */
export function record(words: readonly string[], { status = 0, env = {}, directory = "." } = {}): string {
  const newRuns = watchRuns(repository);
  done(repository.colophon(["run", "--quiet", ...words], { env, directory }), status);
  return basename(newRuns()[0]!);
}

export interface Reproduced {
  readonly status: number | null;
  readonly found: Reproduction;
  readonly stderr: string;
}

/** Holds the output against its schema, and looks whether anything of ours is left. */
export function reproduce(id: string, ...words: string[]): Reproduced {
  return reproduceIn({}, id, ...words);
}

export function reproduceIn(env: NodeJS.ProcessEnv, id: string, ...words: string[]): Reproduced {
  const { status, stdout, stderr } = repository.colophon(["reproduce", "--json", ...words, id], { env });
  expect(stderr).not.toContain("fault of Colophon");
  const found = expectOutput("cli_reproduce", stdout) as unknown as Reproduction;
  if (found.worktree === null) expect(existsSync(join(repository.root, ".git/worktrees"))).toBe(false);
  return { status, found, stderr };
}

export const missingIn = ({ found }: Reproduced) => found.missing.map(({ what, subject }) => [what, subject]);
