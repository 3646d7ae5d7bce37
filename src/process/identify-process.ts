import { readFileSync, readlinkSync } from "node:fs";

export interface ProcessIdentity {
  readonly process_version: 1;
  readonly boot_id: string | null;
  readonly pid_namespace: string | null;
  readonly pid: number;
  readonly start_time: number | null;
}

/** Tells this process from any other that may get its number; what the system does not tell is `null`. */
export function identifyProcess(): ProcessIdentity {
  return {
    process_version: 1,
    boot_id: ask(() => readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim()),
    pid_namespace: ask(() => readlinkSync("/proc/self/ns/pid")),
    pid: process.pid,
    start_time: ask(startTime),
  };
}

/** Field 22 of proc(5), counted behind the name in brackets, which may hold anything. */
function startTime(): number {
  const stat = readFileSync("/proc/self/stat", "latin1");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
}

function ask<T>(question: () => T): T | null {
  try {
    return question();
  } catch {
    return null;
  }
}
