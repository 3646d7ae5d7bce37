/** The changed files of submodules, laid over what their commits hold; what was removed of them is removed. */
import type { SnapshotFacts } from "../../generated/types.js";
import type { GitCall } from "../run-git.js";
import { bytesOf } from "../snapshot/paths.js";
import { placeFile, removeFile } from "./place-file.js";
import { listTree, readBlobs } from "./tree-entries.js";

export async function layOver(
  root: string,
  userRoot: string,
  { overlay, submodules }: Pick<SnapshotFacts, "overlay" | "submodules">,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  for (const { removed } of submodules)
    for (const name of removed) removeFile(root, bytesOf(name).toString("latin1"));
  if (overlay === null) return;
  const call: GitCall = { directory: userRoot, env };
  const entries = await listTree(overlay, call);
  const blobs = await readBlobs(
    entries.map(({ oid }) => oid),
    call,
  );
  for (const { name, mode, oid } of entries) {
    const content = blobs.get(oid);
    if (content === undefined) throw new Error(`the overlay lacks ${oid}`);
    placeFile(root, name, { mode, content });
  }
}
