/** `writeTables`: generated tables as CSV, `SHA256SUMS` of them, and the manifest last, so that an interrupted call leaves none that loads. */
import type { GroundTruthConfig } from "../../kinds/ground-truth/build.js";
import { defaultRules, kinds } from "../../kinds/table.js";
import { type PublishPorts, publishDocument } from "../manifests/publish-document.js";
import type { DataTable } from "./data-table.js";
import {
  manifestName,
  outputDiffers,
  type PlanTablesPorts,
  planTables,
  type WrittenFile,
} from "./plan-tables.js";

export interface WriteTablesOptions {
  /** Where to; created when it is not there. */
  readonly directory: string;
  /** Written when `config.manifest.include` is not false. */
  readonly manifest?: object | null | undefined;
  /** Whether files that are there and differ are replaced; otherwise they are named, and nothing is written. */
  readonly accept?: boolean;
}

export interface WrittenTables {
  readonly files: readonly WrittenFile[];
  /** Whether everything stood there already. */
  readonly unchanged: boolean;
}

export interface WriteTablesPorts extends PublishPorts, PlanTablesPorts {
  readonly makeFolder: (folder: string) => void;
  readonly removeFile: (path: string) => void;
}

/** @throws UsageError for a table that CSV cannot hold; ValidationError; RefusedError where other content is there. */
export function writeTables(
  tables: Readonly<Record<string, DataTable>>,
  config: GroundTruthConfig,
  { directory, manifest, accept = false }: WriteTablesOptions,
  ports: WriteTablesPorts,
): WrittenTables {
  const plan = planTables(tables, config, { directory, manifest }, ports);
  const { document, texts, files, changed, stale, differing } = plan;
  if (changed.length === 0 && stale.length === 0) return { files, unchanged: true };
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
