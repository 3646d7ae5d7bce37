/** Waits for the output that is still on its way when the command has ended. */

import { readFileSync } from "node:fs";
import type { ReceivedSignal } from "./command.js";
import type { Drain } from "./drain/drain.js";
import type { Recording } from "./drain/recording.js";
import { holdersOf } from "./process-table.js";

const patienceMilliseconds = 2000;
const lookMilliseconds = 100;
/** Signals that tell us to stop waiting for somebody who reads our output slowly. */
const ending: ReadonlySet<NodeJS.Signals> = new Set(["SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP"]);

/** Gives the processes that go on writing; the keeper serves them from now on. */
export async function finishDrain(
  drain: Drain,
  recordings: readonly Recording[],
  received: readonly ReceivedSignal[],
): Promise<number[]> {
  const before = received.length;
  const told = () => received.slice(before).some(({ signal }) => ending.has(signal));
  if (await endWithin(drain, recordings, told)) {
    drain.end();
    return [];
  }
  const helpers = drain.helpers();
  const orphans = holdersOf(drain.fifos).filter((pid) => pid !== process.pid && !helpers.includes(pid));
  await drain.handOver();
  return orphans;
}

/**
 * Without us the command itself would have waited for a slow reader, without limit. So the clock stands still while what we passed on
 * has not been taken, and runs while nothing comes and yet somebody holds the other end.
 */
async function endWithin(
  drain: Drain,
  recordings: readonly Recording[],
  told: () => boolean,
): Promise<boolean> {
  let over = false;
  const all = Promise.all(recordings.map(({ ended }) => ended)).then(() => {
    over = true;
  });
  // Most streams end with their command, or a moment later: whoever still writes is looked for only then.
  await Promise.race([all, new Promise((resolve) => setImmediate(resolve))]);
  for (let waited = 0; !over && waited < patienceMilliseconds && !told(); ) {
    let timer: NodeJS.Timeout | undefined;
    const pause = new Promise((resolve) => {
      timer = setTimeout(resolve, lookMilliseconds);
    });
    await Promise.race([all, pause]);
    clearTimeout(timer);
    if (!over && !waitForReader(drain.helpers())) waited += lookMilliseconds;
  }
  return over;
}

/** Linux shows the call that a process waits in, and the first thing the call was given: a `tee` that passes on writes on 1. */
function waitForReader(pids: readonly number[]): boolean {
  return pids.some((pid) => {
    try {
      const [, descriptor] = readFileSync(`/proc/${pid}/syscall`, "latin1").split(" ");
      return descriptor === "0x1" && readFileSync(`/proc/${pid}/comm`, "latin1") === "tee\n";
    } catch {
      return false; // It is not told, or has ended.
    }
  });
}
