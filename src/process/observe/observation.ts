/** The observation of one run: prepared before its first command, attached to each, and read when the last has ended. */
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { CommandRequest } from "../command.js";
import { injectedVariables } from "./injected-variables.js";
import type { ObservedEvent } from "./observed-event.js";
import { readSpool } from "./read-spool.js";
import { readTrace } from "./read-trace.js";
import { straceFault, throughStrace } from "./strace.js";
import { boundTraces, untilWritten } from "./trace-files.js";

export type ObserveHow = "injected" | "strace";

export interface ObservationRequest {
  readonly asked: ObserveHow;
  /** A private folder that exists; it is removed at the end. */
  readonly live: string;
  /** Where the injected programs lie, as the build leaves them. */
  readonly programs: string;
  readonly env: NodeJS.ProcessEnv;
  /** Absolute. */
  readonly directory: string;
}

export interface Observation {
  readonly asked: ObserveHow;
  /** `null` where the command runs unobserved. */
  readonly how: ObserveHow | null;
  /** Names of the variables that are set for the command. */
  readonly variables: readonly string[];
  /** Why what was asked for is not there; `null` when it is. */
  readonly fault: string | null;
  readonly attach: (command: CommandRequest) => CommandRequest;
  /** Once, when every command has ended. Never throws. */
  readonly events: () => AsyncGenerator<ObservedEvent>;
  readonly end: () => void;
}

/** Never throws: a command that cannot be observed is run without. */
export function openObservation(request: ObservationRequest): Observation {
  try {
    const fault = request.asked === "strace" ? straceFault(request.env, request.directory) : null;
    if (request.asked === "strace" && fault === null) return observeByStrace(request);
    return observeFromWithin(request, fault === null ? null : `strace cannot be used: ${fault}`);
  } catch (error) {
    removeQuietly(request.live);
    return observeNothing(request.asked, `it could not be prepared: ${(error as Error).message}`);
  }
}

function observeFromWithin(
  { asked, live, programs, env }: ObservationRequest,
  fault: string | null,
): Observation {
  // Where Python may write what it compiled of it, and which may be gone at any time.
  const python = join(live, "python");
  mkdirSync(python);
  copyFileSync(join(programs, "python", "sitecustomize.py"), join(python, "sitecustomize.py"));
  const node = join(programs, "preload.cjs");
  // Node refuses to start when it is not there.
  readFileSync(node);
  const spool = join(live, "spool");
  writeFileSync(spool, "", { flag: "wx", mode: 0o600 });
  const places = { python, node, spool };
  const held = holdFolder(live);
  return {
    asked,
    how: "injected",
    variables: Object.keys(injectedVariables(env, places, [])).sort(),
    fault,
    attach: (command) => {
      const variables = injectedVariables(command.env, places, command.argv);
      return { ...command, env: { ...command.env, ...variables } };
    },
    events: async function* () {
      yield* readSpool(spool);
      if (existsSync(`${spool}.lost`)) yield { kind: "lost", lines: 1 };
    },
    end: () => {
      held.letGo();
      removeQuietly(live);
    },
  };
}

function observeByStrace({ asked, live }: ObservationRequest): Observation {
  const traces: { readonly path: string; readonly folder: string }[] = [];
  const held = holdFolder(live);
  const guard = boundTraces(live, () => traces.at(-1)?.path);
  return {
    asked,
    how: "strace",
    variables: [],
    fault: null,
    attach: (command) => {
      const path = join(live, `trace-${traces.length}`);
      const traced = throughStrace(command, path);
      if (traced !== command) traces.push({ path, folder: command.cwd });
      return traced;
    },
    events: async function* () {
      for (const { path, folder } of traces) {
        await untilWritten(path);
        yield* readTrace(path, Buffer.from(folder).toString("latin1"));
      }
      if (guard.isCut()) yield { kind: "capped" };
    },
    end: () => {
      guard.stop();
      held.letGo();
      removeQuietly(live);
    },
  };
}

export function observeNothing(asked: ObserveHow, fault: string): Observation {
  return {
    asked,
    how: null,
    variables: [],
    fault,
    attach: (command) => command,
    events: async function* () {},
    end: () => {},
  };
}

/** Nobody has a file open there, and `colophon doctor` would take it for left over. */
function holdFolder(live: string): { readonly letGo: () => void } {
  const descriptor = openSync(live, "r");
  return { letGo: () => closeSync(descriptor) };
}

/** A process that still runs may be writing there. */
function removeQuietly(live: string): void {
  try {
    rmSync(live, { recursive: true, force: true });
  } catch {}
}
