/** What is known of the inputs of figures without reading them again: a file whose size, times and inode are what they were. */
import { changedFault } from "../../files/data-faults.js";
import { formatStamp, statFile } from "../../files/data-file.js";
import { digestFileInput, digestInput } from "../../files/digest-inputs.js";
import { placeInside } from "../../files/figure-files.js";
import { isSettled, type StatCache } from "../../files/stat-cache.js";
import type { FigureReading } from "../../operations/figures/ports.js";
import { tableReader } from "../../tables/table-reader.js";

type DigestPorts = Pick<FigureReading, "digestTable" | "digestFile">;

/** Without a cache, every file is read at every call. */
export function digestPorts(root: string, cache?: StatCache): DigestPorts {
  return {
    digestTable: async (path) => {
      const reading = { tables: tableReader, cache };
      const { sha256, table, tableReason, form } = await digestInput(placeInside(root, path), reading);
      return { sha256, shape: table, reason: form === "folder" ? "it is a folder" : tableReason };
    },
    digestFile: async (path) => (await digestFileInput(placeInside(root, path), { cache })).sha256,
  };
}

/** Sums that were computed by this process, with the doubts of the cache of digests: what was just modified is summed again. */
export function sumMemory(
  root: string,
  now: () => number = Date.now,
): NonNullable<FigureReading["rememberSum"]> {
  const known = new Map<string, { readonly stamp: string; readonly sum: number }>();
  return async (path, column, compute) => {
    const key = `${path}\0${column}`;
    const stamped = () => statFile(placeInside(root, path), path).stamp;
    const [before, begun] = [stamped(), now()];
    const stamp = formatStamp(before);
    const found = known.get(key);
    if (found?.stamp === stamp) return found.sum;
    const sum = await compute();
    if (formatStamp(stamped()) !== stamp) throw changedFault(path, "it was replaced or written to");
    if (isSettled(before, begun)) known.set(key, { stamp, sum });
    return sum;
  };
}
