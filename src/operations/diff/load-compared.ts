/** Loads a run that is to be compared. What is something else is told as what it is: kinds are not compared with each other. */
import { type Finding, LifecycleError } from "../../errors.js";
import { kinds, recogniseKind } from "../../kinds/table.js";
import { parseJson } from "../../manifest/parse.js";
import { type FindRunPorts, findRun } from "../records/find-run.js";
import { type LoadPorts, loadRun } from "../records/load/load-run.js";
import type { LoadedRun } from "../records/load/loaded-run.js";

export interface LoadComparedPorts extends FindRunPorts {
  readonly loading: LoadPorts;
  /** `path` absolute. */
  readonly read: (path: string) => Uint8Array | Finding;
}

/** `word` as `findRun` takes it. @throws UsageError, LifecycleError */
export function loadCompared(word: string, ports: LoadComparedPorts): LoadedRun {
  const path = findRun(word, ports);
  const other = otherDocumentAt(path, ports);
  const kind = other === undefined ? undefined : kindOf(ports.read(other));
  if (kind !== undefined && kind !== kinds.run.name) throw otherKind(other as string, kind);
  return loadRun(path, ports.loading);
}

/** The document that somebody may have meant where no run is. */
function otherDocumentAt(path: string, { findRecord }: LoadComparedPorts): string | undefined {
  const { state, folder } = findRecord(path);
  if (state === "other-file") return path;
  return state === "no-run" ? `${folder}/${kinds.experiment.fileName}` : undefined;
}

function kindOf(bytes: Uint8Array | Finding): string | undefined {
  const parsed = "code" in bytes ? undefined : parseJson(bytes);
  const kind = parsed?.ok === true ? recogniseKind(parsed.value) : undefined;
  return kind !== undefined && "name" in kind ? kind.name : undefined;
}

function otherKind(path: string, kind: string): LifecycleError {
  return new LifecycleError(
    "DIFFERENT_KINDS",
    `${path} is a manifest of the kind ${kind}; expected two runs`,
    { hint: "Name two runs; this lists them: colophon ls" },
  );
}
