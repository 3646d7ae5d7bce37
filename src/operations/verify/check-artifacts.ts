/** Every artifact digest of a run: of files and folders kept with it, of logs, and of what references name. */

import { defaultMaximumBytes, parseJson } from "../../manifest/parse.js";
import { isObject } from "../../manifest/validate.js";
import type { FileAnswer, FileAnswers, RecordedTree } from "../../store/runs/recorded-files.js";
import type { Probe } from "../../store/runs/run-record.js";
import { artifactsFolder } from "./check-artifact-sums.js";
import { dataOf } from "./check-inputs.js";
import type { SumsPorts } from "./check-sums.js";
import { checkData, type FindDataPorts, type Places } from "./find-data.js";
import { namedArtifacts, type ReadRecord } from "./record.js";
import { asBytes, asDigest, type CheckResult, resultsOf } from "./result.js";

export interface ArtifactPorts extends FindDataPorts, SumsPorts {
  readonly probe: (folder: string, path: string) => Probe;
  readonly isUntracked: (path: string) => boolean;
  /** A name in text as the bytes it stands for. */
  readonly bytesOf: (path: string) => string;
}

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number | null;
  readonly isFolder: boolean;
  readonly isReference: boolean;
}

export interface Kept {
  readonly tree: RecordedTree | null;
  readonly digests: () => Promise<FileAnswers>;
}

const { ok, differs, missing, unreadable, unknown, notHere } = resultsOf("artifacts");

export async function checkArtifacts(
  record: ReadRecord,
  kept: Kept,
  places: Places,
  ports: ArtifactPorts,
): Promise<CheckResult[]> {
  const entries = entriesOf(record);
  const results: CheckResult[] = [];
  for (const entry of entries) {
    const probe = ports.probe(record.folder, entry.path);
    if (probe.state === "absent") results.push(absent(entry.name, entry.path, entry.sha256, record, ports));
    else if (probe.state !== "here") results.push(unsafe(entry, probe));
    else if (entry.isReference) results.push(await checkReference(entry, record, places, ports));
    else results.push(compare(entry, await answerOf(entry, probe, record, kept, ports)));
  }
  const known = new Set(entries.map(({ name }) => name));
  return [...results, ...withoutDigest(record, known, ports)];
}

/** `artifacts` under the extension key, as far as it can be read. */
function entriesOf({ run, namespace }: ReadRecord): Entry[] {
  const extension = run?.[namespace];
  const recorded = isObject(extension) && isObject(extension.artifacts) ? extension.artifacts.entries : {};
  return Object.entries(isObject(recorded) ? recorded : {}).flatMap(([name, entry]) => {
    if (!isObject(entry) || typeof entry.path !== "string" || typeof entry.sha256 !== "string") return [];
    const { path, sha256, size_bytes, form, how } = entry;
    const bytes = typeof size_bytes === "number" ? size_bytes : null;
    return [{ name, path, sha256, bytes, isFolder: form === "folder", isReference: how === "referenced" }];
  });
}

/** Where none of a folder that Git leaves out is here, it was never brought here; where some of it is, the rest is gone. */
function absent(
  subject: string,
  path: string,
  sha256: string | null,
  { folder }: ReadRecord,
  ports: ArtifactPorts,
): CheckResult {
  const said = { expected: sha256 === null ? null : asDigest(sha256) };
  const top = path.includes("/") ? path.slice(0, path.indexOf("/")) : "logs";
  const isAway = ports.isUntracked(path) && ports.probe(folder, top).state === "absent";
  return isAway
    ? notHere(subject, { ...said, reason: `${path} is not here: Git leaves it out` })
    : missing(subject, { ...said, reason: `${path} is gone` });
}

function unsafe({ name, path, sha256 }: Entry, { state, reason }: Probe): CheckResult {
  const said = { expected: asDigest(sha256), reason: `${path}: ${reason ?? "cannot be read"}` };
  return state === "escapes" ? differs(name, said) : unreadable(name, said);
}

async function answerOf(
  { path, isFolder }: Entry,
  { absolute }: Probe,
  record: ReadRecord,
  { tree, digests }: Kept,
  ports: ArtifactPorts,
): Promise<FileAnswer> {
  const isKept = path.startsWith(`${artifactsFolder}/`);
  const below = ports.bytesOf(path.slice(artifactsFolder.length + 1));
  if (isFolder) {
    const sha256 = isKept && tree?.hasLinks === false ? await tree.folderDigest(below, digests) : null;
    if (sha256 !== null) return { state: "read", sha256, bytes: null };
    const answer = await ports.digestData(absolute, null);
    return answer.state === "resized" ? { state: "absent" } : answer;
  }
  const known = record.digests.get(path);
  if (known !== undefined) return { state: "read", sha256: known, bytes: null };
  return (isKept ? (await digests()).get(below) : undefined) ?? ports.digestFile(record.folder, path);
}

function compare({ name, path, sha256, bytes }: Entry, answer: FileAnswer): CheckResult {
  const said = { expected: asDigest(sha256) };
  switch (answer.state) {
    case "absent":
      return missing(name, { ...said, reason: `${path} is gone` });
    case "unreadable":
      return unreadable(name, { ...said, reason: answer.reason });
    case "other":
      return differs(name, { ...said, found: answer.what, reason: `${path} is ${answer.what}` });
    default:
      if (answer.sha256 === sha256) return ok(name, { ...said, found: said.expected });
      return differs(name, {
        ...said,
        found: asDigest(answer.sha256),
        reason:
          answer.bytes === null || bytes === null || answer.bytes === bytes
            ? `${path}: its digest differs`
            : `${path}: its digest and size differ: ${asBytes(bytes)} were recorded, ${asBytes(answer.bytes)} are there`,
      });
  }
}

/** The content lies elsewhere; the reference says where. */
async function checkReference(
  { name, path, sha256 }: Entry,
  { folder }: ReadRecord,
  places: Places,
  ports: ArtifactPorts,
): Promise<CheckResult> {
  const bytes = ports.readFile(folder, path, defaultMaximumBytes);
  const said = { expected: asDigest(sha256) };
  if (bytes === null) return missing(name, { ...said, reason: `${path} is gone` });
  if ("code" in bytes) return unreadable(name, { ...said, reason: `${path}: ${bytes.message}` });
  const parsed = parseJson(bytes);
  const data = parsed.ok ? dataOf(parsed.value) : null;
  if (data === null) return differs(name, { ...said, reason: `${path} is no reference any more` });
  if (data.sha256 !== sha256)
    return differs(name, {
      ...said,
      found: asDigest(data.sha256),
      reason: `${path} names another digest than run_manifest.json`,
    });
  return checkData("artifacts", name, data, places, ports);
}

/** Tracked files have theirs in SHA256SUMS. A log that something still wrote to when the run ended has none at all. */
function withoutDigest(record: ReadRecord, known: ReadonlySet<string>, ports: ArtifactPorts): CheckResult[] {
  if (!record.hasEnded) return [];
  return namedArtifacts(record).flatMap(([name, path]) => {
    const isListed = record.isOwn && !ports.isUntracked(path);
    if (known.has(name) || isListed) return [];
    const { state } = ports.probe(record.folder, path);
    if (state === "absent") return [absent(name, path, null, record, ports)];
    return [unknown(name, { reason: `${path}: no digest of it was recorded` })];
  });
}
