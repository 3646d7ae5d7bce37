/** What a process and all below it use, on systems without /proc: systeminformation asks `ps`, which tells memory and no counters. */

export interface ListedUsage {
  readonly processes: number;
  readonly cpu_seconds: null;
  readonly rss_bytes: number;
  readonly peak_process_bytes: null;
  readonly read_bytes: null;
  readonly written_bytes: null;
}

/** `null` when it does not live any more. */
export async function listedUsage(root: number): Promise<ListedUsage | null> {
  const { default: systeminformation } = await import("systeminformation");
  const { list } = await systeminformation.processes();
  const found = new Set([root]);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const { pid, parentPid } of list) if (found.has(parentPid)) found.add(pid);
  }
  const tree = list.filter(({ pid }) => found.has(pid));
  if (!tree.some(({ pid }) => pid === root)) return null;
  return {
    processes: tree.length,
    cpu_seconds: null,
    // In KiB.
    rss_bytes: tree.reduce((sum, { memRss }) => sum + memRss * 1024, 0),
    peak_process_bytes: null,
    read_bytes: null,
    written_bytes: null,
  };
}
