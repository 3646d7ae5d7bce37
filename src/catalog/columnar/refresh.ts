/**
 * Brings what is remembered up to the records as they are now. What is looked at every time: the list of months, each month's folder, the
 * files that change with the whole work tree, what commands said, and every run that is in no segment. Every other run is looked at
 * where that takes little, when one of these files has changed, and when the last such look is some time ago.
 */
import type { ListedRun, ReadRun, RunSource } from "../catalog.js";
import { createClock } from "./clock.js";
import { createKnownRows, type KnownRows } from "./known-rows.js";
import { type Learned, learn } from "./learn.js";
import { lookAtMonths } from "./months.js";
import { createSegmentStore } from "./segment-store.js";
import { isFolder, stampOf } from "./stamps.js";
import { type Month, nothingRemembered, readState, type State } from "./state.js";
import { readTold, shortenTold } from "./told.js";

/** Where a catalog lies, and what it is of. */
export interface CatalogPlace {
  /** Absolute; made when there is something to keep. */
  readonly folder: string;
  /** Makes the folder above, or throws. */
  readonly prepare: () => void;
  /** Absolute: the folder of the months. */
  readonly records: string;
  readonly folderOf: (id: string) => string;
  readonly isRunId: (name: string) => boolean;
  /** Everything besides the records that their reading depends on. */
  readonly fingerprint: string;
  /** Absolute paths of files that change whenever much of the work tree may have, such as Git's index. */
  readonly watched: readonly string[];
  /** Whether every run is looked at now, whatever is remembered. */
  readonly isFresh: boolean;
}

export interface View<S extends object> {
  readonly rows: KnownRows;
  readonly open: readonly ReadRun<S>[];
  readonly others: readonly ListedRun<S>[];
  /** Whether every run was looked at just now. */
  readonly isChecked: boolean;
}

/** So many can be looked at every time. */
const fewRuns = 1000;
/** After so many milliseconds, all of them are looked at: half a percent of the time, as a look at one takes 25 µs. */
const longestUnchecked = (runs: number) => Math.min(runs * 5, 600_000);

export interface Refresher<S extends object> {
  /** `doubted`: ids of runs that are looked at whatever is remembered of them. @throws Doubt */
  refresh(doubted: readonly string[]): Promise<View<S>>;
  /** Whatever is remembered counts no more. */
  forget(): void;
}

export function createRefresher<S extends object>(
  place: CatalogPlace,
  openSource: () => Promise<RunSource<S>>,
): Refresher<S> {
  let isForgotten = false;
  const store = createSegmentStore(place);
  return {
    async refresh(doubted) {
      const clock = createClock(place);
      const before = isForgotten ? nothingRemembered : readState(place.folder, place.fingerprint);
      isForgotten = false;
      const watched = place.watched.map((path) => stampOf(path, [""]));
      const told = readTold(place.folder, before.told);
      const segments = store.open(before.segments);
      const rows = createKnownRows(segments, place.folderOf);
      const look = lookAtMonths(place, before.months, rows, clock.isSettled);
      const months = { ...look.months };
      const isMoved = watched.some(({ sum }, index) => sum !== before.watched[index]);
      const age = clock.begun - before.checkedAt;
      const isDue = place.isFresh || isMoved || told.isLost || age < 0 || age > longestUnchecked(rows.count);
      if (isDue) store.check(segments);
      const isChecked = isDue || rows.count <= fewRuns;
      const toRead = new Set(Object.values(months).flatMap(({ open }) => open));
      for (const known of isChecked ? rows.all() : rows.findAll([...told.ids, ...doubted]))
        if (!rows.isAsRead(known)) {
          rows.drop(known);
          if (isFolder(place.folderOf(known.id))) toRead.add(known.id);
          else months[monthOf(known.id)] = toBeListed(months[monthOf(known.id)]);
        }
      const mayKeep = (id: string) => months[monthOf(id)]?.hasSettings === false;
      const learned: Learned<S> =
        toRead.size === 0
          ? { made: [], open: [] }
          : await learn([...toRead], await openSource(), clock.isSettled, mayKeep);
      const isNews = look.hasNews || learned.made.length > 0 || rows.drops > 0;
      const kept = store.keep(segments, learned.made);
      if (isNews || (isDue && rows.count > 0) || told.told.read !== before.told.read)
        store.write({
          checkedAt: isChecked ? clock.begun : before.checkedAt,
          watched: isChecked
            ? watched.map((stamp) => (clock.isSettled(stamp) ? stamp.sum : null))
            : before.watched,
          told: isChecked ? shortenTold(place.folder, told.told) : told.told,
          months: withOpen(months, learned.open),
          segments: kept,
        });
      const hasLinks = Object.values(months).some(({ hasLinks }) => hasLinks);
      return {
        rows: createKnownRows(kept, place.folderOf),
        open: learned.open,
        others: hasLinks ? (await openSource()).others() : [],
        isChecked,
      };
    },
    forget() {
      isForgotten = true;
      store.forget();
    },
  };
}

function monthOf(id: string): string {
  return `${id.slice(0, 4)}-${id.slice(4, 6)}`;
}

/** A link where a run was, or a file, or nothing any more: the next look at the month tells which. */
function toBeListed(month: Month | undefined): Month {
  return { open: [], hasSettings: false, ...month, hasLinks: true, stamp: null };
}

/** What is in no segment is looked at the next time. */
function withOpen<S extends object>(months: State["months"], open: readonly ReadRun<S>[]): State["months"] {
  const byMonth = new Map<string, string[]>();
  for (const { id } of open) byMonth.set(monthOf(id), [...(byMonth.get(monthOf(id)) ?? []), id]);
  return Object.fromEntries(
    Object.entries(months).map(([name, month]) => [name, { ...month, open: byMonth.get(name) ?? [] }]),
  );
}
