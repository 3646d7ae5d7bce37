/** Every figure of the collection with what is to be known before one is opened. */

import type { FigureVerdict, GateResult } from "../check/gates.js";
import { carefully, type JudgedFigure, judgeFigure, verifyFigures } from "../check/verify-figures.js";
import { type FigureReading, recordingOf } from "../ports.js";
import { nameOf } from "./view-figure.js";

export interface ListedFigure {
  readonly id: string;
  /** What its manifest says; `null` where it cannot be read. */
  readonly says: Said | null;
  /** Computed now. */
  readonly verdict: FigureVerdict;
}

export interface Said {
  readonly title: string;
  readonly type: string;
  readonly layer_id: string;
  readonly reference_year: number;
  readonly generated_at: string;
}

export interface ListedFigures {
  /** Sorted by id. */
  readonly figures: readonly ListedFigure[];
  /** What the index of all figures lists without it being there, and what is wrong with the index. */
  readonly lost: readonly GateResult[];
}

export async function listFigures(ports: FigureReading): Promise<ListedFigures> {
  const { figures, index } = await verifyFigures([], ports);
  const careful = carefully(ports);
  return {
    figures: figures.map(({ manifest_path, verdict }) => ({
      id: nameOf(manifest_path),
      says: said(judgeFigure(manifest_path, careful), ports.namespace),
      verdict,
    })),
    lost: index,
  };
}

function said({ document }: JudgedFigure, namespace: string): Said | null {
  if (document === undefined) return null;
  const { figure, dataset, build } = document;
  return {
    title: figure.title,
    type: recordingOf(document, namespace)?.type ?? figure.type,
    layer_id: figure.layer_id,
    reference_year: dataset.reference_year,
    generated_at: build.generated_at,
  };
}
