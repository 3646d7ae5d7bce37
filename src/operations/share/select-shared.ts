/** Which runs somebody means to share: those that are named, or all of the project. */
import { type FindRunPorts, findRun } from "../records/find-run.js";
import { resolveRun } from "../records/resolve-run.js";

export interface SelectSharedPorts extends FindRunPorts {
  /** The id of the project's run that lies in this folder; `undefined` for any other folder. */
  readonly idAt: (folder: string) => string | undefined;
}

/** `elsewhere`: ids of runs that are not recorded here, but known by their refs. Oldest first. @throws UsageError for a word that is none. */
export function selectShared(
  words: readonly string[],
  elsewhere: readonly string[],
  ports: SelectSharedPorts,
): string[] {
  const known = [...new Set([...ports.ids(), ...elsewhere])].toSorted();
  if (words.length === 0) return known;
  return [
    ...new Set(
      words.map((word) => (isPath(word) ? idOf(word, ports) : undefined) ?? resolveRun(word, known)),
    ),
  ];
}

function idOf(word: string, ports: SelectSharedPorts): string | undefined {
  return ports.idAt(findRun(word, ports));
}

function isPath(word: string): boolean {
  return word.includes("/");
}
