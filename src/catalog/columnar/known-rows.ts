/** The rows of all segments that still hold, and those that do no more. */
import type { Segment } from "./segment.js";
import { stampOf } from "./stamps.js";

export interface KnownRow {
  readonly segment: OpenSegment;
  readonly row: number;
  readonly id: string;
}

export interface OpenSegment {
  readonly name: string;
  readonly segment: Segment;
  readonly dropped: Set<number>;
}

export interface KnownRows {
  readonly segments: readonly OpenSegment[];
  readonly count: number;
  /** How often a row was dropped. */
  readonly drops: number;
  find(id: string): KnownRow | undefined;
  /** Those of them that there are. */
  findAll(ids: readonly string[]): KnownRow[];
  drop(known: KnownRow): void;
  /** Drops all rows whose id begins like this and is not among the names; gives the ids of the others. */
  keepOnly(beginning: string, names: ReadonlySet<string>): Set<string>;
  /** Whether what the run rests on is as it was when it was read. */
  isAsRead(known: KnownRow): boolean;
  all(): Generator<KnownRow>;
}

export function createKnownRows(
  segments: readonly OpenSegment[],
  folderOf: (id: string) => string,
): KnownRows {
  let drops = 0;
  const rows: KnownRows = {
    segments,
    get count() {
      return segments.reduce((sum, { segment, dropped }) => sum + segment.rows - dropped.size, 0);
    },
    get drops() {
      return drops;
    },
    find(id) {
      for (const segment of segments) {
        const row = segment.segment.rowOf(id);
        if (row >= 0 && !segment.dropped.has(row)) return { segment, row, id };
      }
      return undefined;
    },
    findAll: (ids) => [...new Set(ids)].flatMap((id) => rows.find(id) ?? []),
    drop({ segment, row }) {
      segment.dropped.add(row);
      drops += 1;
    },
    keepOnly(beginning, names) {
      const kept = new Set<string>();
      for (const segment of segments) {
        // The first of all ids that begin like this is not above this one.
        const from = segment.segment.firstNotAbove(`${beginning}~`);
        for (let row = from; row < segment.segment.rows; row += 1) {
          const id = segment.segment.idAt(row);
          if (!id.startsWith(beginning)) break;
          if (segment.dropped.has(row)) continue;
          if (names.has(id)) kept.add(id);
          else rows.drop({ segment, row, id });
        }
      }
      return kept;
    },
    isAsRead({ segment: { segment }, row, id }) {
      const paths = segment.cell("rests on", row) as readonly string[];
      return stampOf(folderOf(id), paths).sum === segment.sumAt(row);
    },
    *all() {
      for (const segment of segments)
        for (let row = 0; row < segment.segment.rows; row += 1)
          if (!segment.dropped.has(row)) yield { segment, row, id: segment.segment.idAt(row) };
    },
  };
  return rows;
}
