/** `artifacts/SHA256SUMS`: as for the tracked files, of what Git leaves out. */
import { sha256 } from "../../manifest/digest.js";
import type { FileAnswers, RecordedTree } from "../../store/runs/recorded-files.js";
import { namedArtifacts, type ReadRecord } from "./record.js";
import { asFiles, type CheckResult, resultsOf } from "./result.js";
import {
  compareFile,
  type List,
  type ListPorts,
  orAllWell,
  parseList,
  readList,
  sumsName,
} from "./sums-list.js";

export interface ArtifactSumsPorts extends ListPorts {
  /** To be read by people: names are bytes, and not all of them are UTF-8. */
  readonly textOf: (path: string) => string;
}

export interface CheckedTree {
  readonly results: readonly CheckResult[];
  /** Of the artifacts as they are now; asked for only where they are needed, as what is known from before is not read again. */
  readonly digests: () => Promise<FileAnswers>;
}

export const artifactsFolder = "artifacts";
const shown = `${artifactsFolder}/${sumsName}`;

const { ok, differs, missing, notHere } = resultsOf("sums");

/** `tree` is `null` where the folder is not there. */
export async function checkArtifactSums(
  record: ReadRecord,
  tree: RecordedTree | null,
  ports: ArtifactSumsPorts,
): Promise<CheckedTree> {
  const bytes = readList(record, shown, ports);
  const digests = tree?.digests ?? (async () => new Map());
  if (bytes === null) return { results: withoutList(record, tree), digests };
  if ("state" in bytes) return { results: [bytes], digests };
  if (tree !== null && (await tree.listDigest()) === sha256(bytes)) {
    const count = asFiles(tree.count);
    const results = [ok(shown, { expected: count, found: count })];
    return { results, digests: async () => answersOf(parseList(record, shown, bytes, "latin1", ports)) };
  }
  const list = parseList(record, shown, bytes, "latin1", ports);
  if ("state" in list) return { results: [list], digests };
  return { results: compareAll(list, await digests(), record, ports), digests };
}

/** What a list says that was found to be right. */
function answersOf(list: List | CheckResult): FileAnswers {
  const sums = "state" in list ? [] : list.sums;
  return new Map(sums.map(({ path, sha256 }) => [path, { state: "read", sha256, bytes: null }]));
}

function compareAll(
  { sums, fault }: List,
  digests: FileAnswers,
  record: ReadRecord,
  ports: ArtifactSumsPorts,
): CheckResult[] {
  const inRun = (path: string) => `${artifactsFolder}/${ports.textOf(path)}`;
  const listed = new Set(sums.map(({ path }) => path));
  const results = [
    ...(fault === null ? [] : [fault]),
    ...sums.flatMap(({ path, sha256 }) =>
      compareFile(inRun(path), sha256, digests.get(path) ?? { state: "absent" }, shown),
    ),
    // Links of a folder that was kept are on no list.
    ...[...digests]
      .filter(([path, { state }]) => state !== "other" && !listed.has(path))
      .map(([path]) => unlisted(inRun(path), record)),
  ];
  return orAllWell(results, shown, sums.length);
}

/** What the run itself recorded was on the list; anything else came later, and Git leaves it out. */
function unlisted(path: string, record: ReadRecord): CheckResult {
  const isRecorded = namedArtifacts(record).some(
    ([, known]) => path === known || path.startsWith(`${known}/`),
  );
  if (isRecorded)
    return differs(shown, {
      expected: path,
      reason: `does not list ${path} any more, which the run recorded`,
    });
  return differs(path, {
    severity: "notice",
    reason: `is not listed in ${shown}: it came after the run had ended`,
  });
}

function withoutList(record: ReadRecord, tree: RecordedTree | null): CheckResult[] {
  if (!record.hasEnded || !record.isOwn) return [];
  if (tree !== null) return tree.count === 0 ? [] : [missing(shown, { reason: "is gone" })];
  const isExpected = namedArtifacts(record).some(([, path]) => path.startsWith(`${artifactsFolder}/`));
  return isExpected ? [notHere(shown, { reason: "Git leaves artifacts out" })] : [];
}
