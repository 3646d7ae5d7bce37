/** What ground truth is written with. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { resolveInside } from "../../files/contain.js";
import { digestFile } from "../../files/digest.js";
import { removeQuietly } from "../../files/remove-quietly.js";
import { formatSums, parseSums } from "../../files/sums.js";
import type { GenerateTruthPorts } from "../../operations/ground-truth/generate-ground-truth.js";
import type { QueryPorts } from "../../operations/ground-truth/query-ground-truth.js";
import type { WriteTablesPorts } from "../../operations/ground-truth/write-tables.js";
import { isFolder } from "../../store/documents.js";
import { readDocument } from "../../store/read-document.js";
import { stageFolder } from "../../store/staging/stage-folder.js";
import { formatCsvTable, parseCsvTable, spellCell } from "../../tables/csv-text.js";
import { documentPorts } from "../api.js";
import { isSignerGone, signature } from "../owner.js";

export const writeTablesPorts: WriteTablesPorts = {
  ...documentPorts,
  formatTable: formatCsvTable,
  formatSums,
  parseSums,
  pathIn: join,
  makeFolder: (folder) => {
    mkdirSync(folder, { recursive: true });
  },
  removeFile: removeQuietly,
};

export const generateTruthPorts: GenerateTruthPorts = {
  ...writeTablesPorts,
  stage: (folder) => stageFolder(folder, { signature, isSignerGone }),
};

/** Paths are as typed, from `directory`. What stands beside a manifest is not followed out of its folder. */
export function queryPorts(directory: string): QueryPorts {
  const inside = (path: string) => resolveInside(resolve(directory, dirname(path)), basename(path));
  return {
    isFolder: (path) => isFolder(directory, path),
    readBytes: (path, maximumBytes) => readDocument(directory, path, maximumBytes),
    pathIn: join,
    folderOf: dirname,
    findText: (path) =>
      existsSync(resolve(directory, path)) ? readFileSync(inside(path), "utf8") : undefined,
    digestFile: async (path) => {
      if (!existsSync(resolve(directory, path)) || isFolder(directory, path)) return undefined;
      return (await digestFile(inside(path))).sha256;
    },
    parseTable: parseCsvTable,
    parseSums,
    spellCell,
    formatTable: formatCsvTable,
  };
}
