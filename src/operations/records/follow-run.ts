/** Follows a run until it has ended or its tracker is gone: what its stages do, and its output as it grows. */
import type { Stage } from "../../kinds/run/run.js";
import { type LoadPorts, loadRecord } from "./load/load-run.js";
import type { LoadedRecord } from "./load/loaded-run.js";

export interface FollowPorts {
  readonly loading: LoadPorts;
  /** Logs that are there, relative to the run folder, POSIX, in the order of the stages. */
  readonly listLogs: (folder: string) => readonly string[];
  /** What stands behind an offset, as much as is passed on at once; empty at the end. */
  readonly readLog: (folder: string, path: string, offset: number) => Uint8Array;
  readonly pause: (milliseconds: number) => Promise<void>;
}

export interface FollowObserver {
  /** A stage is there that was not, or its status is another one. */
  readonly stage: (stage: Stage) => void;
  readonly output: (path: string, bytes: Uint8Array) => void;
}

const interval = 250;

/** Gives the record as it was when it was found not to run any more. */
export async function followRun(
  folder: string,
  ports: FollowPorts,
  observer: FollowObserver,
): Promise<LoadedRecord> {
  const told = new Map<string, Stage["status"]>();
  const passOn = outputPasser(folder, ports, observer);
  for (;;) {
    // The record is read first: what was written before a run's end is then there to be passed on.
    const record = loadRecord(folder, ports.loading);
    passOn();
    for (const stage of record.run.stages) {
      if (told.get(stage.name) !== stage.status) observer.stage(stage);
      told.set(stage.name, stage.status);
    }
    if (record.observed.state !== "running" && record.observed.state !== "unknown") return record;
    await ports.pause(interval);
  }
}

/** All that the logs hold, from their beginning. */
export function passOnOutput(
  folder: string,
  ports: Pick<FollowPorts, "listLogs" | "readLog">,
  observer: Pick<FollowObserver, "output">,
): void {
  outputPasser(folder, ports, observer)();
}

function outputPasser(
  folder: string,
  { listLogs, readLog }: Pick<FollowPorts, "listLogs" | "readLog">,
  { output }: Pick<FollowObserver, "output">,
): () => void {
  const offsets = new Map<string, number>();
  return () => {
    for (const path of listLogs(folder)) {
      for (;;) {
        const offset = offsets.get(path) ?? 0;
        const bytes = readLog(folder, path, offset);
        if (bytes.length === 0) break;
        offsets.set(path, offset + bytes.length);
        output(path, bytes);
      }
    }
  };
}
