/** Looks at a running command again and again, seldom enough to cost nothing: once a second, and less often where a look is dear. */
import type { TreeUsage } from "./read-tree.js";

export interface GpuUsage {
  readonly index: number;
  /** Percent of the time in which anything ran on it; `null` where the driver does not tell. */
  readonly utilization: number | null;
  readonly memory_bytes: number | null;
}

/** A line of `samples.jsonl`. */
export interface Sample extends TreeUsage {
  readonly time: string;
  /** Since the command began. */
  readonly seconds: number;
  readonly pid: number;
  /** On lines for which they were asked. */
  readonly gpus?: readonly GpuUsage[];
}

export interface SampleRequest {
  readonly pid: number;
  readonly look: () => TreeUsage | null | Promise<TreeUsage | null>;
  /** All GPUs of the machine, whoever uses them; `null` where there are none. */
  readonly lookAtGpus: (() => Promise<readonly GpuUsage[] | null>) | null;
  /** Least time between two looks, in milliseconds. */
  readonly interval: number;
  readonly formatTime: () => string;
  readonly found: (sample: Sample) => void;
}

/** Of the time, what a look may take: a quarter of a percent. */
const share = 1 / 400;
/** A program is started for them. */
const [gpuInterval, longestGpuInterval] = [20_000, 300_000];

/** The first look is an interval after now. Gives what ends it; a look that is under way then is not written. */
export function beginSampling(request: SampleRequest): () => void {
  const { pid, interval, formatTime, found } = request;
  const from = milliseconds();
  const gpus = seldom(request.lookAtGpus);
  let isOver = false;
  let timer = setTimeout(step, interval);
  async function step(): Promise<void> {
    const before = milliseconds();
    const usage = await Promise.resolve(request.look()).catch(() => null);
    const took = milliseconds() - before;
    if (isOver) return;
    if (usage !== null) {
      const seen = gpus();
      const seconds = Math.round(before - from) / 1000;
      found({ time: formatTime(), seconds, pid, ...usage, ...(seen !== null && { gpus: seen }) });
    }
    if (!isOver) timer = setTimeout(step, Math.max(interval - took, took / share));
  }
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}

/** Asks in the background, and gives an answer once. */
function seldom(ask: SampleRequest["lookAtGpus"]): () => readonly GpuUsage[] | null {
  let answer: readonly GpuUsage[] | null = null;
  let due = ask === null ? Number.POSITIVE_INFINITY : 0;
  return () => {
    const given = answer;
    answer = null;
    const before = milliseconds();
    if (ask !== null && before >= due) {
      due = Number.POSITIVE_INFINITY;
      void ask()
        .catch(() => null)
        .then((found) => {
          answer = found;
          const took = milliseconds() - before;
          if (found !== null)
            due = before + Math.min(Math.max(gpuInterval, took / share), longestGpuInterval);
        });
    }
    return given;
  };
}

/** Since the start of this process; the global `performance` would cost a millisecond to load. */
function milliseconds(): number {
  return process.uptime() * 1000;
}
