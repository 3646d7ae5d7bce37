/** Whether a file is still the one that was read, from its metadata alone. */
import { statSync } from "node:fs";

export interface Stamp {
  readonly path: string;
  /** "absent" is a state like any other: a file that appears changes what is known. */
  readonly state: string;
}

/** A change within this time of a reading may leave no trace in the times; some file systems keep whole seconds only. */
const fineMilliseconds = 50;
const coarseMilliseconds = 2000;

export function stampOf(path: string): Stamp {
  return { path, state: stateOf(path) };
}

export function isUnchanged({ path, state }: Stamp): boolean {
  return stateOf(path) === state;
}

/** A folder counts by its identity alone: its times change with every lock that is taken in it. */
function stateOf(path: string): string {
  const stat = findStat(path);
  if (stat === undefined) return "absent";
  if (stat.isDirectory()) return `folder ${stat.ino}`;
  return [stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join(" ");
}

/** Whether the last change lies so far before `begin` (milliseconds since 1970) that what was read afterwards is of that state. */
export function isSettled({ path, state }: Stamp, begin: number): boolean {
  const [, , , changed] = state.split(" ");
  if (changed === undefined) return true;
  const isCoarse = changed.endsWith("000000000");
  return (
    Number(BigInt(changed) / 1_000_000n) < begin - (isCoarse ? coarseMilliseconds : fineMilliseconds) &&
    isUnchanged({ path, state })
  );
}

function findStat(path: string) {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
