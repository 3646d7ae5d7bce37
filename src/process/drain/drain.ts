/** The way of the command's output, made before the command is. */
import { closeSync, fstatSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { StreamRedactor } from "../../secrets/stream.js";
import type { Capture } from "../command.js";
import { ptyFault } from "../terminal/pty.js";
import { withoutTypescriptFrame } from "../terminal/typescript.js";
import { type Channel, type Keeper, openChannel, startKeeper } from "./keeper.js";
import { createLog, type LogFile } from "./log-file.js";
import { type LogOutcome, type Logs, notKept } from "./log-outcome.js";
import { nowhere, openOutlet } from "./outlet.js";
import { openPark } from "./park.js";
import { type CapturePlan, keepNothing, planCapture, type StreamName } from "./plan-capture.js";
import { type Recording, recordStream } from "./recording.js";
import { captureStandardStreams } from "./standard-streams.js";

export interface DrainRequest {
  /** A private folder that exists and holds nothing of ours yet. */
  readonly live: string;
  readonly capture: Capture;
  readonly redactor: () => StreamRedactor;
  readonly env: NodeJS.ProcessEnv;
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
  readonly keeperPid: number | null;
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
    if (plan.through === "nothing") return drainNothing(plan, request.live);
    const outlets = plan.through === "pty" ? ([null, null] as const) : ([1, 2] as const);
    const keeper = await startKeeper(request.live, plan.streams, outlets, request.env);
    if (typeof keeper === "string") return drainNothing(keepNothing(keeper), request.live);
    return drainThrough(plan, request, keeper);
  } catch (error) {
    return drainNothing(keepNothing((error as Error).message), request.live);
  }
}

function drainNothing(plan: CapturePlan, live: string): Drain {
  const nothing = () => {};
  return {
    plan,
    live,
    stdio: ["inherit", "inherit"],
    typescript: null,
    openLogs: nothing,
    begin: () => [],
    closeTypescript: nothing,
    abandonTypescript: nothing,
    fifos: [],
    keeperPid: null,
    handOver: () => Promise.resolve(),
    end: nothing,
    abandon: nothing,
    outcome: () => outcomeOf(plan, new Map()),
  };
}

function drainThrough(plan: CapturePlan, request: DrainRequest, keeper: Keeper): Drain {
  const { live } = request;
  const pty = plan.through === "pty";
  const channels = new Map(plan.streams.map((name) => [name, openChannel(live, name)]));
  const logs = new Map<StreamName, LogFile | string>();
  const recordings = new Map<StreamName, Recording>();
  const writers = new Set([...channels.values()].map(({ writer }) => writer));
  const closeWriters = () => {
    for (const writer of writers) closeSync(writer);
    writers.clear();
  };
  const removeNames = () => {
    for (const name of plan.streams) rmSync(join(live, name), { force: true });
  };
  const closeTypescript = () => {
    closeWriters();
    removeNames();
  };
  if (!pty) removeNames();
  let opened: Promise<unknown> = Promise.resolve();
  let folder = live;
  let actual = plan;
  const record = (name: StreamName, { reader, park }: Channel): Recording => {
    const redactor = request.redactor();
    return recordStream({
      reader,
      log: logs.get(name) ?? "no folder was given for it",
      park: openPark(park),
      redactor: pty ? withoutTypescriptFrame(redactor) : redactor,
      outlet: pty ? nowhere : openOutlet(name === "stdout" ? 1 : 2),
      firstBytes: pty ? closeTypescript : () => {},
    });
  };
  const end = () => {
    keeper.end();
    for (const { park } of channels.values()) closeSync(park);
  };
  const writerOf = (name: StreamName) => channels.get(plan.merged ? "stdout" : name)?.writer ?? "inherit";
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
      for (const [name, channel] of channels) recordings.set(name, record(name, channel));
      return [...recordings.values()];
    },
    closeTypescript,
    abandonTypescript: (reason) => {
      closeTypescript();
      actual = keepNothing(reason);
      rmSync(join(folder, "stdout.log"), { force: true });
    },
    fifos: [...channels.values()].map(({ reader }) => fstatSync(reader, { bigint: true })),
    keeperPid: keeper.pid,
    handOver: async () => {
      await opened;
      keeper.takeOver();
    },
    end,
    abandon: () => {
      closeTypescript();
      for (const { reader } of channels.values()) closeSync(reader);
      end();
    },
    outcome: () => outcomeOf(actual, recordings),
  };
}

function outcomeOf({ merged, reasons }: CapturePlan, recordings: ReadonlyMap<StreamName, Recording>): Logs {
  const outcome = (name: StreamName): LogOutcome =>
    (reasons[name] === null ? recordings.get(name)?.outcome() : undefined) ??
    notKept(reasons[name] ?? "the command did not start");
  return { merged, stdout: outcome("stdout"), stderr: outcome("stderr") };
}
