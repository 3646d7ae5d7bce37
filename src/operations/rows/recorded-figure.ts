/** A recorded figure, found by its id. */
import { RefusedError, UsageError, ValidationError } from "../../errors.js";
import type { FigureManifest } from "../../kinds/figure/kind.js";
import { defaultRules, kinds } from "../../kinds/table.js";
import { locateFindings, parseJson } from "../../manifest/parse.js";
import { isValid, validateDocument } from "../../manifest/validate.js";
import { listManifests } from "../figures/check/verify-figures.js";
import type { FigureReading } from "../figures/ports.js";

export interface RecordedFigure {
  readonly id: string;
  readonly path: string;
  readonly manifest: FigureManifest;
  /** The file as it stands. */
  readonly bytes: Uint8Array;
}

/** Fields that this version does not know are read over. @throws UsageError, ValidationError, FileError */
export function readFigure(id: string, ports: FigureReading): RecordedFigure {
  // The file's name comes from the list of what is there, never from who asks.
  const path = listManifests(ports).find((one) => one.endsWith(`/${id}.manifest.json`));
  const figure = path === undefined ? undefined : readManifest(path, ports);
  if (figure === undefined || figure.id !== id)
    throw new UsageError("NO_SUCH_FIGURE", `there is no figure "${id}"`, {
      hint: "Name a figure by its whole id: colophon figure verify lists them.",
    });
  return figure;
}

/** All of them, by path; what cannot be read is passed over, and `figure verify` names it. */
export function listFigures(ports: FigureReading): RecordedFigure[] {
  return listManifests(ports).flatMap((path) => {
    try {
      const figure = readManifest(path, ports);
      return figure === undefined ? [] : [figure];
    } catch (fault) {
      if (fault instanceof ValidationError || fault instanceof RefusedError) return [];
      throw fault;
    }
  });
}

function readManifest(path: string, { findBytes, namespace }: FigureReading): RecordedFigure | undefined {
  const bytes = findBytes(path);
  if (bytes === undefined) return undefined;
  const parsed = parseJson(bytes);
  if (!parsed.ok) throw new ValidationError(path, parsed.findings);
  const findings = validateDocument(
    parsed.value,
    kinds.figure,
    defaultRules({ namespace, mode: "tolerant" }),
  );
  if (!isValid(findings)) throw new ValidationError(path, locateFindings(parsed.text, findings));
  const manifest = parsed.value as FigureManifest;
  return { id: manifest.figure.id, path, manifest, bytes };
}
