/** The files of a figure, by the names under which they are asked for: never by a path that a client gives. */
import { hexOf } from "../../../kinds/figure/digests.js";
import type { FigureIndex, FigureManifest } from "../../../kinds/figure/kind.js";
import { type Look, locate } from "../check/check-outputs.js";
import { judgeFigure } from "../check/verify-figures.js";
import { readIndex } from "../figure-index.js";
import { type FigureReading, recordingOf } from "../ports.js";

export interface FigureFile {
  /** `data`, `csv`, `references`, `manifest`, `rendering-1` … */
  readonly name: string;
  /** Relative to the project. */
  readonly path: string;
  readonly mediaType: string;
  /** `sha256:` and 64 digits; `null` where none was recorded, or a shortened one. */
  readonly recorded: string | null;
  /** The document that says so. */
  readonly recordedIn: "manifest" | "index";
}

/** The manifest's own digest stands in the index of all figures, as no document can hold its own. */
export function listFiles(
  manifestPath: string,
  manifest: FigureManifest | undefined,
  ports: FigureReading,
): FigureFile[] {
  const listed = entryOf(manifestPath, ports);
  const own = file("manifest", manifestPath, "application/json", listed?.manifest_sha256, "index");
  if (manifest === undefined) return [own];
  const { figure_path, figure_sha256, download_csv, download_refs } = manifest.outputs;
  const recording = recordingOf(manifest, ports.namespace);
  const refs = recording?.refs_sha256;
  return [
    file("data", figure_path, "application/json", figure_sha256),
    file("csv", download_csv, "text/csv", recording?.csv_sha256),
    refs === undefined
      ? file("references", download_refs, "text/plain", listed?.refs_sha256, "index")
      : file("references", download_refs, "text/plain", refs),
    own,
    ...(recording?.renderings ?? []).map(({ path, media_type, sha256 }, index) =>
      file(`rendering-${index + 1}`, path, media_type, sha256),
    ),
  ];
}

/** `undefined` where the figure has no such file, or the file is not there. @throws FileError behind a link */
export function readFigureFile(
  manifestPath: string,
  name: string,
  ports: FigureReading,
): { readonly file: FigureFile; readonly bytes: Uint8Array } | undefined {
  const { document } = judgeFigure(manifestPath, ports);
  const file = listFiles(manifestPath, document, ports).find((each) => each.name === name);
  const look: Look = ports;
  const bytes = file === undefined ? undefined : locate(file.path, look);
  return file === undefined || bytes === undefined ? undefined : { file, bytes };
}

function file(
  name: string,
  path: string,
  mediaType: string,
  digest: string | undefined,
  recordedIn: FigureFile["recordedIn"] = "manifest",
): FigureFile {
  const hex = hexOf(digest ?? "");
  return { name, path, mediaType, recorded: hex === undefined ? null : `sha256:${hex}`, recordedIn };
}

/** An index that cannot be read lists nothing; `figure verify` says what is wrong with it. */
function entryOf(manifestPath: string, ports: FigureReading): FigureIndex["figures"][number] | undefined {
  try {
    return readIndex(ports)?.figures.find(({ manifest_path }) => manifest_path === manifestPath);
  } catch {
    return undefined;
  }
}
