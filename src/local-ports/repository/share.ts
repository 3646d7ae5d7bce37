/** What `colophon push` and `colophon pull` work with. */
import { relative } from "node:path";
import { fetchObjects } from "../../git/share/fetch-objects.js";
import { countUnsent, createRefs, listOwnRefs } from "../../git/share/own-refs.js";
import { pushRefs } from "../../git/share/push-refs.js";
import { extractFiles, readRecords } from "../../git/share/read-records.js";
import { findRemote, listRemoteRefs, type RemotePlace } from "../../git/share/remote.js";
import { storeRecords } from "../../git/share/store-records.js";
import { openWorkTree } from "../../git/status/work-tree.js";
import { isExperimentId } from "../../manifest/ids.js";
import { observeRecord } from "../../operations/records/state/observe-record.js";
import type { PullPorts } from "../../operations/share/pull-runs.js";
import type { PushPorts } from "../../operations/share/push-runs.js";
import { holdsAll, openIncoming, placeRun } from "../../store/runs/incoming.js";
import { listRunFiles, locateInRun } from "../../store/runs/run-files.js";
import { recordPorts } from "../records/records.js";
import { verifyPorts } from "../records/verify.js";

export interface ShareOptions {
  readonly direction: "push" | "fetch";
  /** Whether somebody is there to be asked for a password. */
  readonly mayAsk: boolean;
  /** What Git says of its progress, as it says it. */
  readonly onProgress?: (text: string) => void;
}

/** @throws GitError where the project lies in no work tree. */
export async function sharePorts(
  directory: string,
  env: NodeJS.ProcessEnv,
  { direction, mayAsk, onProgress }: ShareOptions,
): Promise<PushPorts & PullPorts> {
  const records = recordPorts(directory, env);
  const { project, loading, folderOf } = records;
  const { root } = await openWorkTree(project.root, env);
  const place: RemotePlace = { root, env, mayAsk, onProgress };
  return {
    ...verifyPorts(directory, env),
    ids: records.ids,
    folderOf,
    idAt: (folder) => {
      const id = folder.slice(folder.lastIndexOf("/") + 1);
      return isExperimentId(id) && relative(folderOf(id), folder) === "" ? id : undefined;
    },
    findRemote: (name) => findRemote(name, direction, place),
    listRemoteRefs: (remote) => listRemoteRefs(remote, place),
    listOwnRefs: () => listOwnRefs(root, env),
    createRefs: (refs) => createRefs(root, refs, env),
    countUnsent: (commits, { name }) => countUnsent(root, commits, name, env),
    pushRefs: (remote, refs) => pushRefs(remote, refs, place),
    fetchObjects: (remote, commits, isOurs) => fetchObjects(remote, commits, isOurs, place),
    storeRecords: (request) => storeRecords(root, request, env),
    readRecords: (commit) => readRecords(root, commit, env),
    extractFiles: (files) => extractFiles(root, files, env),
    listRunFiles,
    locate: locateInRun,
    observe: (folder) => observeRecord(folder, loading),
    openIncoming: (id) => openIncoming(project, id, records.now()),
    placeRun: (id, incoming) => placeRun(project, id, incoming),
    holdsAll: (id, files) => holdsAll(project, id, files),
  };
}
