/** What may go into a snapshot: how much of it, and which files. */

export interface Caps {
  readonly fileBytes: number;
  readonly totalBytes: number;
  /** A hundred thousand small files are an output, not code; storing them would delay the command for many seconds. */
  readonly files: number;
}

export const defaultCaps: Caps = {
  fileBytes: 5 * 1024 * 1024,
  totalBytes: 50 * 1024 * 1024,
  files: 10_000,
};

export interface Selection {
  readonly caps: Caps;
  readonly isExcluded: (path: string) => boolean;
  /** Asked for by name: goes in although it is ignored or larger than one file may be. */
  readonly isIncluded: (path: string) => boolean;
  /** The rules by which a file holds a secret; none when it may become an object. */
  readonly scan: (path: string, content: Uint8Array) => readonly string[];
}

/** What has been taken so far, over the tree and all its submodules. */
export interface Budget {
  files: number;
  bytes: number;
}

/** What can be held in memory, whatever is asked for. */
const mostBytes = 1024 * 1024 * 1024;

export type Excess = "too_large" | "total_exceeded" | "too_many";

export function findExcess(
  path: string,
  size: number,
  taken: Budget,
  { caps, isIncluded }: Selection,
): Excess | undefined {
  if (size > (isIncluded(path) ? mostBytes : caps.fileBytes)) return "too_large";
  if (taken.bytes + size > caps.totalBytes) return "total_exceeded";
  return taken.files >= caps.files ? "too_many" : undefined;
}

/** Patterns as in `colophon.json`; one that names a folder means everything below it. */
export async function compileGlobs(globs: readonly string[] | undefined): Promise<(path: string) => boolean> {
  if (globs === undefined || globs.length === 0) return () => false;
  const { default: compile } = await import("picomatch");
  const patterns = globs.map((glob) => glob.replace(/^\.\//, "").replace(/\/+$/, ""));
  return compile(
    patterns.flatMap((pattern) => [pattern, `${pattern}/**`]),
    { dot: true },
  );
}
