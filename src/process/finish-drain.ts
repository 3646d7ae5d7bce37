/** Waits for the output that is still on its way when the command has ended. */
import type { ReceivedSignal } from "./command.js";
import type { Drain } from "./drain/drain.js";
import type { Recording } from "./drain/recording.js";
import { holdersOf } from "./process-table.js";

const patienceMilliseconds = 2000;
const lookMilliseconds = 20;
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
  if (await endWithin(recordings, told)) {
    drain.end();
    return [];
  }
  const orphans = holdersOf(drain.fifos).filter((pid) => pid !== process.pid && pid !== drain.keeperPid);
  for (const recording of recordings) recording.release();
  await drain.handOver();
  return orphans;
}

/**
 * Without us the command itself would have waited for a slow reader, without limit. So the clock stands still while what we passed on
 * has not been taken, and runs while nothing comes and yet somebody holds the other end.
 */
async function endWithin(recordings: readonly Recording[], told: () => boolean): Promise<boolean> {
  let over = false;
  const all = Promise.all(recordings.map(({ ended }) => ended)).then(() => {
    over = true;
  });
  // Most streams end with their command: no timer for those.
  await Promise.race([all, new Promise((resolve) => setImmediate(resolve))]);
  for (let waited = 0; !over && waited < patienceMilliseconds && !told(); ) {
    const waiting = recordings.some(({ isWaiting }) => isWaiting());
    let timer: NodeJS.Timeout | undefined;
    const pause = new Promise((resolve) => {
      timer = setTimeout(resolve, lookMilliseconds);
    });
    await Promise.race([all, pause]);
    clearTimeout(timer);
    if (!waiting) waited += lookMilliseconds;
  }
  return over;
}
