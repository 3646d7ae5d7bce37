/** What recording and checking figures works with. Every path is POSIX and relative to the project; none leads out of it. */

import type { ProjectConfig } from "../../generated/types.js";
import type { FigureManifest, Recording } from "../../kinds/figure/kind.js";

export interface TableFacts {
  /** 64 lower-case hexadecimal digits, of the bytes. */
  readonly sha256: string;
  /** `null` for what is no table, with the reason. */
  readonly shape: { readonly row_count: number; readonly ordered_columns: readonly string[] } | null;
  readonly reason: string | null;
}

export interface RunLink {
  readonly experiment_id: string;
  readonly artifact: string;
  readonly sha256: string;
}

export interface FigureReading {
  /** The folder of the figures, relative to the project. */
  readonly artifacts: string;
  readonly namespace: string;
  /** @throws FileError */
  readonly digestTable: (path: string) => Promise<TableFacts>;
  readonly digestFile: (path: string) => Promise<string>;
  /** `undefined` when there is no such file. */
  readonly findBytes: (path: string) => Uint8Array | undefined;
  readonly readRows: (
    path: string,
    columns: readonly string[],
    onRow: (values: readonly unknown[]) => void,
  ) => Promise<void>;
  /** What the column of this file, as it is, is known to come to; else what `compute` gives. Without it, every sum is computed. */
  readonly rememberSum?: (path: string, column: string, compute: () => Promise<number>) => Promise<number>;
  /** Names of files in a folder, sorted. */
  readonly list: (folder: string) => readonly string[];
}

export interface FigurePorts extends FigureReading {
  readonly config: NonNullable<ProjectConfig["figures"]>;
  readonly now: () => number;
  readonly version: string;
  readonly node: string;
  readonly findHead: () => Promise<string | undefined>;
  /** The version of the Python that the project uses, where it has one. */
  readonly findPython: () => Promise<string | undefined>;
  /** Artifacts of recorded runs with one of these digests, sorted. */
  readonly findRuns: (digests: ReadonlySet<string>) => readonly RunLink[];
  /** Lets the work be done while no other process does the same. */
  readonly exclusively: <T>(work: () => T) => Promise<T>;
  readonly write: (path: string, text: string) => void;
  readonly remove: (path: string) => void;
}

/** What Colophon recorded beyond the founding fields; `undefined` for a document of another tool. */
export function recordingOf(figure: FigureManifest, namespace: string): Recording | undefined {
  const extension = figure[namespace] as { readonly recording?: Recording } | undefined;
  return extension?.recording;
}
