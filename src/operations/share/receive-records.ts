/** The files of one run that came from a remote: held to every rule in a place apart, then put where they belong. */
import { ColophonError } from "../../errors.js";
import type { ArrivedFile, ArrivedRecords, Extraction } from "../../git/share/read-records.js";
import { kinds } from "../../kinds/table.js";
import type { Incoming, PlacedFiles } from "../../store/runs/incoming.js";
import { type FaultPorts, findFaults } from "./find-faults.js";
import { faultOfRecordPath } from "./record-paths.js";
import { type SharedRecords, withoutFiles } from "./result.js";

export interface ReceivePorts extends FaultPorts {
  /** @throws GitError when it is no commit, or one that cannot be read. */
  readonly readRecords: (commit: string) => Promise<ArrivedRecords>;
  readonly openIncoming: (id: string) => Incoming;
  readonly locate: (folder: string, path: string) => string | Buffer;
  readonly extractFiles: (files: readonly Extraction[]) => Promise<void>;
  readonly placeRun: (id: string, incoming: string) => PlacedFiles;
  readonly holdsAll: (id: string, files: readonly Pick<ArrivedFile, "path" | "bytes">[]) => boolean;
  readonly folderOf: (id: string) => string;
}

export interface ArrivingRef {
  readonly ref: string;
  /** What the remote has, and what the repository has. */
  readonly its: string;
  readonly mine: string | undefined;
}

export async function planArrival(
  id: string,
  { ref, its, mine }: ArrivingRef,
  ports: ReceivePorts,
): Promise<SharedRecords> {
  const told = (state: SharedRecords["state"], reason: string | null = null) =>
    withoutFiles({ state, ref, commit: mine ?? its, reason });
  if (mine === undefined) return told("planned");
  if (mine !== its) return told("differs", `the remote has ${its} under this name`);
  const judged = judgeFiles(id, await ports.readRecords(mine));
  return typeof judged !== "string" && ports.holdsAll(id, judged) ? told("same") : told("planned");
}

export async function receiveRecords(
  id: string,
  shared: SharedRecords,
  ports: ReceivePorts,
): Promise<SharedRecords> {
  const refused = (reason: string): SharedRecords => ({ ...shared, state: "refused", reason });
  try {
    const arrived = await ports.readRecords(shared.commit as string);
    const files = judgeFiles(id, arrived);
    return typeof files === "string"
      ? refused(files)
      : await unpack(id, files, { ...shared, left_out_count: arrived.leftOut }, ports);
  } catch (error) {
    if (error instanceof ColophonError) return refused(error.message);
    throw error;
  }
}

/** Paths in the run folder; in words what is wrong with the tree, where something is. */
function judgeFiles(id: string, { files }: ArrivedRecords): ArrivedFile[] | string {
  const judged: ArrivedFile[] = [];
  for (const file of files) {
    const path = file.path.slice(id.length + 1);
    if (!file.path.startsWith(`${id}/`)) return `${shown(file.path)} lies outside of ${id}`;
    if (file.isExecutable === null) return `${shown(path)} is no regular file`;
    const fault = faultOfRecordPath(path);
    if (fault !== undefined) return `${shown(path)} ${fault}`;
    judged.push({ ...file, path });
  }
  const names = new Set(judged.map(({ path }) => path));
  const lacking = [kinds.run.fileName, kinds.experiment.fileName].find((name) => !names.has(name));
  return lacking === undefined ? judged : `${lacking} is not among its files`;
}

async function unpack(
  id: string,
  files: readonly ArrivedFile[],
  shared: SharedRecords,
  ports: ReceivePorts,
): Promise<SharedRecords> {
  const refused = (reason: string): SharedRecords => ({ ...shared, state: "refused", reason });
  const { folder, remove } = ports.openIncoming(id);
  try {
    await ports.extractFiles(files.map((file) => extractionOf(file, folder, ports)));
    const [fault, ...more] = await findFaults(folder, ports);
    if (fault !== undefined)
      return refused(`${fault}${more.length === 0 ? "" : `, and ${more.length} more`}`);
    const other = [kinds.run.fileName, kinds.experiment.fileName].find((name) =>
      isAnother(name, id, folder, ports),
    );
    if (other !== undefined) return refused(`${other} here has other bytes: another run has this id`);
    const { isNew, placed, differing } = ports.placeRun(id, folder);
    const counts = { files: placed, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0), is_new: isNew };
    if (differing.length === 0) return { ...shared, ...counts, state: placed > 0 ? "moved" : "same" };
    const first = differing.slice(0, 3).map(shown).join(", ");
    const rest = differing.length > 3 ? ` and ${differing.length - 3} more` : "";
    return { ...shared, ...counts, state: "differs", reason: `${first}${rest} here: kept as it is` };
  } finally {
    remove();
  }
}

/** Logs are nobody else's to read. What was written may be run; nobody else may write it. */
function extractionOf(file: ArrivedFile, folder: string, { locate }: ReceivePorts): Extraction {
  const mode = file.path.startsWith("logs/") ? 0o600 : file.isExecutable ? 0o777 : 0o666;
  return { file, location: locate(folder, file.path), mode };
}

function isAnother(
  name: string,
  id: string,
  incoming: string,
  { readFile, folderOf }: ReceivePorts,
): boolean {
  const [here, arrived] = [folderOf(id), incoming].map((folder) =>
    readFile(folder, name, kinds.run.maximumBytes),
  );
  if (here === null) return false;
  if (here === undefined || "code" in here || arrived === null || arrived === undefined || "code" in arrived)
    return true;
  return here.length !== arrived.length || here.some((byte, at) => byte !== arrived[at]);
}

function shown(path: string): string {
  return JSON.stringify(path.length > 120 ? `${path.slice(0, 119)}…` : path);
}
