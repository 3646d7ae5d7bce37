/** Files that both runs were seen to leave in the repository, beside what is declared: by digest alone, since nobody keeps them. */
import type { LoadedRun } from "../../records/load/loaded-run.js";
import type { ComparedArtifact } from "../result.js";

export function compareWritten(recorded: LoadedRun, now: LoadedRun): ComparedArtifact[] {
  if (recorded.observation === null || now.observation === null) return [];
  const after = writtenBy(now);
  return [...writtenBy(recorded)].map(([path, sha256]) => {
    const other = after.get(path) ?? null;
    const reason = other === null ? "it was not written" : other === sha256 ? null : "its bytes differ";
    return {
      name: path,
      outcome: reason === null ? "identical" : "differs",
      recorded_sha256: sha256,
      now_sha256: other,
      places_replaced: false,
      largest_difference: null,
      reason,
    };
  });
}

/** Digests by path, relative to the root of the tree. */
function writtenBy({ observation }: LoadedRun): ReadonlyMap<string, string> {
  const undeclared = new Set(observation?.written_not_declared.map(({ path }) => path));
  const files = (observation?.files ?? []).flatMap(({ path, place, written, sha256 }) =>
    place === "inside" && written && sha256 !== null && undeclared.has(path) ? [[path, sha256] as const] : [],
  );
  return new Map(files);
}
