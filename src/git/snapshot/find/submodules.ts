/** Submodules that are not as the commit has them: at which commit they are, and which of their files differ from that. */
import { dirname, join } from "node:path";
import type { NamedPath } from "../../byte-path.js";
import { outputOf } from "../../failures.js";
import { runGit } from "../../run-git.js";
import { parseStatus, type Status } from "../../status/status.js";
import { nameBelow } from "../paths.js";
import { sortChanges, withoutTwins } from "./candidates.js";
import { type Gathered, type Gathering, gatherFiles } from "./gather.js";
import { listHiddenFiles } from "./hidden-files.js";

export interface ChangedSubmodule {
  /** Relative to the root of all. */
  readonly name: NamedPath;
  /** `null` when it has none, or cannot be read. */
  readonly commit: string | null;
  readonly isDirty: boolean;
  readonly isReadable: boolean;
  readonly gathered: Gathered;
  /** Repositories in it that are no submodules. */
  readonly nested: readonly NamedPath[];
}

const nothing: Gathered = { taken: [], gone: [], leftOut: [] };

/** One after the other, since they share the budget; submodules of submodules follow the one they lie in. */
export async function gatherSubmodules(
  names: readonly NamedPath[],
  gathering: Gathering,
  env: NodeJS.ProcessEnv,
): Promise<ChangedSubmodule[]> {
  const found: ChangedSubmodule[] = [];
  for (const name of names) found.push(...(await gatherSubmodule(name, gathering, env)));
  return found;
}

async function gatherSubmodule(
  name: NamedPath,
  outer: Gathering,
  env: NodeJS.ProcessEnv,
): Promise<ChangedSubmodule[]> {
  const root = join(outer.root, name.path);
  const full = outer.below === undefined ? name : nameBelow(outer.below, name);
  // Node starts a program in no folder whose name is not UTF-8.
  const facts =
    name.path_base64 === undefined ? await readSubmodule(root, outer.objectFormat, env) : undefined;
  if (facts === undefined)
    return [{ name: full, commit: null, isDirty: true, isReadable: false, gathered: nothing, nested: [] }];
  const { status, hidden } = facts;
  const changes = status.entries.map((entry) => ({ ...entry, ...entry.name, renamed_from: null }));
  const { files, submodules, nested } = sortChanges(changes, () => false, root);
  const gathering = { ...outer, root, below: full };
  const gathered = await gatherFiles(withoutTwins([...files, ...hidden]), gathering);
  const own: ChangedSubmodule = {
    name: full,
    commit: status.sha,
    isDirty: status.entries.length + hidden.length > 0,
    isReadable: true,
    gathered,
    nested: nested.map((inner) => nameBelow(full, inner)),
  };
  return [own, ...(await gatherSubmodules(submodules, gathering, env))];
}

/** A folder whose `.git` leads nowhere must not be taken for a part of the repository around it. */
async function readSubmodule(root: string, objectFormat: Gathering["objectFormat"], env: NodeJS.ProcessEnv) {
  const call = { directory: root, env, alsoKept: { GIT_CEILING_DIRECTORIES: dirname(root) } };
  const words = ["status", "--porcelain=v2", "--branch", "-z", "--untracked-files=all"];
  try {
    const [outcome, hidden] = await Promise.all([
      runGit([...words, "--ignore-submodules=none", "--no-renames"], call),
      listHiddenFiles(root, objectFormat, call),
    ]);
    const status: Status = parseStatus(outputOf(outcome, env));
    return { status, hidden };
  } catch {
    return undefined;
  }
}
