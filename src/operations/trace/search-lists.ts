/** Contents that no manifest names by themselves: files of a folder that was kept, and the configuration that a run was given. */
import type { Finding } from "../../errors.js";
import type { RunIndex } from "./index-runs.js";

export interface SearchPorts {
  readonly readFile: (folder: string, path: string, maximumBytes: number) => Uint8Array | Finding | null;
  /** A name as a list has it, to be read by people. */
  readonly textOf: (path: string) => string;
}

const mostBytes = 256 * 1024 * 1024;

/** Asked only about what is not known otherwise: it reads the lists of every run. What is found is known from then on. */
export function searchLists(sha256: string, index: RunIndex, ports: SearchPorts): void {
  for (const run of index.runs.values()) {
    for (const path of pathsIn(run.folder, "SHA256SUMS", sha256, ports)) {
      const isConfig = path.startsWith("00_run_metadata/config.source.");
      index.add(sha256, isConfig ? "read" : "made", { run, name: isConfig ? configName : path });
    }
    for (const path of pathsIn(run.folder, "artifacts/SHA256SUMS", sha256, ports))
      index.add(sha256, "made", { run, name: `artifacts/${path}` });
  }
}

/** The name under which a run read its configuration. */
export const configName = "config";

function pathsIn(folder: string, list: string, sha256: string, { readFile, textOf }: SearchPorts): string[] {
  const bytes = readFile(folder, list, mostBytes);
  if (bytes === null || "code" in bytes) return [];
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  if (!text.includes(sha256)) return [];
  return text
    .split("\n")
    .filter((line) => line.startsWith(`${sha256}  `))
    .map((line) => textOf(line.slice(66)));
}
