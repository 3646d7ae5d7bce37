/** Submodules of a recorded tree, at their recorded commits, out of the user's own repositories of them; nothing is fetched. */
import { copyFileSync, existsSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SnapshotFacts } from "../../generated/types.js";
import { namePath } from "../byte-path.js";
import { outputOf } from "../failures.js";
import { type GitCall, runGit } from "../run-git.js";
import { checkOutTree } from "./check-out.js";
import type { WorktreeFault } from "./open-worktree.js";
import { listTree, type TreeEntry } from "./tree-entries.js";

export interface SubmodulePlaces {
  /** Of the work tree that is filled. */
  readonly root: string;
  readonly userRoot: string;
  /** Git's folder of the repository that has the submodules. */
  readonly common: string;
  readonly absent: ReadonlySet<string>;
  readonly snapshot: Pick<SnapshotFacts, "submodules"> | undefined;
  readonly env: NodeJS.ProcessEnv;
}

/** `below`: the path of the repository that has them, with a slash at its end; nothing for the outermost. */
export async function checkOutSubmodules(
  entries: readonly TreeEntry[],
  places: SubmodulePlaces,
  below = "",
): Promise<WorktreeFault[]> {
  const faults: WorktreeFault[] = [];
  for (const { mode, oid, name } of entries) {
    if (mode !== "160000") continue;
    const { path, path_base64 } = namePath(Buffer.from(name, "latin1"));
    const whole = below + path;
    if (path_base64 !== undefined)
      faults.push(fault(whole, "its name is not UTF-8, and nothing of it was recorded"));
    else if (!places.absent.has(whole)) faults.push(...(await checkOutOne(path, whole, oid, places)));
  }
  return faults;
}

async function checkOutOne(
  path: string,
  whole: string,
  oid: string,
  places: SubmodulePlaces,
): Promise<WorktreeFault[]> {
  const recorded = places.snapshot?.submodules.find((one) => one.path === whole);
  const commit = recorded?.commit ?? oid;
  const store = await findStore(path, whole, places);
  if (store === undefined) {
    // Whether one in another was checked out is on record only where it differed.
    if (whole !== path && recorded === undefined) return [];
    return [fault(whole, "its repository is not here: git submodule update --init")];
  }
  const { env, root } = places;
  const inStore: GitCall = { directory: places.userRoot, env, alsoKept: { GIT_DIR: store } };
  const { status } = await runGit(["cat-file", "-e", `${commit}^{commit}`], inStore);
  if (status !== 0) return [fault(whole, `its commit ${commit} is not in ${store}`)];
  const omitted = recorded?.removed_omitted ?? 0;
  const folder = join(root, whole);
  await makeRepository(folder, root, store, commit, env);
  const call: GitCall = { directory: folder, env };
  const failed = await checkOutTree(commit, call);
  const inner = await checkOutSubmodules(
    await listTree(commit, call),
    { ...places, common: store },
    `${whole}/`,
  );
  const unknown = omitted === 0 ? [] : [fault(whole, `${omitted} of its removed files are not on record`)];
  return [...failed, ...inner, ...unknown];
}

function fault(subject: string, reason: string): WorktreeFault {
  return { what: "submodule", subject, reason };
}

/** The repository of the folder in the user's tree, or the one that Git has put away for it. */
async function findStore(
  path: string,
  whole: string,
  { userRoot, common, env }: SubmodulePlaces,
): Promise<string | undefined> {
  const folder = join(userRoot, whole);
  if (existsSync(join(folder, ".git"))) {
    const words = ["rev-parse", "--path-format=absolute", "--git-common-dir"];
    const { status, stdout } = await runGit(words, { directory: folder, env });
    const found = stdout.toString().replace(/\n$/, "");
    if (status === 0 && realpathSync(found) !== realpathSync(common)) return found;
  }
  const kept = join(common, "modules", path);
  return existsSync(join(kept, "HEAD")) ? kept : undefined;
}

/** A repository of our own that reads the objects of the user's, with the settings that decide about bytes. */
async function makeRepository(
  folder: string,
  above: string,
  store: string,
  commit: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const format = commit.length === 64 ? "sha256" : "sha1";
  const call: GitCall = { directory: folder, env };
  const words = [
    "-c",
    "init.defaultRefFormat=files",
    "init",
    "--quiet",
    "--template=",
    `--object-format=${format}`,
  ];
  outputOf(await runGit(words, call), env);
  const own = join(folder, ".git");
  for (const name of ["config", "info/attributes", "shallow"]) {
    if (!existsSync(join(store, name))) continue;
    mkdirSync(join(own, "info"), { recursive: true });
    copyFileSync(join(store, name), join(own, name));
  }
  // Asked from elsewhere: in the folder itself Git would follow what is taken out here.
  const ofAnother = ["core.worktree", "core.bare", "extensions.refStorage", "extensions.worktreeConfig"];
  for (const setting of ofAnother)
    await runGit(["config", "--file", join(own, "config"), "--unset-all", setting], {
      directory: above,
      env,
    });
  mkdirSync(join(own, "objects/info"), { recursive: true });
  writeFileSync(join(own, "objects/info/alternates"), `${join(store, "objects")}\n`);
  writeFileSync(join(own, "HEAD"), `${commit}\n`);
}
