/** Whether the kernel killed for want of memory while the command ran. */
import { readFileSync } from "node:fs";
import type { Ending } from "./command.js";

export interface MemoryWatch {
  /** `null` where the control group's counter cannot be read. */
  readonly killed: (ending: Ending) => boolean | null;
}

/** The counter is the whole group's: it rose, and the command ended the way such a kill ends a process. */
export function watchMemory(): MemoryWatch {
  const counter = findCounter();
  if (counter === null) return { killed: () => null };
  const before = readCounter(counter);
  return {
    killed: ({ exitCode, signal }) => {
      const after = readCounter(counter);
      if (before === null || after === null) return null;
      // 137 is how a shell or a launcher reports the same of its own child.
      return after > before && (signal === "SIGKILL" || exitCode === 137);
    },
  };
}

function findCounter(): string | null {
  try {
    const groups = readFileSync("/proc/self/cgroup", "latin1").split("\n");
    const candidates = groups.flatMap((line) => {
      const [, controllers = "", path = ""] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
      if (controllers.split(",").includes("memory")) {
        return [
          `/sys/fs/cgroup/memory${path}/memory.oom_control`,
          "/sys/fs/cgroup/memory/memory.oom_control",
        ];
      }
      if (controllers !== "" || path === "") return [];
      return [`/sys/fs/cgroup${path}/memory.events`, "/sys/fs/cgroup/memory.events"];
    });
    // In a container the path may be the host's, while the group itself is mounted at the root.
    return candidates.find((file) => readCounter(file) !== null) ?? null;
  } catch {
    return null;
  }
}

function readCounter(file: string): number | null {
  try {
    const count = /^oom_kill (\d+)$/m.exec(readFileSync(file, "latin1"))?.[1];
    return count === undefined ? null : Number(count);
  } catch {
    return null;
  }
}
