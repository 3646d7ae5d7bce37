/** Which completed run had which key, remembered in `.colophon/`, so that an equal one is found without reading every record. */
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseJson } from "../../manifest/parse.js";
import type { Project } from "../project.js";
import { openStateFolder, stateFolderOf } from "../state-folder.js";
import { listRuns, pathOfRun } from "./recorded-runs.js";

const fileName = "run-keys";

interface KnownRun {
  readonly id: string;
  /** `null` for a run that equals none. */
  readonly key: string | null;
}

/**
 * The newest completed run with the key. `keyOf` tells that of an experiment manifest. A run is read once: what has ended does not
 * change; one that still runs is asked again. Whatever cannot be read equals nothing.
 */
export function findEqualRun(
  project: Project,
  key: string,
  keyOf: (manifest: object) => string | null,
): string | null {
  const known = readKnown(project);
  const ids = listRuns(project);
  const learned = ids.filter((id) => !known.has(id)).flatMap((id) => readRun(project, id, keyOf) ?? []);
  for (const { id, key } of learned) known.set(id, key);
  remember(project, learned);
  return ids.findLast((id) => known.get(id) === key) ?? null;
}

function readRun(
  project: Project,
  id: string,
  keyOf: (manifest: object) => string | null,
): KnownRun | undefined {
  const folder = join(project.root, pathOfRun(project, id));
  const run = readObject(join(folder, "run_manifest.json"));
  if (run?.status !== "completed" && run?.status !== "failed") return undefined;
  const manifest = readObject(join(folder, "manifest.json"));
  try {
    return { id, key: manifest === undefined || run.status === "failed" ? null : keyOf(manifest) };
  } catch {
    return { id, key: null };
  }
}

function readObject(path: string): Record<string, unknown> | undefined {
  try {
    const parsed = parseJson(readFileSync(path));
    return parsed.ok ? (parsed.value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function readKnown({ root }: Project): Map<string, string | null> {
  try {
    const lines = readFileSync(join(stateFolderOf(root), fileName), "utf8").split("\n");
    return new Map(lines.flatMap((line) => parseLine(line)));
  } catch {
    return new Map();
  }
}

/** A line that was cut off by a crash is read anew. */
function parseLine(line: string): [string, string | null][] {
  const [, id, key] = /^(\S+) (\S+)$/.exec(line) ?? [];
  return id === undefined || key === undefined ? [] : [[id, key === "-" ? null : key]];
}

/** Of a run that has just ended, so that the next one need not read it. */
export function rememberRun(project: Project, id: string, key: string | null): void {
  remember(project, [{ id, key }]);
}

/** Best effort: what is not remembered is read again. */
function remember({ root }: Project, learned: readonly KnownRun[]): void {
  if (learned.length === 0) return;
  try {
    const lines = learned.map(({ id, key }) => `${id} ${key ?? "-"}\n`);
    appendFileSync(join(openStateFolder(root), fileName), lines.join(""));
  } catch {}
}
