/** `writeTables`: generated tables as CSV, `SHA256SUMS` of them, and the manifest last, so that an interrupted call leaves none that loads. */
import { RefusedError, UsageError, ValidationError } from "../../errors.js";
import { digestOfConfig, type GroundTruthConfig } from "../../kinds/ground-truth/build.js";
import { compareNames } from "../../kinds/ground-truth/ground-truth.js";
import { defaultRules, kinds } from "../../kinds/table.js";
import { formatDisk } from "../../manifest/canonical.js";
import { sha256 } from "../../manifest/digest.js";
import { isValid, validateDocument } from "../../manifest/validate.js";
import { type PublishPorts, publishDocument } from "../manifests/publish-document.js";
import type { DataTable } from "./data-table.js";

export interface WriteTablesOptions {
  /** Where to; created when it is not there. */
  readonly directory: string;
  /** Written when `config.manifest.include` is not false. */
  readonly manifest?: object | null | undefined;
  /** Whether files that are there and differ are replaced; otherwise they are named, and nothing is written. */
  readonly accept?: boolean;
}

export interface WrittenFile {
  readonly path: string;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  readonly bytes: number;
}

export interface WrittenTables {
  readonly files: readonly WrittenFile[];
  /** Whether everything stood there already. */
  readonly unchanged: boolean;
}

export interface WriteTablesPorts extends PublishPorts {
  readonly formatTable: (table: DataTable, name: string) => string;
  readonly formatSums: (sums: readonly { readonly sha256: string; readonly path: string }[]) => string;
  readonly parseSums: (text: string) => readonly { readonly sha256: string; readonly path: string }[];
  readonly pathIn: (folder: string, name: string) => string;
  readonly makeFolder: (folder: string) => void;
  readonly removeFile: (path: string) => void;
}

export const sumsName = "SHA256SUMS";
const manifestName = kinds["ground-truth"].fileName;
const tableName = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}$/;

/** @throws UsageError for a table that CSV cannot hold; ValidationError; RefusedError where other content is there. */
export function writeTables(
  tables: Readonly<Record<string, DataTable>>,
  config: GroundTruthConfig,
  { directory, manifest, accept = false }: WriteTablesOptions,
  ports: WriteTablesPorts,
): WrittenTables {
  const document = config.manifest?.include === false ? null : (manifest ?? null);
  if (document !== null) checkManifest(document, config);
  const texts = new Map(
    Object.keys(tables)
      .sort(compareNames)
      .map((name) => [fileOf(name), ports.formatTable(tables[name] as DataTable, name)]),
  );
  const manifestText = document === null ? undefined : formatDisk(document);
  if (manifestText !== undefined) texts.set(manifestName, manifestText);
  const files = [...texts].map(([path, text]) => ({
    path,
    sha256: sha256(text),
    bytes: Buffer.byteLength(text),
  }));
  texts.set(sumsName, ports.formatSums(files));
  const present = (name: string) => ports.findText(ports.pathIn(directory, name));
  const stale = staleFiles(present(sumsName), texts, present, ports);
  const changed = [...texts].filter(([name, text]) => present(name) !== text).map(([name]) => name);
  if (changed.length === 0 && stale.length === 0) return { files, unchanged: true };
  const differing = [...changed.filter((name) => present(name) !== undefined), ...stale];
  if (differing.length > 0 && !accept) throw outputDiffers(directory, differing);
  ports.makeFolder(directory);
  for (const name of [manifestName, ...stale].filter((name) => differing.includes(name)))
    ports.removeFile(ports.pathIn(directory, name));
  for (const name of changed.filter((name) => name !== manifestName))
    ports.writeAtomic(ports.pathIn(directory, name), texts.get(name) as string);
  if (document !== null)
    publishDocument(
      document,
      kinds["ground-truth"],
      ports.pathIn(directory, manifestName),
      defaultRules(),
      ports,
    );
  return { files, unchanged: false };
}

/** What an earlier call wrote, is still as it wrote it, and is no part of this one. */
function staleFiles(
  sums: string | undefined,
  texts: ReadonlyMap<string, string>,
  present: (name: string) => string | undefined,
  { parseSums }: WriteTablesPorts,
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

function outputDiffers(directory: string, names: readonly string[]): RefusedError {
  return new RefusedError(
    "OUTPUT_DIFFERS",
    `${directory} holds other content than would be written: ${[...names].sort().join(", ")}`,
    { hint: "Write into another folder, or replace them with accept: true." },
  );
}
