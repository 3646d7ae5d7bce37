/** The refs that belong to a run, and to nobody else. */
import { isExperimentId } from "./ids.js";

const folders = { snapshot: "refs/colophon/snapshots/", records: "refs/colophon/records/" } as const;

/** What a ref keeps: the code as the run found it, or the run's own files. */
export type RunRefKind = keyof typeof folders;

export function runRef(kind: RunRefKind, id: string): string {
  return `${folders[kind]}${id}`;
}

/** `undefined` for a ref of any other form. */
export function parseRunRef(ref: string): { readonly kind: RunRefKind; readonly id: string } | undefined {
  for (const kind of ["snapshot", "records"] as const) {
    const id = ref.startsWith(folders[kind]) ? ref.slice(folders[kind].length) : "";
    if (isExperimentId(id)) return { kind, id };
  }
  return undefined;
}
