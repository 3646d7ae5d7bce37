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

/** The files of `SHA256SUMS` beside the manifest, held against what is there; only plain names, as nothing outside is looked at. */
export async function listFiles(
  { folder }: OpenGroundTruth,
  ports: OpenGroundTruthPorts,
): Promise<ListedFile[]> {
  const sums = ports.findText(ports.pathIn(folder, sumsName));
  const listed = sums === undefined ? [] : ports.parseSums(sums).filter(({ path }) => isPlainName(path));
  return Promise.all(
    listed.map(async ({ path, sha256: expected }) => {
      const found = await ports.digestFile(ports.pathIn(folder, path));
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
  const text = isPlainName(file) ? ports.findText(path) : undefined;
  if (text === undefined)
    throw new FileError("FILE_NOT_FOUND", `${path} does not exist`, {
      hint: `Name a table that stands beside ${truth.path} as CSV.`,
    });
  const sums = ports.findText(ports.pathIn(truth.folder, sumsName)) ?? "";
  const listed = ports.parseSums(sums).find((sum) => sum.path === file);
  const state = listed === undefined ? "unlisted" : listed.sha256 === sha256(text) ? "ok" : "differs";
  return { name, table: ports.parseTable(text, path), state };
}

function isPlainName(name: string): boolean {
  return !/[/\\\0]/.test(name) && name !== "." && name !== "..";
}
