/** The run that `colophon run --from` repeats. */
import { existsSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { findRepositoryHint } from "../../git/repository/find-repository.js";
import type { RepeatSource } from "../../operations/run/repeat-run.js";
import { recordPorts } from "../records/records.js";

export function loadSource(word: string, directory: string, env: NodeJS.ProcessEnv): RepeatSource {
  const { project, load } = recordPorts(directory, env);
  const loaded = load(word);
  const repository = findRepositoryHint(project.root) ?? project.root;
  const recorded =
    typeof loaded.command?.cwd === "string" ? resolve(repository, loaded.command.cwd) : directory;
  // A folder that is gone since cannot be where the command runs.
  const from = existsSync(recorded) ? recorded : directory;
  return {
    loaded,
    namespace: project.namespace,
    shown: relative(project.root, loaded.folder),
    directory: from,
    exists: (path) => existsSync(resolve(from, path)),
    readText: (path) => readFileSync(join(loaded.folder, path), "utf8"),
  };
}
