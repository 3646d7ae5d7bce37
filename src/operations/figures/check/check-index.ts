/** Whether the index lists exactly the figures that are there, with the digests of their files. */
import type { FigureIndex, FigureManifest } from "../../../kinds/figure/kind.js";
import { sha256 } from "../../../manifest/digest.js";
import { type Look, locate } from "./check-outputs.js";
import { type GateResult, gate } from "./gates.js";

const index = gate("index");

/** `path`: of a manifest that is there; `figure`: what it says, where it can be read. */
export function checkIndexed(
  path: string,
  figure: FigureManifest | undefined,
  listed: FigureIndex | undefined,
  look: Look,
  indexPath: string,
): GateResult[] {
  if (listed === undefined)
    return [index(indexPath, "missing", { reason: "there is no index of the figures" })];
  const place = listed.figures.findIndex(({ manifest_path }) => manifest_path === path);
  const entry = listed.figures[place];
  if (entry === undefined) return [index(path, "differs", { reason: `${indexPath} does not list it` })];
  const facts = [
    ["id", entry.id, figure?.figure.id],
    ["layer_id", entry.layer_id, figure?.figure.layer_id],
    ["reference_year", entry.reference_year, figure?.dataset.reference_year],
  ] as const;
  const contradicted = facts
    .filter(([, listed, found]) => figure !== undefined && listed !== found)
    .map(([field, listed, found]) =>
      index(`${field} of ${path}`, "differs", {
        pointer: `/figures/${place}/${field}`,
        reason: `${indexPath} says ${listed}, the manifest ${found}`,
      }),
    );
  const files = [
    [entry.manifest_path, entry.manifest_sha256, "manifest_sha256"],
    [entry.figure_path, entry.figure_sha256, "figure_sha256"],
    [entry.csv_path, entry.csv_sha256, "csv_sha256"],
    [entry.refs_path, entry.refs_sha256, "refs_sha256"],
  ] as const;
  const digests = files.map(([file, expected, field]) => {
    const bytes = locate(file, look);
    const pointer = `/figures/${place}/${field}`;
    if (bytes === undefined)
      return index(file, "missing", {
        pointer,
        expected,
        reason: `${indexPath} lists it, and it is not there`,
      });
    const found = `sha256:${sha256(bytes)}`;
    const reason = found === expected ? null : `${indexPath} lists another`;
    return index(file, found === expected ? "ok" : "differs", { pointer, expected, found, reason });
  });
  return [...contradicted, ...digests];
}

/** What the index lists without it being there. */
export function checkListed(
  listed: FigureIndex,
  manifests: readonly string[],
  indexPath: string,
): GateResult[] {
  return listed.figures.flatMap(({ manifest_path }, place) =>
    manifests.includes(manifest_path)
      ? []
      : [
          index(manifest_path, "missing", {
            pointer: `/figures/${place}/manifest_path`,
            reason: `${indexPath} lists it, and it is not there`,
          }),
        ],
  );
}
