/** Keeps what a stage was to leave, and says what it did not leave. */

import type { Redacted } from "../../secrets/redactions.js";
import type { ArtifactRequest, KeptArtifact } from "../../store/runs/artifacts.js";
import type { RunFolder } from "../../store/runs/run-folder.js";

export interface ArtifactPorts {
  /** Throws `FileError`. */
  readonly keepArtifact: (folder: RunFolder, request: ArtifactRequest) => Promise<KeptArtifact>;
  readonly redactText: (text: string) => Redacted<string>;
}

export interface MissingArtifact {
  readonly name: string;
  readonly source: string;
  readonly reason: string;
}

export interface CollectedArtifacts {
  readonly entries: Readonly<Record<string, KeptArtifact>>;
  readonly missing: readonly MissingArtifact[];
}

export const nothingCollected: CollectedArtifacts = { entries: {}, missing: [] };

/** One that cannot be kept is no reason to lose the others. */
export async function collectArtifacts(
  folder: RunFolder,
  requests: readonly ArtifactRequest[],
  ports: ArtifactPorts,
): Promise<CollectedArtifacts> {
  const entries: Record<string, KeptArtifact> = {};
  const missing: MissingArtifact[] = [];
  for (const request of requests) {
    try {
      entries[request.name] = await keepWithoutSecrets(folder, request, ports);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const secretless = (text: string) => ports.redactText(text).value;
      missing.push({ name: request.name, source: secretless(request.shown), reason: secretless(reason) });
    }
  }
  return { entries, missing };
}

/** The path of the source may hold what looks like a secret; the record names it without. */
export async function keepWithoutSecrets(
  folder: RunFolder,
  request: ArtifactRequest,
  { keepArtifact, redactText }: ArtifactPorts,
): Promise<KeptArtifact> {
  const kept = await keepArtifact(folder, request);
  return { ...kept, source: kept.source === null ? null : redactText(kept.source).value };
}

export function together(...all: readonly CollectedArtifacts[]): CollectedArtifacts {
  return {
    entries: Object.assign({}, ...all.map(({ entries }) => entries)) as CollectedArtifacts["entries"],
    missing: all.flatMap(({ missing }) => missing),
  };
}

/** Paths by name, as a stage records them. */
export function pathsOf({ entries }: CollectedArtifacts): Record<string, string> {
  return Object.fromEntries(Object.entries(entries).map(([name, { path }]) => [name, path]));
}
