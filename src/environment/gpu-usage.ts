/** How busy NVIDIA's devices are, and how full: of the machine, as the driver tells it; it does not tell whose work it is. */
import { existsSync } from "node:fs";
import { askProgram } from "./interpreter/ask-program.js";
import { libraryPath, nvidiaSmiPlaces } from "./slow-facts/nvidia-smi.js";

export interface GpuUsage {
  readonly index: number;
  readonly utilization: number | null;
  readonly memory_bytes: number | null;
}

/** `null` where there is no nvidia-smi: then nobody need ask. */
export function gpuUsage(env: NodeJS.ProcessEnv): (() => Promise<GpuUsage[] | null>) | null {
  const program = nvidiaSmiPlaces.find((place) => existsSync(place));
  if (program === undefined) return null;
  const words = ["--query-gpu=index,utilization.gpu,memory.used", "--format=csv,noheader,nounits"];
  return async () => {
    const answer = await askProgram({ program, words, cwd: "/", env: libraryPath(env), seconds: 10 });
    return answer.ok ? parseGpuUsage(answer.text) : null;
  };
}

/** A line is `0, 37, 1024`; what the driver does not tell is `[N/A]` or `[Not Supported]`. */
export function parseGpuUsage(csv: string): GpuUsage[] {
  return csv.split("\n").flatMap((line) => {
    const [index, utilization, mebibytes] = line.split(",").map((cell) => {
      const text = cell.trim();
      return /^\d{1,9}$/.test(text) ? Number(text) : null;
    });
    if (index === undefined || index === null || utilization === undefined || mebibytes === undefined)
      return [];
    return [{ index, utilization, memory_bytes: mebibytes === null ? null : mebibytes * 1024 * 1024 }];
  });
}
