/** The supervising script as a process of its own, in a folder of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import type { CommandEnd } from "../../src/process/command.js";
import type { WrapOptions } from "./wrap-entry.js";

export interface Call {
  readonly options?: WrapOptions;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string | Buffer;
  /** Lets the test act while the command runs. */
  readonly meanwhile?: (running: Running) => Promise<void> | void;
}

export interface Running {
  readonly tracker: ChildProcess;
  readonly folder: string;
  readonly printed: () => string;
  /** Settles when the command has printed `text` on stdout. */
  readonly says: (text: string) => Promise<void>;
}

export interface Outcome {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** Absent when the tracker was killed. */
  readonly end: CommandEnd;
  readonly log: (name: "stdout" | "stderr") => Buffer;
  readonly folder: string;
}

const place = realpathSync(mkdtempSync(join(tmpdir(), "colophon-process-")));
export const program = join(place, "wrap.cjs");

buildSync({
  entryPoints: [fileURLToPath(new URL("wrap-entry.ts", import.meta.url))],
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  outfile: program,
  logLevel: "error",
});

const trackers = new Set<ChildProcess>();

export function removePlace(): void {
  // One that a failed test has left behind would keep the tests from ending.
  for (const tracker of trackers) tracker.kill("SIGKILL");
  rmSync(place, { recursive: true, force: true });
}

export const isLong = Boolean(process.env.COLOPHON_TEST_LONG);

/** What of the environment of the tests may reach the command: neither Git's nor Slurm's settings, nor ours. */
export const plainEnv: NodeJS.ProcessEnv = { PATH: process.env.PATH, LANG: "C.UTF-8", HOME: place };

export function makeFolder(): string {
  const folder = mkdtempSync(join(place, "run-"));
  mkdirSync(join(folder, "live"), { mode: 0o700 });
  mkdirSync(join(folder, "logs"));
  return folder;
}

export function wordsOf(folder: string, argv: readonly string[], options: WrapOptions = {}): string[] {
  return [program, folder, JSON.stringify(options), "--", ...argv];
}

/** Runs the command under supervision, with pipes for its streams; settles when nobody holds them any more, the keeper included. */
export async function wrap(argv: readonly string[], call: Call = {}): Promise<Outcome> {
  const folder = makeFolder();
  const tracker = spawn(process.execPath, wordsOf(folder, argv, call.options), {
    env: { ...plainEnv, ...call.env },
    stdio: ["pipe", "pipe", "pipe"],
    // In a session of its own: the terminal that the tests may run in is none of the command's.
    detached: true,
  });
  trackers.add(tracker);
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  tracker.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  tracker.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  tracker.stdin.on("error", () => {});
  // What the test writes meanwhile, the command must be able to wait for.
  if (call.meanwhile === undefined || call.input !== undefined) tracker.stdin.end(call.input ?? "");
  const closed = new Promise<void>((resolve) => tracker.once("close", () => resolve()));
  void closed.then(() => trackers.delete(tracker));
  const printed = () => Buffer.concat(out).toString("latin1");
  await call.meanwhile?.({
    tracker,
    folder,
    printed,
    says: (text) => until(() => printed().includes(text), `the command to print ${text}`),
  });
  tracker.stdin.end();
  await closed;
  return {
    status: tracker.exitCode,
    signal: tracker.signalCode,
    stdout: Buffer.concat(out),
    stderr: Buffer.concat(err),
    end: readEnd(folder),
    log: (name) => readFileSync(join(folder, "logs", `${name}.log`)),
    folder,
  };
}

export function readEnd(folder: string): CommandEnd {
  const file = join(folder, "end.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : (undefined as never);
}

/** Waits for a fact; gives up, naming it, long after it should have come true. */
export async function until(fact: () => boolean, name: string): Promise<void> {
  for (let waited = 0; !fact(); waited += 5) {
    if (waited > 20_000) throw new Error(`waited in vain for ${name}`);
    await pause(5);
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** A few at a time: the machine is shared with other tests. */
export async function eachAtMost<T>(count: number, items: readonly T[], step: (item: T) => Promise<void>) {
  const rest = [...items];
  const worker = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await step(item);
  };
  await Promise.all(Array.from({ length: count }, worker));
}
