/** What the manifests of all figures say of contents, to be asked in both directions. */
import { ColophonError } from "../../errors.js";
import { hexOf } from "../../kinds/figure/digests.js";
import { type FigureReading, recordingOf } from "../figures/ports.js";
import { listFigures, type RecordedFigure } from "../rows/recorded-figure.js";

export interface TraceFigurePorts {
  readonly figures: FigureReading;
  /** POSIX, relative to the project of the figures; `undefined` for what lies outside. */
  readonly pathInProject: (path: string) => string | undefined;
}

export interface FigureIndexed {
  readonly count: number;
  /** Figures that were made from this content. */
  readonly madeFrom: (sha256: string) => readonly RecordedFigure[];
  /** The figure whose drawn data, download, references, rendering or manifest this file is. */
  readonly ownerOf: (path: string, sha256: string | null) => RecordedFigure | undefined;
  /** By id, or by its name where one figure alone has it. */
  readonly named: (word: string) => RecordedFigure | undefined;
}

export function indexFigures({ figures: ports, pathInProject }: TraceFigurePorts): FigureIndexed {
  const figures = figuresIn(ports);
  const readers = new Map<string, RecordedFigure[]>();
  for (const figure of figures) {
    for (const sha256 of new Set(tablesOf(figure).map((table) => table.sha256))) {
      if (sha256 === undefined) continue;
      readers.set(sha256, [...(readers.get(sha256) ?? []), figure]);
    }
  }
  return {
    count: figures.length,
    madeFrom: (sha256) => readers.get(sha256) ?? [],
    ownerOf: (path, sha256) => {
      const inside = pathInProject(path);
      return figures.find(
        (figure) =>
          (inside !== undefined && pathsOf(figure).includes(inside)) ||
          (sha256 !== null && digestsOf(figure, ports.namespace).includes(sha256)),
      );
    },
    named: (word) => {
      const found = figures.filter(({ id }) => id === word || id.replace(/\.[^.]*$/, "") === word);
      return found.find(({ id }) => id === word) ?? (found.length === 1 ? found[0] : undefined);
    },
  };
}

/** A folder of figures that cannot be looked into leaves the runs to be traced. */
function figuresIn(ports: FigureReading): readonly RecordedFigure[] {
  try {
    return listFigures(ports);
  } catch (fault) {
    if (fault instanceof ColophonError) return [];
    throw fault;
  }
}

export function tablesOf({ manifest }: RecordedFigure) {
  return manifest.inputs.tables.map(({ path, sha256 }) => ({ path, sha256: hexOf(sha256) }));
}

function pathsOf({ path, manifest: { outputs } }: RecordedFigure): readonly string[] {
  return [path, outputs.figure_path, outputs.download_csv, outputs.download_refs];
}

function digestsOf({ manifest }: RecordedFigure, namespace: string): readonly (string | undefined)[] {
  const renderings = recordingOf(manifest, namespace)?.renderings ?? [];
  return [manifest.outputs.figure_sha256, ...renderings.map(({ sha256 }) => sha256)].map(hexOf);
}
