/**
 * What is asked about the recorded runs as a whole. The records are the truth; a catalog answers from them, or from what it derived of
 * them, and never says anything else. Every implementation passes the suite in `test/catalog/`.
 *
 * `S`: what a list shows of a run, an object that JSON can hold; a catalog hands it on without a look into it.
 */
import type { ColophonError } from "../errors.js";
import type { QueriedRun } from "../query/queried-run.js";
import type { Field, Query } from "../query/query.js";
import type { SortKey } from "../query/sort.js";

export interface Catalog<S extends object> {
  /** The newest runs, those that cannot be loaded among them. */
  listNewest(request: NewestRequest): Promise<NewestRuns<S>>;
  /** The runs that match. Those that cannot be loaded cannot be asked. */
  findRuns(question: Question): Promise<FoundRuns<S>>;
  /** The names of the metrics that the matching runs have, sorted. */
  listMetrics(question: Pick<Question, "queries" | "tag">): Promise<readonly string[]>;
}

export interface NewestRequest {
  /** The most that are listed; `null` for all. */
  readonly limit: number | null;
  /** Only runs that have this tag now. */
  readonly tag: string | null;
}

export interface NewestRuns<S extends object> {
  /** Newest `started_at` first, then by id. */
  readonly runs: readonly ListedRun<S>[];
  /** How many there are, listed or not. */
  readonly total: number;
}

/** Either `run` or `error` is `null`. */
export interface ListedRun<S extends object> {
  readonly id: string;
  /** Where its files are, as the catalog knows it. */
  readonly folder: string;
  readonly run: S | null;
  /** Why it cannot be loaded. */
  readonly error: ColophonError | null;
}

export interface Question {
  /** All of them have to match. */
  readonly queries: readonly Query[];
  /** Only runs that have this tag now. */
  readonly tag: string | null;
  /** Where it says nothing, the newest run comes first. */
  readonly sort: readonly SortKey[];
  readonly limit: number | null;
  /** What of the runs will be looked at, besides id, name, status and folder; `null` for everything. */
  readonly fields: readonly Field[] | null;
  /** Whether what a list shows of a run is asked for as well. */
  readonly wantsShown: boolean;
}

export interface FoundRun<S extends object> {
  /** Holds at least what was asked for. */
  readonly queried: QueriedRun;
  /** `null` where nobody asked for it. */
  readonly shown: S | null;
}

export interface FoundRuns<S extends object> {
  readonly runs: readonly FoundRun<S>[];
  /** How many match, within the limit or not. */
  readonly total: number;
  /** How many could be asked. */
  readonly asked: number;
  /** How many could not be loaded. */
  readonly notAsked: number;
}

/** The truth that a catalog is made from. */
export interface RunSource<S extends object> {
  /** Of all runs, whether or not they can be loaded. */
  ids(): readonly string[];
  /** Reads and judges one. Never throws for a run that cannot be loaded. */
  read(id: string): Promise<ReadRun<S>>;
  /** What stands in the place of runs and is none, such as links. */
  others(): readonly ListedRun<S>[];
}

export interface ReadRun<S extends object> {
  readonly id: string;
  readonly folder: string;
  /** `null` when it cannot be loaded; `error` says why. */
  readonly run: { readonly queried: QueriedRun; readonly shown: S } | null;
  readonly error: ColophonError | null;
  /** That it has now; also of a run that cannot be loaded, as far as they can be read. */
  readonly tags: readonly string[];
  /**
   * Of a run that has ended and can be loaded: the paths in its folder, POSIX, files and folders, that have to change before anything
   * that was read of it does. `null` for every other: it is read each time.
   */
  readonly restsOn: readonly string[] | null;
}
