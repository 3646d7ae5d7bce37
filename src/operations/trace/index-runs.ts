/** What the manifests of all runs say of contents and of each other, to be asked in both directions. */
import { kinds } from "../../kinds/table.js";
import { defaultMaximumBytes, parseJson } from "../../manifest/parse.js";
import { parseUtc } from "../../manifest/timestamps.js";
import { isObject } from "../../manifest/validate.js";
import type { RecordPorts } from "../verify/record.js";
import type { Relation } from "./result.js";

export interface KnownArtifact {
  readonly name: string;
  /** In the run folder. */
  readonly path: string;
  readonly sha256: string;
  /** Where it came from, as it was given. */
  readonly source: string | null;
}

export interface KnownRun {
  readonly id: string;
  readonly folder: string;
  readonly name: string;
  readonly startedAt: string | null;
  /** Milliseconds since 1970. */
  readonly time: number | null;
  readonly artifacts: readonly KnownArtifact[];
  /** Name and digest; of what was seen to be read though nobody had declared it, the path and digest. */
  readonly inputs: readonly (readonly [string, string])[];
  readonly relatives: readonly { readonly relation: Relation; readonly id: string }[];
}

export interface RunIndex {
  readonly runs: ReadonlyMap<string, KnownRun>;
  readonly unreadable: number;
  /** Runs that left this content, newest first, with the names it has there. */
  readonly makersOf: (sha256: string) => readonly Named[];
  readonly readersOf: (sha256: string) => readonly Named[];
  /** Takes up that a run has this content under a path that only its lists of sums name. */
  readonly add: (sha256: string, role: "made" | "read", found: Named) => void;
  /** Runs that name this one. */
  readonly relativesOf: (id: string) => readonly Related[];
}

export interface Named {
  readonly run: KnownRun;
  readonly name: string;
}

export interface Related {
  readonly run: KnownRun;
  readonly relation: Relation;
}

type IndexPorts = Pick<RecordPorts, "readFile" | "namespaceOf">;
type Members = Readonly<Record<string, unknown>>;

export function indexRuns(
  folders: readonly string[],
  ports: IndexPorts,
  onRead: (done: number) => void = () => {},
): RunIndex {
  const runs = new Map<string, KnownRun>();
  const makers = new Map<string, Named[]>();
  const readers = new Map<string, Named[]>();
  const relatives = new Map<string, Related[]>();
  let unreadable = 0;
  for (const [at, folder] of folders.entries()) {
    onRead(at);
    const run = readKnownRun(folder, ports);
    if (run === null) unreadable += 1;
    if (run === null || runs.has(run.id)) continue;
    runs.set(run.id, run);
    for (const { name, sha256 } of run.artifacts) append(makers, sha256, { run, name });
    for (const [name, sha256] of run.inputs) append(readers, sha256, { run, name });
    for (const { relation, id } of run.relatives) append(relatives, id, { run, relation });
  }
  for (const list of [...makers.values(), ...readers.values(), ...relatives.values()])
    if (list.length > 1) list.sort((a, b) => (b.run.time ?? 0) - (a.run.time ?? 0));
  return {
    runs,
    unreadable,
    makersOf: (sha256) => makers.get(sha256) ?? [],
    readersOf: (sha256) => readers.get(sha256) ?? [],
    add: (sha256, role, found) => append(role === "made" ? makers : readers, sha256, found),
    relativesOf: (id) => relatives.get(id) ?? [],
  };
}

function append<Item>(lists: Map<string, Item[]>, key: string, item: Item): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

/** `null` when neither manifest can be read. What of them is no text or number is passed over: `verify` says so. */
function readKnownRun(folder: string, ports: IndexPorts): KnownRun | null {
  const run = readMembers(folder, kinds.run.fileName, ports);
  const experiment = readMembers(folder, kinds.experiment.fileName, ports);
  if (run === null && experiment === null) return null;
  const namespace = ports.namespaceOf(folder);
  const startedAt = textOf(run?.started_at) ?? textOf(experiment?.timestamp_utc);
  const id = folder.slice(folder.lastIndexOf("/") + 1);
  return {
    id,
    folder,
    name: textOf(run?.run_name) ?? id,
    startedAt,
    time: startedAt === null ? null : (parseUtc(startedAt) ?? null),
    artifacts: artifactsOf(membersOf(membersOf(membersOf(run?.[namespace]).artifacts).entries)),
    inputs: [...inputsOf(folder, experiment, ports), ...observedIn(folder, ports)],
    relatives: relativesOf(membersOf(experiment?.[namespace])),
  };
}

function artifactsOf(entries: Members): KnownArtifact[] {
  return Object.entries(entries).flatMap(([name, entry]) => {
    if (!isObject(entry) || typeof entry.sha256 !== "string" || typeof entry.path !== "string") return [];
    return [{ name, path: entry.path, sha256: entry.sha256, source: textOf(entry.source) }];
  });
}

/** A run of another tool has no manifest of the experiment, and its own record of what it read. */
function inputsOf(folder: string, experiment: Members | null, ports: IndexPorts): [string, string][] {
  if (experiment !== null) {
    const hashes = membersOf(membersOf(experiment.data_provenance).hashes);
    return Object.entries(hashes).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  }
  const sha256 = readMembers(folder, "00_run_metadata/input_data_provenance.json", ports)?.sha256;
  return typeof sha256 === "string" ? [["input", sha256]] : [];
}

/** Files whose content at the end is the content that was read. */
function observedIn(folder: string, ports: IndexPorts): [string, string][] {
  const observed = readMembers(folder, "00_run_metadata/observed.json", ports);
  const { read_not_declared: undeclared, files } = observed ?? {};
  if (!Array.isArray(undeclared) || !Array.isArray(files)) return [];
  const paths = new Set(undeclared.map((one) => membersOf(one).path));
  return files.map(membersOf).flatMap(({ path, sha256, state }) => {
    if (typeof path !== "string" || typeof sha256 !== "string" || state !== "as_opened") return [];
    return paths.has(path) ? [[path, sha256] as [string, string]] : [];
  });
}

function relativesOf(extension: Members): KnownRun["relatives"] {
  const command = membersOf(extension.command);
  const named = [
    ["child-of", command.parent],
    ["attempt-after", command.previous_attempt],
    ["repeats", command.from],
    ["reproduces", membersOf(extension.reproduction).of],
  ] as const;
  return named.flatMap(([relation, id]) => (typeof id === "string" ? [{ relation, id }] : []));
}

function readMembers(folder: string, path: string, { readFile }: IndexPorts): Members | null {
  const bytes = readFile(folder, path, defaultMaximumBytes);
  if (bytes === null || "code" in bytes) return null;
  const parsed = parseJson(bytes);
  return parsed.ok && isObject(parsed.value) ? parsed.value : null;
}

export function membersOf(value: unknown): Members {
  return isObject(value) ? value : {};
}

export function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
