/** Figures that the commands of a run asked for, recorded when the last one has ended. None of them is a reason to lose the run. */
import { ColophonError } from "../../errors.js";
import type { RefusedFigures } from "../../generated/types.js";
import type { Redacted } from "../../secrets/redactions.js";
import type { KeptArtifact } from "../../store/runs/artifacts.js";
import type { BegunRun } from "./run-request.js";

export interface FiguresPorts {
  /** Names of the figures that were asked for, sorted. */
  readonly askedFigures: (begun: BegunRun) => readonly string[];
  /** Gives the path of its manifest. `entries`: what the run has kept, by name. */
  readonly recordAskedFigure: (
    begun: BegunRun,
    name: string,
    entries: Readonly<Record<string, KeptArtifact>>,
  ) => Promise<AskedFigure>;
  readonly redactText: (text: string) => Redacted<string>;
}

export interface AskedFigure {
  readonly id: string;
  readonly state: "written" | "replaced" | "unchanged";
  /** Relative to the project. */
  readonly manifestPath: string;
}

export interface RecordedFigures {
  readonly recorded: readonly AskedFigure[];
  readonly refused: RefusedFigures["refused"];
}

const noFigures: RecordedFigures = { recorded: [], refused: [] };
const longestReason = 4000;

/** A figure of a run that is made again belongs to the run of then, and is not recorded another time. */
export async function recordFigures(
  begun: BegunRun,
  entries: Readonly<Record<string, KeptArtifact>>,
  ports: FiguresPorts,
): Promise<RecordedFigures> {
  const names = begun.prepared.request.reproduction === undefined ? ports.askedFigures(begun) : [];
  if (names.length === 0) return noFigures;
  const recorded: AskedFigure[] = [];
  const refused: { name: string; reason: string }[] = [];
  const clean = (text: string) => ports.redactText(text).value;
  for (const name of names) {
    try {
      recorded.push(await ports.recordAskedFigure(begun, name, entries));
    } catch (error) {
      refused.push({ name: clean(name), reason: clean(reasonOf(error)).slice(0, longestReason) });
    }
  }
  return { recorded, refused };
}

function reasonOf(error: unknown): string {
  if (error instanceof ColophonError) return `${error.message}\n${error.hint}`;
  return error instanceof Error ? error.message || error.name : String(error);
}

export function figureFacts({ refused }: RecordedFigures): object {
  return refused.length === 0 ? {} : { figures: { figures_version: 1, refused } };
}
