/** What an observation says for certain about who wrote a file. */
import type { ObservedFiles } from "../../../generated/types.js";

/**
 * Of a path relative to the repository's root: whether the command or a child of it wrote it. `undefined` where that is not known: only an
 * observation that misses nothing can say that it did not.
 */
export function wroteIn(observed: ObservedFiles | null): (path: string) => boolean | undefined {
  if (observed === null) return () => undefined;
  const { files, files_omitted, groups, complete } = observed;
  const changed = files.filter(({ written, deleted }) => written || deleted);
  const written = new Set(changed.map(({ path }) => path));
  const isAll = complete && files_omitted === 0 && groups.every((group) => group.written === 0);
  return (path) => (written.has(path) ? true : isAll ? false : undefined);
}
