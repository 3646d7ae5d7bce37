/** Puts a figure into the artifacts root: nothing different is written over unless that was accepted; the index comes last. */
import { FileError } from "../../errors.js";
import { sha8Of } from "../../kinds/figure/digests.js";
import type { FigureManifest } from "../../kinds/figure/kind.js";
import { kinds } from "../../kinds/table.js";
import { formatDisk } from "../../manifest/canonical.js";
import { contentId, sha256 } from "../../manifest/digest.js";
import { parseJson } from "../../manifest/parse.js";
import type { BuiltFigure } from "./build-figure.js";
import { differencesOf, formatDifferences } from "./differences.js";
import { entryFor, formatIndex, type IndexEntry, indexPath, readIndex } from "./figure-index.js";
import { refused } from "./gather-figure.js";
import type { FigurePorts } from "./ports.js";

export interface PlacedFigure {
  /** `written` anew, `replaced` another output of that name, or `unchanged`: everything stood there already. */
  readonly state: "written" | "replaced" | "unchanged";
  /** Paths that were written, relative to the project. */
  readonly written: readonly string[];
  /** Paths of the figure of that name that this one took the place of. */
  readonly removed: readonly string[];
}

interface Planned {
  readonly path: string;
  readonly text: string;
}

/** @throws RefusedError `OUTPUT_DIFFERS` with the difference, `ID_COLLIDES`; nothing is written then. */
export function placeFigure(built: BuiltFigure, accept: boolean, ports: FigurePorts): PlacedFigure {
  const index = readIndex(ports)?.figures ?? [];
  const name = built.id.slice(0, built.id.lastIndexOf("."));
  const before = index.find(({ id }) => id.slice(0, id.lastIndexOf(".")) === name);
  const planned = planFiles(built, ports);
  const differing = planned.filter(({ path, text }) => isDifferent(path, text, ports));
  refuseCollision(built, ports);
  const superseded = before !== undefined && before.id !== built.id ? before : undefined;
  if (!accept && (superseded !== undefined || differing.length > 0))
    throw outputDiffers(built, superseded, differing, ports);
  const manifest = planned.find(({ path }) => path === built.manifestPath) as Planned;
  const entry = entryFor(built, manifest.text);
  const text = formatIndex([...index.filter((each) => each !== before && each.id !== built.id), entry]);
  const written = [...planned, { path: indexPath(ports), text }].filter(
    ({ path, text }) => textAt(path, ports) !== text,
  );
  for (const { path, text } of written) writeWhole(path, text, ports);
  // Only now does nothing name them any more.
  const removed = superseded === undefined ? [] : removeFiles(superseded, entry, ports);
  const isReplacing = superseded !== undefined || differing.length > 0;
  return {
    state: isReplacing ? "replaced" : written.length > 0 ? "written" : "unchanged",
    written: written.map(({ path }) => path),
    removed,
  };
}

/** A manifest that says the same, made at another time, stays as it is. */
function planFiles(built: BuiltFigure, ports: FigurePorts): Planned[] {
  const { figure_path, download_csv, download_refs } = built.manifest.outputs;
  const present = textAt(built.manifestPath, ports);
  const stays = present !== undefined && contentOf(parsed(present)) === contentOf(built.manifest);
  return [
    { path: figure_path, text: built.figureText },
    { path: download_csv, text: built.csvText },
    { path: download_refs, text: built.refsText },
    { path: built.manifestPath, text: stays ? present : formatDisk(built.manifest) },
  ];
}

function contentOf(manifest: unknown): string {
  return contentId(manifest, kinds.figure.volatile);
}

function isDifferent(path: string, text: string, ports: FigurePorts): boolean {
  const present = textAt(path, ports);
  return present !== undefined && present !== text;
}

/** Two payloads whose digests begin alike would have one id. */
function refuseCollision({ id, manifest, figureText }: BuiltFigure, ports: FigurePorts): void {
  const { figure_path } = manifest.outputs;
  const present = textAt(figure_path, ports);
  if (present === undefined || present === figureText) return;
  const digest = `sha256:${sha256(present)}`;
  if (sha8Of(digest) !== sha8Of(manifest.outputs.figure_sha256)) return;
  throw refused(
    "ID_COLLIDES",
    `${figure_path} is another payload (${digest}) that has the id ${id} too`,
    "Give one of the figures another name.",
  );
}

function outputDiffers(
  built: BuiltFigure,
  superseded: IndexEntry | undefined,
  differing: readonly Planned[],
  ports: FigurePorts,
) {
  const lines: string[] = [];
  if (superseded !== undefined) {
    lines.push(`${superseded.figure_path} would give way to ${built.manifest.outputs.figure_path}:`);
    lines.push(compare(superseded.figure_path, built.figureText, ports));
    const manifest = formatDisk(comparable(built.manifest));
    lines.push(compare(superseded.manifest_path, manifest, ports, comparable));
  }
  for (const { path, text } of differing) {
    lines.push(`${path} would be written over:`, compare(path, text, ports));
  }
  return refused(
    "OUTPUT_DIFFERS",
    `${built.id} differs from what stands there\n${lines.filter((line) => line !== "").join("\n")}`,
    "Look at the difference, then type the same with --accept.",
  );
}

/** What follows from the payload's digest alone, or from the time, says nothing. */
function comparable(manifest: unknown): object {
  const { inputs, dataset, contracts, references, transforms } = manifest as FigureManifest;
  return { inputs, dataset, contracts, references, transforms };
}

function compare(
  path: string,
  text: string,
  ports: FigurePorts,
  only: (document: unknown) => unknown = (document) => document,
): string {
  const present = textAt(path, ports);
  if (present === undefined) return `  ${path} is missing`;
  const [before, after] = [parsed(present), parsed(text)];
  if (before === undefined || after === undefined) return lineDifference(present, text);
  return formatDifferences(differencesOf(only(before), after));
}

function lineDifference(before: string, after: string): string {
  const [a, b] = [before.split("\n"), after.split("\n")];
  const at = b.findIndex((line, index) => line !== a[index]);
  const line = at < 0 ? b.length - 1 : at;
  return `  line ${line + 1}: ${JSON.stringify(a[line] ?? "")} → ${JSON.stringify(b[line] ?? "")}`;
}

function removeFiles(superseded: IndexEntry, kept: IndexEntry, ports: FigurePorts): string[] {
  const files = [
    [superseded.figure_path, superseded.figure_sha256],
    [superseded.csv_path, superseded.csv_sha256],
    [superseded.refs_path, superseded.refs_sha256],
    [superseded.manifest_path, superseded.manifest_sha256],
  ] as const;
  const stays: readonly string[] = [kept.figure_path, kept.csv_path, kept.refs_path, kept.manifest_path];
  return files.flatMap(([path, digest]) => {
    const bytes =
      stays.includes(path) || !path.startsWith(`${ports.artifacts}/`) ? undefined : ports.findBytes(path);
    // What was edited since is nobody's to remove.
    if (bytes === undefined || `sha256:${sha256(bytes)}` !== digest) return [];
    ports.remove(path);
    return [path];
  });
}

function writeWhole(path: string, text: string, ports: FigurePorts): void {
  ports.write(path, text);
  if (textAt(path, ports) === text) return;
  throw new FileError("READ_BACK_DIFFERS", `${path} does not hold what was written to it`, {
    hint: "Check the file system; another program may be writing there.",
  });
}

function textAt(path: string, { findBytes }: FigurePorts): string | undefined {
  const bytes = findBytes(path);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}

function parsed(text: string): unknown {
  const result = parseJson(new TextEncoder().encode(text));
  return result.ok ? result.value : undefined;
}
