/** Reads runs, and puts those that have settled into segments of their own; joins small segments, so that there are few. */
import type { ReadRun, RunSource } from "../catalog.js";
import { cellsOf, createSegmentBuilder, type SegmentBuilder } from "./build-segment.js";
import type { OpenSegment } from "./known-rows.js";
import { openSegment, type Segment } from "./segment.js";
import { type SegmentPlace, segmentInMemory } from "./segment-file.js";
import { type Stamp, stampOf } from "./stamps.js";

export interface NewSegment {
  readonly bytes: Buffer;
  readonly place: SegmentPlace;
  readonly segment: Segment;
}

export interface Learned<S extends object> {
  readonly made: readonly NewSegment[];
  /** Those that go on, cannot be loaded or changed just now. */
  readonly open: readonly ReadRun<S>[];
}

/** So that making one takes little memory. */
const mostRows = 65_536;

/** `isSettled`: whether a change after the reading would leave a trace. `mayKeep`: whether the run may be remembered at all. */
export async function learn<S extends object>(
  ids: readonly string[],
  source: RunSource<S>,
  isSettled: (stamp: Stamp) => boolean,
  mayKeep: (id: string) => boolean,
): Promise<Learned<S>> {
  const made: NewSegment[] = [];
  const open: ReadRun<S>[] = [];
  let builder = createSegmentBuilder();
  const close = () => {
    if (builder.rows > 0) made.push(finish(builder));
    builder = createSegmentBuilder();
  };
  for (const id of ids.toSorted().reverse()) {
    const read = await source.read(id);
    const { run, restsOn, folder } = read;
    const stamp = run === null || restsOn === null || !mayKeep(id) ? null : stampOf(folder, restsOn);
    if (run === null || restsOn === null || stamp === null || stamp.hasLink || !isSettled(stamp)) {
      open.push(read);
      continue;
    }
    builder.add({ id, sum: stamp.sum }, cellsOf(run.queried, restsOn), JSON.stringify(run.shown));
    if (builder.rows >= mostRows) close();
  }
  close();
  return { made, open };
}

function finish(builder: SegmentBuilder): NewSegment {
  const { bytes, place } = builder.finish();
  return { bytes, place, segment: openSegment(segmentInMemory(bytes, place)) };
}

/** One of several, without the rows that were dropped. */
export function joinSegments(
  segments: readonly Pick<OpenSegment, "segment" | "dropped">[],
): NewSegment | undefined {
  const builder = createSegmentBuilder();
  for (const row of rowsInOrder(segments)) copyRow(row, builder);
  return builder.rows === 0 ? undefined : finish(builder);
}

interface OldRow {
  readonly id: string;
  readonly segment: Segment;
  readonly row: number;
}

/** The last id first. */
function rowsInOrder(segments: Parameters<typeof joinSegments>[0]): OldRow[] {
  const rows = segments.flatMap(({ segment, dropped }) =>
    Array.from({ length: segment.rows }, (_, row) => row)
      .filter((row) => !dropped.has(row))
      .map((row) => ({ id: segment.idAt(row), segment, row })),
  );
  return rows.sort((a, b) => (a.id < b.id ? 1 : -1));
}

function copyRow({ id, segment, row }: OldRow, builder: SegmentBuilder): void {
  const cells = segment.columnNames
    .map((name) => [name, segment.cell(name, row)] as const)
    .filter(([, cell]) => cell !== undefined);
  builder.add({ id, sum: segment.sumAt(row) }, cells, segment.shownAt(row));
}

/** Those to be joined with so many new rows: small ones, while they are not much more together, so that each row moves seldom. */
export function segmentsToJoin(segments: readonly OpenSegment[], coming: number): OpenSegment[] {
  const live = ({ segment, dropped }: OpenSegment) => segment.rows - dropped.size;
  const chosen: OpenSegment[] = [];
  let sum = coming;
  for (const segment of [...segments].sort((a, b) => live(a) - live(b))) {
    const isWorn = segment.dropped.size > segment.segment.rows / 4;
    const rows = live(segment);
    if (rows > largestJoined && !isWorn) continue;
    if (rows > 2 * sum && !isWorn) continue;
    chosen.push(segment);
    sum += rows;
  }
  return chosen;
}

const largestJoined = 16_384;
