/** Opens the ground truth of a dataset by its folder or its manifest, and reads what stands beside it. */
import { FileError, type Finding, ValidationError } from "../../errors.js";
import type { GroundTruthManifest } from "../../kinds/ground-truth/ground-truth.js";
import { defaultRules, kinds } from "../../kinds/table.js";
import { sha256 } from "../../manifest/digest.js";
import { locateFindings, parseJson } from "../../manifest/parse.js";
import { isValid, validateDocument } from "../../manifest/validate.js";
import type { DataTable } from "./data-table.js";
import { sumsName } from "./plan-tables.js";

export interface OpenGroundTruthPorts {
  readonly isFolder: (path: string) => boolean;
  readonly readBytes: (path: string, maximumBytes: number) => Uint8Array | Finding;
  readonly pathIn: (folder: string, name: string) => string;
  readonly folderOf: (path: string) => string;
  readonly findText: (path: string) => string | undefined;
  /** `undefined` when there is no such file. */
  readonly digestFile: (path: string) => Promise<string | undefined>;
  readonly parseTable: (text: string, name: string) => DataTable<string | null>;
  readonly parseSums: (text: string) => readonly { readonly sha256: string; readonly path: string }[];
}

export interface OpenGroundTruth {
  /** Of the manifest, as it is to be shown. */
  readonly path: string;
  readonly folder: string;
  /** Of the file's bytes, 64 hexadecimal digits. */
  readonly sha256: string;
  readonly manifest: GroundTruthManifest;
}

const kind = kinds["ground-truth"];

/** @throws FileError when there is none to read; ValidationError when it is not valid. */
export function openGroundTruth(
  named: string,
  ports: OpenGroundTruthPorts,
  maximumBytes = kind.maximumBytes,
): OpenGroundTruth {
  const path = ports.isFolder(named) ? ports.pathIn(named, kind.fileName) : named;
  const bytes = ports.readBytes(path, maximumBytes);
  if ("code" in bytes) throw new FileError(bytes.code, `${path} ${bytes.message}`, { hint: bytes.hint });
  const parsed = parseJson(bytes, maximumBytes);
  if (!parsed.ok) throw new ValidationError(path, parsed.findings);
  const findings = validateDocument(parsed.value, kind, defaultRules());
  if (!isValid(findings)) throw new ValidationError(path, locateFindings(parsed.text, findings));
  return {
    path,
    folder: ports.folderOf(path),
    sha256: sha256(bytes),
    manifest: parsed.value as GroundTruthManifest,
  };
}

export type FileState = "ok" | "differs" | "missing" | "unlisted";

export interface ListedFile {
  readonly path: string;
  readonly sha256: string;
  readonly state: FileState;
}

/** The files of `SHA256SUMS` beside the manifest, held against what is there. */
export async function listFiles(truth: OpenGroundTruth, ports: OpenGroundTruthPorts): Promise<ListedFile[]> {
  return Promise.all(
    sumsBeside(truth, ports).map(async ({ path, sha256: expected }) => {
      const found = await ports.digestFile(ports.pathIn(truth.folder, path));
      const state = found === undefined ? "missing" : found === expected ? "ok" : "differs";
      return { path, sha256: expected, state };
    }),
  );
}

export interface OpenTable {
  readonly name: string;
  readonly table: DataTable<string | null>;
  /** Whether it is the file that was written with this ground truth. */
  readonly state: FileState;
}

/** @throws FileError when there is no table of that name beside the manifest. */
export function openTable(truth: OpenGroundTruth, name: string, ports: OpenGroundTruthPorts): OpenTable {
  const file = `${name}.csv`;
  const path = ports.pathIn(truth.folder, file);
  const text = textBeside(truth, file, ports);
  if (text === undefined) {
    const listed = listedTables(truth, ports);
    const there = listed.length === 0 ? "" : `: ${listed.join(", ")}`;
    throw new FileError("FILE_NOT_FOUND", `${path} does not exist`, {
      hint: `Name a table that stands beside ${truth.path} as CSV${there}.`,
    });
  }
  const listed = sumsBeside(truth, ports).find((sum) => sum.path === file);
  const state = listed === undefined ? "unlisted" : listed.sha256 === sha256(text) ? "ok" : "differs";
  return { name, table: ports.parseTable(text, path), state };
}

/** Whether a table of that name is here, listed or not. */
export function standsBeside(truth: OpenGroundTruth, name: string, ports: OpenGroundTruthPorts): boolean {
  return textBeside(truth, `${name}.csv`, ports) !== undefined;
}

/** The names of the tables that `SHA256SUMS` lists, whether they are here or not. */
export function listedTables(truth: OpenGroundTruth, ports: OpenGroundTruthPorts): string[] {
  return sumsBeside(truth, ports).flatMap(({ path }) => (path.endsWith(".csv") ? [path.slice(0, -4)] : []));
}

function textBeside(
  { folder }: OpenGroundTruth,
  file: string,
  { findText, pathIn }: OpenGroundTruthPorts,
): string | undefined {
  return isPlainName(file) ? findText(pathIn(folder, file)) : undefined;
}

/** Only plain names, as nothing outside of the folder is looked at; none where there is no `SHA256SUMS`. */
function sumsBeside(truth: OpenGroundTruth, ports: OpenGroundTruthPorts) {
  const text = textBeside(truth, sumsName, ports);
  return text === undefined ? [] : ports.parseSums(text).filter(({ path }) => isPlainName(path));
}

function isPlainName(name: string): boolean {
  return !/[/\\\0]/.test(name) && name !== "." && name !== "..";
}
