/** The JSON records of a run, read as they stand: each judged by its schema and held against the bytes that Colophon writes. */
import type { Finding } from "../../errors.js";
import { defaultRules, kinds } from "../../kinds/table.js";
import { formatDisk } from "../../manifest/canonical.js";
import { sha256 } from "../../manifest/digest.js";
import type { Kind, Rules } from "../../manifest/kind.js";
import { defaultMaximumBytes, locateFindings, parseJson } from "../../manifest/parse.js";
import { isObject, validateDocument } from "../../manifest/validate.js";
import type { RecordPlace } from "../../store/runs/run-record.js";
import { type FactFile, factFiles } from "../records/list/facts.js";
import { judgeFact } from "../records/state/judge-fact.js";
import { asFiles, type CheckResult, resultsOf } from "./result.js";

type Document = Readonly<Record<string, unknown>>;

export interface ReadRecord {
  /** The name of its folder. */
  readonly id: string;
  readonly folder: string;
  readonly namespace: string;
  /** As they stand, valid or not; `null` where there is no JSON object. */
  readonly manifest: Document | null;
  readonly run: Document | null;
  readonly provenance: Document | null;
  readonly command: Document | null;
  readonly observed: Document | null;
  /** Whether Colophon recorded it: then more is expected of it than of a run of the origin project. */
  readonly isOwn: boolean;
  readonly hasEnded: boolean;
  /** Of the bytes that were read, by path in the run folder; 64 hexadecimal digits. */
  readonly digests: ReadonlyMap<string, string>;
  readonly checks: readonly CheckResult[];
}

export interface RecordPorts {
  readonly findRecord: (path: string) => RecordPlace;
  readonly readFile: (folder: string, path: string, maximumBytes: number) => Uint8Array | Finding | null;
  readonly namespaceOf: (folder: string) => string;
}

interface ReadFile {
  readonly path: string;
  readonly value: Document | null;
  readonly sha256: string | null;
  readonly schema: readonly CheckResult[];
  /** `null` where it is no JSON. */
  readonly isCanonical: boolean | null;
}

type ReadKind = Pick<Kind, "maximumBytes"> & Partial<Pick<Kind, "version">>;

type Judge = (value: unknown) => readonly Finding[];

/** Never throws for what the folder holds. */
export function readRecord(folder: string, ports: RecordPorts): ReadRecord {
  const id = folder.slice(folder.lastIndexOf("/") + 1);
  const namespace = ports.namespaceOf(folder);
  const run = readFile(folder, kinds.run.fileName, judgeRun(namespace), kinds.run, ports);
  const isOwn = run.value === null ? true : Object.hasOwn(run.value, "colophon_version");
  const experiment = readFile(
    folder,
    kinds.experiment.fileName,
    judgeAs(kinds.experiment, { namespace }),
    kinds.experiment,
    ports,
  );
  const facts = factFiles.flatMap((fact) => readFact(folder, fact, run.value, isOwn, ports));
  const files = [...(isExpected(experiment, isOwn) ? [experiment] : []), run, ...facts];
  const contentOf = (path: string) => facts.find((fact) => fact.path === path)?.value ?? null;
  return {
    id,
    folder,
    namespace,
    manifest: experiment.value,
    run: run.value,
    provenance: contentOf("00_run_metadata/input_data_provenance.json"),
    command: contentOf("00_run_metadata/command.json"),
    observed: contentOf("00_run_metadata/observed.json"),
    isOwn,
    hasEnded: run.value?.status !== "running",
    digests: new Map(files.flatMap(({ path, sha256 }) => (sha256 === null ? [] : [[path, sha256] as const]))),
    checks: [
      ...files.flatMap(({ schema }) => schema),
      ...checkId(experiment.value, id),
      ...checkBytes(files),
    ],
  };
}

/** A completed run is held to all that it must have. */
function judgeRun(namespace: string): Judge {
  return (value) => {
    const isComplete =
      isObject(value) && value.status === "completed" && Object.hasOwn(value, "colophon_version");
    return judgeAs(kinds.run, { namespace, profile: isComplete ? "complete" : "load" })(value);
  };
}

function judgeAs(kind: Kind, rules: Partial<Rules>): Judge {
  return (value) => validateDocument(value, kind, defaultRules(rules));
}

/** Runs of the origin project have no `manifest.json`. */
function isExpected({ schema }: ReadFile, isOwn: boolean): boolean {
  return isOwn || schema.every(({ state }) => state !== "missing");
}

/** Files that Colophon writes there are judged; of another tool's run only those that its founding document describes. */
function readFact(
  folder: string,
  { path, artifact, isFounding }: FactFile,
  run: Document | null,
  isOwn: boolean,
  ports: RecordPorts,
): ReadFile[] {
  if (!isOwn && !isFounding) return [];
  const judge = (value: unknown): readonly Finding[] => {
    return isObject(value) ? judgeFact(artifact, value, isOwn) : [notAnObject()];
  };
  const read = readFile(folder, path, judge, { maximumBytes: defaultMaximumBytes }, ports);
  const isThere = read.schema.every(({ state }) => state !== "missing");
  return isThere || namesArtifact(run, artifact, path) ? [read] : [];
}

function readFile(folder: string, path: string, judge: Judge, kind: ReadKind, ports: RecordPorts): ReadFile {
  const { missing, unreadable, unknown } = resultsOf("schema");
  const bytes = ports.readFile(folder, path, kind.maximumBytes);
  const nothing = { path, value: null, sha256: null, isCanonical: null };
  if (bytes === null) return { ...nothing, schema: [missing(path, { reason: "is gone" })] };
  if ("code" in bytes)
    return { ...nothing, schema: [unreadable(path, { reason: bytes.message, finding: bytes })] };
  const digest = sha256(bytes);
  const parsed = parseJson(bytes, kind.maximumBytes);
  if (!parsed.ok) return { ...nothing, sha256: digest, schema: judged(path, parsed.findings) };
  const { value, text } = parsed;
  const newer = newerVersion(value, kind);
  return {
    path,
    value: isObject(value) ? value : null,
    sha256: digest,
    schema:
      newer === null ? judged(path, locateFindings(text, judge(value))) : [unknown(path, { reason: newer })],
    isCanonical: text === formatDisk(value),
  };
}

/** A newer Colophon may know what this one would call a fault. */
function newerVersion(value: unknown, { version }: ReadKind): string | null {
  const found = isObject(value) && version !== undefined ? value[version.field] : undefined;
  const known = (version?.supported ?? []).filter((one) => typeof one === "number");
  if (typeof found !== "number" || !Number.isInteger(found) || found <= Math.max(...known)) return null;
  return `${version?.field} is ${found}; this Colophon reads ${known.join(", ")}`;
}

/** One result for each finding. */
function judged(path: string, findings: readonly Finding[]): CheckResult[] {
  const { ok, differs } = resultsOf("schema");
  if (findings.length === 0) return [ok(path)];
  return findings.map((finding) => {
    const said = { reason: finding.message, finding };
    return finding.severity === "error" ? differs(path, said) : ok(path, { ...said, severity: "notice" });
  });
}

/** What is well is told once for all of them. */
function checkBytes(files: readonly ReadFile[]): CheckResult[] {
  const { ok, differs } = resultsOf("bytes");
  const reason =
    "says the same in other bytes than Colophon writes: it was written or reformatted by another program";
  const others = files.filter(({ isCanonical }) => isCanonical === false);
  if (others.length > 0) return others.map(({ path }) => differs(path, { severity: "notice", reason }));
  const count = asFiles(files.filter(({ isCanonical }) => isCanonical === true).length);
  return [ok("records", { expected: count, found: count })];
}

function checkId(manifest: Document | null, id: string): CheckResult[] {
  const { ok, differs } = resultsOf("schema");
  const said = manifest?.experiment_id;
  if (typeof said !== "string") return [];
  if (said === id) return [ok("id", { expected: said, found: id })];
  return [
    differs("id", { expected: said, found: id, reason: "the folder has another name than the experiment" }),
  ];
}

function namesArtifact(run: Document | null, artifact: string, path: string): boolean {
  return namedArtifacts({ run }).some(([name, at]) => name === artifact && at === path);
}

/** Name and path of every artifact of every stage, as far as they can be read. */
export function namedArtifacts({ run }: Pick<ReadRecord, "run">): (readonly [string, string])[] {
  const stages = Array.isArray(run?.stages) ? run.stages : [];
  return stages.flatMap((stage) =>
    isObject(stage) && isObject(stage.artifacts)
      ? Object.entries(stage.artifacts).flatMap(([name, path]) =>
          typeof path === "string" ? [[name, path] as const] : [],
        )
      : [],
  );
}

function notAnObject(): Finding {
  const hint = "Take it from history, in the run folder: git checkout HEAD -- 00_run_metadata";
  return {
    code: "NOT_AN_OBJECT",
    severity: "error",
    pointer: "",
    message: "must be an object",
    hint,
    line: 1,
    column: 1,
  };
}
