/** The segments on disk. Those that are open stay open, as they never change. */
import { join } from "node:path";
import type { OpenSegment } from "./known-rows.js";
import { joinSegments, type NewSegment, segmentsToJoin } from "./learn.js";
import type { CatalogPlace } from "./refresh.js";
import { openSegment, type Segment } from "./segment.js";
import { checkSegmentFile, Doubt, openSegmentFile, type SegmentPlace } from "./segment-file.js";
import { stampOf } from "./stamps.js";
import { forgetState, type KnownSegment, type State, uniqueName, writeBeside, writeState } from "./state.js";

export interface StoredSegment extends OpenSegment {
  readonly place: SegmentPlace;
  /** Of its file; `null` where it could not be written. */
  readonly stamp: number | null;
}

export interface SegmentStore {
  /** @throws Doubt */
  open(known: readonly KnownSegment[]): StoredSegment[];
  /** Reads all of them whole. @throws Doubt */
  check(segments: readonly StoredSegment[]): void;
  /** Those that there were, and new ones, some of them joined. */
  keep(segments: readonly StoredSegment[], made: readonly NewSegment[]): StoredSegment[];
  /** Best effort. Without its segments on disk a state is not written. */
  write(state: Omit<State, "segments"> & { readonly segments: readonly StoredSegment[] }): void;
  forget(): void;
}

/** Fewer runs are read as fast as they would be remembered. */
const fewestKept = 32;

export function createSegmentStore(place: CatalogPlace): SegmentStore {
  const { folder, fingerprint, prepare } = place;
  const opened = new Map<string, Segment>();
  const store = (made: NewSegment, isWorthIt: boolean): StoredSegment => {
    const name = `segment-${uniqueName()}`;
    const isWritten = isWorthIt && isPrepared(prepare) && writeBeside(folder, name, made.bytes);
    if (isWritten) opened.set(name, made.segment);
    const stamp = isWritten ? stampOf(join(folder, name), [""]).sum : null;
    return { name, place: made.place, stamp, segment: made.segment, dropped: new Set() };
  };
  return {
    open(known) {
      const names = new Set(known.map(({ name }) => name));
      for (const [name, segment] of opened)
        if (!names.has(name)) {
          segment.close();
          opened.delete(name);
        }
      return known.map(({ name, place, stamp, dropped }) => {
        const path = join(folder, name);
        if (stampOf(path, [""]).sum !== stamp) throw new Doubt(`${path} was changed`);
        const segment = opened.get(name) ?? openSegment(openSegmentFile(path, place));
        opened.set(name, segment);
        return { name, place, stamp, segment, dropped: new Set(dropped) };
      });
    },
    check(segments) {
      for (const { name, place, stamp } of segments)
        if (stamp !== null) checkSegmentFile(join(folder, name), place);
    },
    keep(segments, made) {
      const coming = made.reduce((sum, { segment }) => sum + segment.rows, 0);
      const all = segments.reduce((sum, { segment }) => sum + segment.rows, coming);
      const isWorthIt = all >= fewestKept;
      if (coming === 0) return [...segments];
      const toJoin = made.length === 1 ? segmentsToJoin(segments, coming) : [];
      const fresh = made.map(({ segment }) => ({ segment, dropped: new Set<number>() }));
      const joined = toJoin.length === 0 ? undefined : joinSegments([...toJoin, ...fresh]);
      const rest = segments.filter((segment) => !toJoin.includes(segment));
      return [
        ...rest,
        ...(joined === undefined ? made : [joined]).map((segment) => store(segment, isWorthIt)),
      ];
    },
    write({ segments, ...state }) {
      const written = segments.flatMap(({ name, place, stamp, dropped }) =>
        stamp === null ? [] : { name, place, stamp, dropped: [...dropped] },
      );
      if (segments.length === 0 || written.length < segments.length) return;
      writeState(folder, fingerprint, { ...state, segments: written });
    },
    forget() {
      for (const segment of opened.values()) segment.close();
      opened.clear();
      forgetState(folder);
    },
  };
}

function isPrepared(prepare: () => void): boolean {
  try {
    prepare();
    return true;
  } catch {
    return false;
  }
}
