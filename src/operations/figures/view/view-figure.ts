/** Everything that is shown of one figure: what was recorded when it was built, and what that comes to now. Changes nothing. */

import type { FigureManifest, Recording } from "../../../kinds/figure/kind.js";
import { bareCitation } from "../../../kinds/figure/references.js";
import { sha256 } from "../../../manifest/digest.js";
import { locate, messageOf } from "../check/check-outputs.js";
import {
  carefully,
  judgeFigure,
  listManifests,
  type VerifiedFigure,
  verifyFigures,
} from "../check/verify-figures.js";
import { type Payload, parsePayload } from "../payload.js";
import { type FigureReading, recordingOf } from "../ports.js";
import { type FigureFile, listFiles } from "./figure-files.js";

export interface FigureView {
  /** The name of its manifest without the ending: its id, where it tells the truth. */
  readonly id: string;
  readonly manifestPath: string;
  /** `undefined` where the document has not the shape of one; `verified` says what is wrong with it. */
  readonly manifest: FigureManifest | undefined;
  /** `undefined` where another tool recorded it. */
  readonly recording: Recording | undefined;
  readonly references: readonly Reference[];
  readonly drawn: DrawnData;
  readonly files: readonly FigureFile[];
  /** Computed now. */
  readonly verified: VerifiedFigure;
}

/** What `[n]` stands for. */
export interface Reference {
  readonly number: number;
  readonly source_id: string;
  /** `null` where the sources do not have it. */
  readonly citation: string | null;
  readonly url: string | null;
}

/** The payload as it is now. */
export interface DrawnData {
  /** `sha256:` and 64 digits of the bytes; `null` when there are none. */
  readonly sha256: string | null;
  readonly payload: Payload | null;
  /** Why there is no payload. */
  readonly reason: string | null;
}

/** `word`: an id, or a name that only one figure has; never a path. `undefined` when there is no such figure. */
export async function viewFigure(word: string, ports: FigureReading): Promise<FigureView | undefined> {
  const manifestPath = findByName(word, ports);
  if (manifestPath === undefined) return undefined;
  const { document: manifest } = judgeFigure(manifestPath, carefully(ports));
  const { figures } = await verifyFigures([manifestPath], ports);
  return {
    id: nameOf(manifestPath),
    manifestPath,
    manifest,
    recording: manifest && recordingOf(manifest, ports.namespace),
    references: manifest === undefined ? [] : joinReferences(manifest),
    drawn: manifest === undefined ? nothingDrawn("the manifest cannot be read") : readDrawn(manifest, ports),
    files: listFiles(manifestPath, manifest, ports),
    verified: figures[0] as VerifiedFigure,
  };
}

export function findByName(word: string, ports: FigureReading): string | undefined {
  const manifests = listManifests(ports);
  const exact = manifests.find((path) => nameOf(path) === word);
  const named = manifests.filter((path) => nameOf(path).replace(/\.[^.]*$/, "") === word);
  return exact ?? (named.length === 1 ? named[0] : undefined);
}

/** `stacked.7fc3a9d1` */
export function nameOf(manifestPath: string): string {
  return manifestPath.slice(manifestPath.lastIndexOf("/") + 1).replace(/\.manifest\.json$/, "");
}

/** In the order of the references file. */
function joinReferences({ references, inputs }: FigureManifest): Reference[] {
  const known = new Map(inputs.sources.map((source) => [source.source_id, source]));
  return references.order.map((source_id, index) => {
    const source = known.get(source_id);
    const citation = source === undefined ? null : bareCitation(source.citation);
    return { number: index + 1, source_id, citation, url: source?.url ?? null };
  });
}

function readDrawn(manifest: FigureManifest, ports: FigureReading): DrawnData {
  const path = manifest.outputs.figure_path;
  try {
    const bytes = locate(path, ports);
    if (bytes === undefined) return nothingDrawn(`${path} is not there`);
    const digest = `sha256:${sha256(bytes)}`;
    try {
      return { sha256: digest, payload: parsePayload(bytes, path), reason: null };
    } catch (fault) {
      return { sha256: digest, payload: null, reason: messageOf(fault) };
    }
  } catch (fault) {
    return nothingDrawn(messageOf(fault));
  }
}

function nothingDrawn(reason: string): DrawnData {
  return { sha256: null, payload: null, reason };
}
