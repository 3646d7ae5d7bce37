/** Points, as they are read one after the other, gathered into blocks of one metric of one process. */
import { parseUtc } from "../../manifest/timestamps.js";
import type { ColumnWriter, PointBlock, PointsAsked } from "./column-file.js";
import type { MetricPoint } from "./journal.js";

export interface Blocks {
  readonly add: (point: MetricPoint) => void;
  /** What is left; gives the names of all metrics. */
  readonly end: () => readonly string[];
}

const shortestBlock = 64;
const longestBlock = 16_384;
/** Points for which there may be room in blocks that are not full, so that a run of many metrics takes no more memory than another. */
const mostRoom = 1_048_576;

const empty = new Float64Array(0);

interface OpenBlock {
  count: number;
  steps: Float64Array;
  values: Float64Array;
  times: Float64Array;
}

/** `visit` is called with what was asked for, the writer with all; one journal after the other, as the points come. */
export function blocksOf(
  { metric, moments }: PointsAsked,
  visit: (block: PointBlock) => void,
  writer: ColumnWriter | undefined,
): Blocks {
  const names = new Set<string>();
  /** Of one journal; one after the other, in the order of ranks. */
  const open = new Map<string, OpenBlock>();
  let journal: string | null = null;
  let room = 0;
  const timeOf = writer === undefined && moments === "step" ? () => Number.NaN : timeReader();

  function flush(name: string, block: OpenBlock): void {
    const steps = block.steps.subarray(0, block.count);
    const values = block.values.subarray(0, block.count);
    const times = block.times.subarray(0, block.count);
    block.count = 0;
    writer?.add(name, journal, { steps, values, times });
    if (metric === undefined || name === metric)
      visit({ metric: name, rank: journal, moments: moments === "step" ? steps : times, values });
  }

  function flushAll(): void {
    for (const [name, block] of open) if (block.count > 0) flush(name, block);
    open.clear();
    room = 0;
  }

  return {
    add({ metric: name, rank, step, time, value }) {
      names.add(name);
      if (writer === undefined && metric !== undefined && name !== metric) return;
      if (rank !== journal || room > mostRoom) flushAll();
      journal = rank;
      const block = open.get(name) ?? emptyBlock();
      if (block.steps.length === 0) open.set(name, block);
      if (block.count === block.steps.length) room += enlarge(block);
      block.steps[block.count] = step ?? Number.NaN;
      block.values[block.count] = value;
      block.times[block.count] = timeOf(time);
      block.count += 1;
      if (block.count === longestBlock) flush(name, block);
    },
    end() {
      flushAll();
      return [...names];
    },
  };
}

function emptyBlock(): OpenBlock {
  return { count: 0, steps: empty, values: empty, times: empty };
}

/** Gives how many points more it has room for. */
function enlarge(block: OpenBlock): number {
  const before = block.steps.length;
  const length = Math.max(shortestBlock, before * 2);
  for (const name of ["steps", "values", "times"] as const) {
    const larger = new Float64Array(length);
    larger.set(block[name]);
    block[name] = larger;
  }
  return length - before;
}

/** The points of one line have one time. NaN for none. */
function timeReader(): (time: string | null) => number {
  let known: string | null = null;
  let moment = Number.NaN;
  return (time) => {
    if (time === known) return moment;
    known = time;
    moment = time === null ? Number.NaN : (parseUtc(time) ?? Number.NaN);
    return moment;
  };
}
