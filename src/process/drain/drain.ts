/** The way of the command's output, made before the command is. */
import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { join } from "node:path";
import type { StreamRedactor } from "../../secrets/stream.js";
import type { Capture } from "../command.js";
import { descendantsOf } from "../process-table.js";
import { removeName } from "../remove-name.js";
import { ptyFault } from "../terminal/pty.js";
import { withoutTypescriptFrame } from "../terminal/typescript.js";
import { type Keeper, startKeeper } from "./keeper.js";
import { createLog, type LogFile } from "./log-file.js";
import { type LogOutcome, type Logs, notKept } from "./log-outcome.js";
import { passOn } from "./pass-on.js";
import { type CapturePlan, keepNothing, planCapture, type StreamName } from "./plan-capture.js";
import { type Recording, recordStream } from "./recording.js";
import { openRedactedLog } from "./redacted-log.js";
import { createSpool, readSpool, type Spool } from "./spool.js";
import { captureStandardStreams } from "./standard-streams.js";

export interface DrainRequest {
  /** A private folder that exists and holds nothing of ours yet. */
  readonly live: string;
  readonly capture: Capture;
  readonly redactor: () => StreamRedactor;
  readonly env: NodeJS.ProcessEnv;
  /** The streams that the command's stdout and stderr go on to; default 1 and 2. */
  readonly outlets?: readonly [number, number] | undefined;
}

export interface Drain {
  readonly plan: CapturePlan;
  readonly live: string;
  /** What the command gets as stdout and stderr. */
  readonly stdio: readonly [number | "inherit", number | "inherit"];
  /** Where `script` writes what the terminal shows; `null` without a pseudo-terminal. */
  readonly typescript: string | null;
  readonly openLogs: (folder: string) => void;
  /** Begins to read: the command holds its own ends now. */
  readonly begin: () => readonly Recording[];
  /** The pseudo-terminal is gone, whether or not it ever wrote. */
  readonly closeTypescript: () => void;
  /** The command had to run without a pseudo-terminal after all, and its output is not kept. */
  readonly abandonTypescript: (reason: string) => void;
  /** Device and inode of each stream's FIFO: whoever has it open still writes. */
  readonly fifos: readonly { readonly dev: bigint; readonly ino: bigint }[];
  /** The processes, other than this one, that have them open for us. */
  readonly helpers: () => readonly number[];
  /** Leaves the rest to the keeper. */
  readonly handOver: () => Promise<unknown>;
  readonly end: () => void;
  /** Undoes everything; the command has not been started. */
  readonly abandon: () => void;
  readonly outcome: () => Logs;
}

/** Starts what must outlive us. Never rejects: what cannot be kept is not kept, and says why. */
export async function prepareDrain(request: DrainRequest): Promise<Drain> {
  try {
    const plan = planCapture(request.capture, captureStandardStreams(), () => ptyFault(request.env));
    if (plan.through === "nothing") return drainNothing(plan, request);
    const spools = new Map(plan.streams.map((name) => [name, createSpool(request.live)]));
    const outlets = plan.through === "pty" ? ([null, null] as const) : outletsOf(request);
    const keeper = await startKeeper(request.live, spools, outlets, request.env);
    if (typeof keeper === "string") return drainNothing(keepNothing(keeper), request);
    return drainThrough(plan, request, keeper, spools);
  } catch (error) {
    return drainNothing(keepNothing((error as Error).message), request);
  }
}

function outletsOf({ outlets }: DrainRequest): readonly [number, number] {
  return outlets ?? [1, 2];
}

function drainNothing(plan: CapturePlan, { live, outlets }: DrainRequest): Drain {
  const nothing = () => {};
  return {
    plan,
    live,
    stdio: outlets ?? ["inherit", "inherit"],
    typescript: null,
    openLogs: nothing,
    begin: () => [],
    closeTypescript: nothing,
    abandonTypescript: nothing,
    fifos: [],
    helpers: () => [],
    handOver: () => Promise.resolve(),
    end: nothing,
    abandon: nothing,
    outcome: () => outcomeOf(plan, new Map()),
  };
}

function drainThrough(
  plan: CapturePlan,
  request: DrainRequest,
  keeper: Keeper,
  spools: ReadonlyMap<StreamName, Spool>,
): Drain {
  const { live } = request;
  const pty = plan.through === "pty";
  const fifos = new Map(plan.streams.map((name) => [name, openFifo(join(live, name))]));
  const logs = new Map<StreamName, LogFile | string>();
  const recordings = new Map<StreamName, Recording>();
  const writers = new Set([...fifos.values()].map(({ writer }) => writer));
  const closeWriters = () => {
    for (const writer of writers) closeSync(writer);
    writers.clear();
  };
  const removeNames = () => {
    for (const name of plan.streams) removeName(join(live, name));
  };
  const closeTypescript = () => {
    closeWriters();
    removeNames();
  };
  if (!pty) removeNames();
  for (const name of plan.streams) keeper.go(name, 0);
  let opened: Promise<unknown> = Promise.resolve();
  let folder = live;
  let actual = plan;
  const handOver = async () => {
    for (const recording of recordings.values()) recording.release();
    await opened;
    keeper.takeOver();
  };
  /** Somebody has killed the keeper: what the command still says goes on to where it went, and is not kept. */
  const rescue = (name: StreamName) => {
    passOn((fifos.get(name) as Fifo).reader, pty ? null : outletsOf(request)[name === "stdout" ? 0 : 1]);
    recordings.get(name)?.release();
  };
  const record = (name: StreamName, written: Spool): Recording => {
    const redactor = request.redactor();
    const spool = readSpool(written);
    const recording = recordStream({
      spool,
      log: openRedactedLog(
        logs.get(name) ?? "no folder was given for it",
        pty ? withoutTypescriptFrame(redactor) : redactor,
        spool,
      ),
      firstBytes: pty ? closeTypescript : () => {},
      emptied: (bytes) => keeper.go(name, bytes),
      broken: () => void handOver(),
    });
    keeper.listen(name, { full: recording.empty, ended: recording.finish, lost: () => rescue(name) });
    return recording;
  };
  const writerOf = (name: StreamName) =>
    fifos.get(plan.merged ? "stdout" : name)?.writer ??
    request.outlets?.[name === "stdout" ? 0 : 1] ??
    "inherit";
  return {
    plan,
    live,
    stdio: pty ? ["inherit", "inherit"] : [writerOf("stdout"), writerOf("stderr")],
    typescript: pty ? join(live, "stdout") : null,
    openLogs: (given) => {
      folder = given;
      for (const name of plan.streams) logs.set(name, createLog(join(folder, `${name}.log`)));
      opened = keeper.openLogs(folder);
    },
    begin: () => {
      // The pseudo-terminal opens its FIFO by name: until it has, our writing end keeps the stream from ending.
      if (!pty) closeWriters();
      for (const [name, spool] of spools) recordings.set(name, record(name, spool));
      return [...recordings.values()];
    },
    closeTypescript,
    abandonTypescript: (reason) => {
      closeTypescript();
      actual = keepNothing(reason);
      removeName(join(folder, "stdout.log"));
    },
    fifos: [...fifos.values()].map(({ reader }) => fstatSync(reader, { bigint: true })),
    helpers: () => [keeper.pid, ...descendantsOf(keeper.pid)],
    handOver,
    end: keeper.end,
    abandon: () => {
      closeTypescript();
      for (const { reader } of fifos.values()) closeSync(reader);
      keeper.end();
    },
    outcome: () => outcomeOf(actual, recordings),
  };
}

interface Fifo {
  readonly writer: number;
  /** Shows which FIFO it is; nothing is read from it while the keeper lives. */
  readonly reader: number;
}

/** The keeper holds a reading end, so that neither call waits. */
function openFifo(path: string): Fifo {
  return { writer: openSync(path, constants.O_WRONLY), reader: openSync(path, constants.O_RDONLY) };
}

function outcomeOf({ merged, reasons }: CapturePlan, recordings: ReadonlyMap<StreamName, Recording>): Logs {
  const outcome = (name: StreamName): LogOutcome =>
    (reasons[name] === null ? recordings.get(name)?.outcome() : undefined) ??
    notKept(reasons[name] ?? "the command did not start");
  return { merged, stdout: outcome("stdout"), stderr: outcome("stderr") };
}
