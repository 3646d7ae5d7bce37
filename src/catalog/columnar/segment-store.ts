/** The segments on disk. Those that are open stay open, as they never change. */
import { join } from "node:path";
import type { OpenSegment } from "./known-rows.js";
import { joinSegments, type NewSegment, segmentsToJoin } from "./learn.js";
import type { CatalogPlace } from "./refresh.js";
import { openSegment, type Segment } from "./segment.js";
import { openSegmentFile, type SegmentPlace } from "./segment-file.js";
import { forgetState, type KnownSegment, type State, uniqueName, writeBeside, writeState } from "./state.js";

export interface StoredSegment extends OpenSegment {
  readonly place: SegmentPlace;
  readonly isWritten: boolean;
}

export interface SegmentStore {
  /** @throws Doubt */
  open(known: readonly KnownSegment[]): StoredSegment[];
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
    return { name, place: made.place, segment: made.segment, dropped: new Set(), isWritten };
  };
  return {
    open(known) {
      const names = new Set(known.map(({ name }) => name));
      for (const [name, segment] of opened)
        if (!names.has(name)) {
          segment.close();
          opened.delete(name);
        }
      return known.map(({ name, place, dropped }) => {
        const segment = opened.get(name) ?? openSegment(openSegmentFile(join(folder, name), place));
        opened.set(name, segment);
        return { name, place, segment, dropped: new Set(dropped), isWritten: true };
      });
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
      if (segments.length === 0 || !segments.every(({ isWritten }) => isWritten)) return;
      writeState(folder, fingerprint, {
        ...state,
        segments: segments.map(({ name, place, dropped }) => ({ name, place, dropped: [...dropped] })),
      });
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
