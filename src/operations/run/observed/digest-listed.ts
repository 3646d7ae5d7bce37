/** Digests of what is listed, within bounds: the command has ended, and somebody waits. */
import type { ObservedFiles } from "../../../generated/types.js";
import type { ObservedPath } from "../../../process/observe/observed-event.js";
import type { Listed } from "./sort-out.js";

export interface DigestObservedPorts {
  /** 64 hexadecimal digits; `null` for a file that changes as it is read, or cannot be. */
  readonly digestObserved: (path: ObservedPath) => Promise<string | null>;
  /** Whether files of that name hold secrets, of which not even a digest is kept. */
  readonly isSecretFile: (path: ObservedPath) => boolean;
}

type Undigested = ObservedFiles["files"][number]["undigested"];

const mostOfOne = 1024 ** 3;
const mostOfAll = 4 * 1024 ** 3;

/** In the order given, which is that of importance. */
export async function digestListed<File extends Listed>(
  files: readonly File[],
  { digestObserved, isSecretFile }: DigestObservedPorts,
): Promise<(File & { readonly sha256: string | null; readonly undigested: Undigested })[]> {
  const digested: (File & { sha256: string | null; undigested: Undigested })[] = [];
  let total = 0;
  for (const file of files) {
    const size = file.found.state === "file" ? file.found.size : null;
    const reason = size === null ? null : reasonAgainst(file.path, size, total, isSecretFile);
    const isToRead = size !== null && reason === null;
    const sha256 = isToRead ? await digestObserved(file.path) : null;
    if (isToRead) total += size;
    digested.push({ ...file, sha256, undigested: isToRead && sha256 === null ? "changing" : reason });
  }
  return digested;
}

function reasonAgainst(
  path: ObservedPath,
  size: number,
  total: number,
  isSecretFile: DigestObservedPorts["isSecretFile"],
): Undigested {
  if (isSecretFile(path)) return "secret";
  if (size > mostOfOne) return "too_large";
  return total + size > mostOfAll ? "too_many" : null;
}
