/** What the samples of a run come to. */
import type { Sample } from "./sample.js";

export interface UsageSum {
  readonly usage_version: 1;
  readonly samples: number;
  readonly sampled_seconds: number;
  readonly cpu_seconds: number | null;
  readonly mean_cpu: number | null;
  readonly peak_rss_bytes: number;
  readonly peak_process_bytes: number | null;
  readonly read_bytes: number | null;
  readonly written_bytes: number | null;
  readonly most_processes: number;
  readonly gpus: readonly GpuSum[];
  readonly lost: number;
}

export interface GpuSum {
  readonly index: number;
  readonly samples: number;
  readonly mean_utilization: number | null;
  readonly peak_memory_bytes: number | null;
}

export interface SummedSamples {
  add(sample: Sample): void;
  /** A line that the journal could not take. */
  lose(): void;
  /** `null` where there was no look: what a command used that was over before is not known. */
  sum(): UsageSum | null;
}

interface GpuTally {
  samples: number;
  /** Of those, how many had a utilization. */
  told: number;
  utilization: number;
  memory: number | null;
}

type Counter = "cpu_seconds" | "read_bytes" | "written_bytes" | "seconds";

/** Commands of several stages one after the other, each with counters of its own. */
export function sumSamples(): SummedSamples {
  const last = new Map<number, Sample>();
  const gpus = new Map<number, GpuTally>();
  let count = 0;
  let lost = 0;
  let rss = 0;
  let processes = 0;
  let peak: number | null = null;
  const total = (counter: Counter): number | null => {
    const values = [...last.values()].map((sample) => sample[counter]);
    return values.some((value) => value === null)
      ? null
      : rounded(values.reduce<number>((sum, value) => sum + (value ?? 0), 0));
  };
  return {
    add(sample) {
      const before = last.get(sample.pid);
      last.set(sample.pid, before === undefined ? sample : withoutLoss(before, sample));
      count += 1;
      rss = Math.max(rss, sample.rss_bytes);
      processes = Math.max(processes, sample.processes);
      if (sample.peak_process_bytes !== null) peak = Math.max(peak ?? 0, sample.peak_process_bytes);
      for (const { index, utilization, memory_bytes } of sample.gpus ?? []) {
        const gpu = gpus.get(index) ?? { samples: 0, told: 0, utilization: 0, memory: null };
        gpus.set(index, gpu);
        gpu.samples += 1;
        if (utilization !== null) {
          gpu.told += 1;
          gpu.utilization += utilization;
        }
        if (memory_bytes !== null) gpu.memory = Math.max(gpu.memory ?? 0, memory_bytes);
      }
    },
    lose: () => {
      lost += 1;
    },
    sum() {
      if (count === 0) return null;
      const seconds = total("seconds") ?? 0;
      const cpu = total("cpu_seconds");
      return {
        usage_version: 1,
        samples: count,
        sampled_seconds: seconds,
        cpu_seconds: cpu,
        mean_cpu: cpu === null || seconds === 0 ? null : rounded(cpu / seconds),
        peak_rss_bytes: rss,
        peak_process_bytes: peak,
        read_bytes: total("read_bytes"),
        written_bytes: total("written_bytes"),
        most_processes: processes,
        gpus: [...gpus]
          .sort(([a], [b]) => a - b)
          .map(([index, { samples, told, utilization, memory }]) => ({
            index,
            samples,
            mean_utilization: told === 0 ? null : rounded(utilization / told),
            peak_memory_bytes: memory,
          })),
        lost,
      };
    },
  };
}

/** A counter falls when a process has ended for which nobody waited: what it had used was used nevertheless. */
function withoutLoss(before: Sample, now: Sample): Sample {
  const most = (a: number | null, b: number | null) => (a === null || b === null ? (a ?? b) : Math.max(a, b));
  return {
    ...now,
    cpu_seconds: most(before.cpu_seconds, now.cpu_seconds),
    read_bytes: most(before.read_bytes, now.read_bytes),
    written_bytes: most(before.written_bytes, now.written_bytes),
  };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
