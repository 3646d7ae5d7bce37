/** `SHA256SUMS`: every listed file, what is gone of them, and what is there without being listed. */
import type { FileAnswer, TrackedFiles } from "../../store/runs/recorded-files.js";
import type { ReadRecord } from "./record.js";
import { type CheckResult, resultsOf } from "./result.js";
import { compareFile, type ListPorts, orAllWell, parseList, readList, sumsName } from "./sums-list.js";

export interface SumsPorts extends ListPorts {
  readonly listTracked: (folder: string) => TrackedFiles;
  readonly digestFile: (folder: string, path: string) => Promise<FileAnswer>;
}

/** Files that people may add to at any time, and the list itself. */
const changesLater = new Set(["00_run_metadata/notes.jsonl", "reconciled.jsonl", sumsName]);

const { differs, missing, unreadable, unknown } = resultsOf("sums");

export async function checkSums(record: ReadRecord, ports: SumsPorts): Promise<CheckResult[]> {
  const bytes = readList(record, sumsName, ports);
  if (bytes === null) return [withoutList(record)];
  const list = "state" in bytes ? bytes : parseList(record, sumsName, bytes, "utf8", ports);
  if ("state" in list) return [list];
  const { kinds, fault } = ports.listTracked(record.folder);
  const results: CheckResult[] = list.fault === null ? [] : [list.fault];
  if (fault !== null) results.push(unreadable(".", { reason: `the folder cannot be searched: ${fault}` }));
  for (const { path, sha256 } of list.sums) {
    const answer = await answerOf(path, kinds.get(path), record, ports);
    results.push(...compareFile(path, sha256, answer, sumsName));
  }
  const listed = new Set(list.sums.map(({ path }) => path));
  for (const path of kinds.keys()) {
    if (!listed.has(path) && !changesLater.has(path))
      results.push(
        differs(path, { reason: `is not listed in ${sumsName}: it came after the run had ended` }),
      );
  }
  return orAllWell(results, sumsName, list.sums.length);
}

/** Records were read already. A path that leads out of the folder is that of no file in it. */
async function answerOf(
  path: string,
  kind: "file" | "link" | "other" | undefined,
  { folder, digests }: ReadRecord,
  ports: SumsPorts,
): Promise<FileAnswer> {
  if (kind === "link") return { state: "other", what: "a link" };
  if (kind === "other") return { state: "other", what: "no regular file" };
  const sha256 = digests.get(path);
  return sha256 === undefined ? ports.digestFile(folder, path) : { state: "read", sha256, bytes: null };
}

/** A run gets its list when it ends. */
function withoutList({ hasEnded, isOwn }: ReadRecord): CheckResult {
  if (!hasEnded) return unknown(sumsName, { reason: "the run has no end on record, and no list before it" });
  if (isOwn) return missing(sumsName, { reason: "is gone" });
  return unknown(sumsName, { reason: "was not recorded: the run is not Colophon's" });
}
