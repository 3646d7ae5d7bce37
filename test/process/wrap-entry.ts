/** A tracker that does nothing but supervise: `wrap.cjs FOLDER OPTIONS -- COMMAND …`. Leaves the end as FOLDER/end.json. */
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Capture, Forward } from "../../src/process/command.js";
import { prepareDrain } from "../../src/process/drain/drain.js";
import { endLike } from "../../src/process/end.js";
import { guardAgainstInspector } from "../../src/process/guard-against-inspector.js";
import { keepWaiting } from "../../src/process/keep-waiting.js";
import { startCommand } from "../../src/process/start-command.js";
import { createLineRedactor } from "./line-redactor.js";

guardAgainstInspector();

export interface WrapOptions {
  readonly capture?: Capture;
  readonly forward?: Forward;
  readonly killAfterSeconds?: number;
  readonly cwd?: string;
  /** Throws a while after the command's start. */
  readonly fault?: boolean;
  /** Never comes to start anything. */
  readonly abandon?: boolean;
}

async function main(folder: string, options: WrapOptions, argv: readonly string[]): Promise<void> {
  const times = [performance.now()];
  const drain = await prepareDrain({
    live: join(folder, "live"),
    capture: options.capture ?? "auto",
    redactor: createLineRedactor,
    env: process.env,
  });
  if (options.abandon) {
    drain.abandon();
    process.exitCode = 125;
    return;
  }
  keepWaiting(join(folder, "crash.txt"), () => process.stderr.write("a fault of the tracker\n"));
  times.push(performance.now());
  drain.openLogs(join(folder, "logs"));
  const running = startCommand(
    {
      argv,
      cwd: options.cwd ?? process.cwd(),
      env: process.env,
      forward: options.forward ?? "auto",
      killAfterSeconds: options.killAfterSeconds ?? null,
    },
    drain,
  );
  times.push(performance.now());
  leave(join(folder, "started.json"), { tracker: process.pid, pid: running.pid });
  if (options.fault) setTimeout(() => fail(), 100);
  const end = await running.ended;
  times.push(performance.now());
  leave(join(folder, "end.json"), { ...end, times });
  endLike(end);
}

/** Whole as soon as it is there: a test waits for the file and reads it at once. */
function leave(file: string, content: object): void {
  writeFileSync(`${file}.part`, JSON.stringify(content));
  renameSync(`${file}.part`, file);
}

function fail(): never {
  throw new Error("nobody catches this");
}

const [folder = "", options = "{}", , ...argv] = process.argv.slice(2);
void main(folder, JSON.parse(options) as WrapOptions, argv);
