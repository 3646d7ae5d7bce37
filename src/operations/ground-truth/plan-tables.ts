/** What `writeTables` and `ground-truth generate` write: tables as CSV, `SHA256SUMS` of them, the manifest; and how that stands to what is there. */
import { RefusedError, UsageError, ValidationError } from "../../errors.js";
import { digestOfConfig, type GroundTruthConfig } from "../../kinds/ground-truth/build.js";
import { compareNames } from "../../kinds/ground-truth/ground-truth.js";
import { defaultRules, kinds } from "../../kinds/table.js";
import { formatDisk } from "../../manifest/canonical.js";
import { sha256 } from "../../manifest/digest.js";
import { isValid, validateDocument } from "../../manifest/validate.js";
import type { DataTable } from "./data-table.js";

export interface WrittenFile {
  readonly path: string;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  readonly bytes: number;
}

export interface PlanTablesPorts {
  readonly findText: (path: string) => string | undefined;
  readonly formatTable: (table: DataTable, name: string) => string;
  readonly formatSums: (sums: readonly { readonly sha256: string; readonly path: string }[]) => string;
  readonly parseSums: (text: string) => readonly { readonly sha256: string; readonly path: string }[];
  readonly pathIn: (folder: string, name: string) => string;
}

export const sumsName = "SHA256SUMS";
export const manifestName = kinds["ground-truth"].fileName;
const tableName = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}$/;

export interface TablesPlan {
  /** The document that is written; null where none is. */
  readonly document: object | null;
  /** Of every file, `SHA256SUMS` included. */
  readonly texts: ReadonlyMap<string, string>;
  /** Those that `SHA256SUMS` lists. */
  readonly files: readonly WrittenFile[];
  /** Files that are not there as they are to be. */
  readonly changed: readonly string[];
  /** What an earlier call wrote, is still as it wrote it, and is no part of this one. */
  readonly stale: readonly string[];
  /** Files that are there and would not stay as they are. */
  readonly differing: readonly string[];
}

/** @throws UsageError for a table that CSV cannot hold; ValidationError. */
export function planTables(
  tables: Readonly<Record<string, DataTable>>,
  config: GroundTruthConfig,
  { directory, manifest }: { readonly directory: string; readonly manifest?: object | null | undefined },
  ports: PlanTablesPorts,
): TablesPlan {
  const document = config.manifest?.include === false ? null : (manifest ?? null);
  if (document !== null) checkManifest(document, config);
  const texts = new Map(
    Object.keys(tables)
      .sort(compareNames)
      .map((name) => [fileOf(name), ports.formatTable(tables[name] as DataTable, name)]),
  );
  if (document !== null) texts.set(manifestName, formatDisk(document));
  const files = [...texts].map(([path, text]) => ({
    path,
    sha256: sha256(text),
    bytes: Buffer.byteLength(text),
  }));
  texts.set(sumsName, ports.formatSums(files));
  const present = (name: string) => ports.findText(ports.pathIn(directory, name));
  const stale = staleFiles(present(sumsName), texts, present, ports);
  const changed = [...texts].filter(([name, text]) => present(name) !== text).map(([name]) => name);
  const differing = [...changed.filter((name) => present(name) !== undefined), ...stale];
  return { document, texts, files, changed, stale, differing };
}

/** What an earlier call wrote, is still as it wrote it, and is no part of this one. */
function staleFiles(
  sums: string | undefined,
  texts: ReadonlyMap<string, string>,
  present: (name: string) => string | undefined,
  { parseSums }: PlanTablesPorts,
): string[] {
  if (sums === undefined) return [];
  return parseSums(sums)
    .filter(({ path }) => path === manifestName || (path.endsWith(".csv") && tableName.test(path)))
    .filter(({ path, sha256: digest }) => {
      const text = texts.has(path) ? undefined : present(path);
      return text !== undefined && sha256(text) === digest;
    })
    .map(({ path }) => path);
}

/** Before anything is written. */
function checkManifest(manifest: object, config: GroundTruthConfig): void {
  const findings = validateDocument(manifest, kinds["ground-truth"], defaultRules());
  if (!isValid(findings)) throw new ValidationError("the ground-truth manifest", findings);
  const { config_sha256: recorded } = manifest as { config_sha256?: unknown };
  if (recorded === digestOfConfig(config)) return;
  throw new UsageError(
    "BAD_ARGUMENT",
    "the manifest was built from another configuration than the one given",
    {
      hint: "Build it from this one: buildGroundTruthManifest(config, state)",
    },
  );
}

function fileOf(name: string): string {
  if (tableName.test(name)) return `${name}.csv`;
  throw new UsageError(
    "BAD_TABLE",
    `the table ${JSON.stringify(name)} has no name for a file: up to 200 letters, digits, _, - and dots`,
    { hint: "Rename it." },
  );
}

export function outputDiffers(directory: string, names: readonly string[]): RefusedError {
  return new RefusedError(
    "OUTPUT_DIFFERS",
    `${directory} holds other content than would be written: ${[...names].sort().join(", ")}`,
    { hint: "Write into another folder, or replace them with accept: true." },
  );
}
