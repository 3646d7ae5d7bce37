/** Runs that recorded a path, whatever its content was then. */
import { dataOf } from "../verify/check-inputs.js";
import { readRecord } from "../verify/record.js";
import { placesOf } from "../verify/verify-runs.js";
import type { CheckRunPorts } from "./check-run.js";
import { type KnownRun, membersOf, type RunIndex } from "./index-runs.js";
import type { SamePath } from "./result.js";

/** `path`: absolute. Newest first. */
export function findPath(path: string, { runs }: RunIndex, ports: CheckRunPorts): SamePath[] {
  const end = path.slice(path.lastIndexOf("/") + 1);
  return [...runs.values()]
    .toSorted((a, b) => (b.time ?? 0) - (a.time ?? 0))
    .flatMap((run) => [...artifactsAt(path, end, run, ports), ...inputsAt(path, run, ports)]);
}

function artifactsAt(path: string, end: string, run: KnownRun, ports: CheckRunPorts): SamePath[] {
  return run.artifacts.flatMap(({ name, path: kept, source, sha256 }) => {
    const isKept = ports.resolve(run.folder, kept) === path;
    // Only a source of that name is worth reading the record for.
    const isSource =
      source?.endsWith(end) === true &&
      basesOf(run, ports).some((base) => ports.resolve(base, source) === path);
    return isKept || isSource ? [{ run: run.id, name, role: "artifact" as const, sha256 }] : [];
  });
}

function inputsAt(path: string, run: KnownRun, ports: CheckRunPorts): SamePath[] {
  if (run.inputs.length === 0) return [];
  const record = readRecord(run.folder, ports);
  const several = membersOf(record.provenance?.inputs);
  return run.inputs.flatMap(([name, sha256]) => {
    const data = dataOf(Object.hasOwn(several, name) ? several[name] : record.provenance);
    if (data === null) return [];
    const { authored, resolved } = data;
    const isIt =
      resolved === path ||
      (authored !== null &&
        placesOf(record, ports).bases.some((base) => ports.resolve(base, authored) === path));
    return isIt ? [{ run: run.id, name, role: "input" as const, sha256 }] : [];
  });
}

function basesOf(run: KnownRun, ports: CheckRunPorts): readonly string[] {
  return placesOf(readRecord(run.folder, ports), ports).bases;
}
