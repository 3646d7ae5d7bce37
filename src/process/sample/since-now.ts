/** What is used from now on, by a process that began before. */
import type { TreeReader, TreeUsage } from "./read-tree.js";

export function sinceNow(look: TreeReader): TreeReader {
  const before = look();
  const less = (now: number | null, then: number | null | undefined) =>
    now === null || then === null || then === undefined
      ? now
      : Math.max(0, Math.round((now - then) * 1000) / 1000);
  return () => {
    const now = look();
    if (now === null) return null;
    const since: TreeUsage = {
      ...now,
      cpu_seconds: less(now.cpu_seconds, before?.cpu_seconds),
      read_bytes: less(now.read_bytes, before?.read_bytes),
      written_bytes: less(now.written_bytes, before?.written_bytes),
    };
    return since;
  };
}
