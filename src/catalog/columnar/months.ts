/** Which runs there are: folders of months, listed again when they have changed. */
import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { KnownRows } from "./known-rows.js";
import type { CatalogPlace } from "./refresh.js";
import { type Stamp, stampOf } from "./stamps.js";
import type { Month, State } from "./state.js";

export interface MonthsLook {
  readonly months: Readonly<Record<string, Month>>;
  /** Whether something can be remembered; what changed just now is listed again. */
  readonly hasNews: boolean;
}

/** Rows of runs that are no more there are dropped from `rows`. */
export function lookAtMonths(
  { records, isRunId }: Pick<CatalogPlace, "records" | "isRunId">,
  before: State["months"],
  rows: KnownRows,
  isSettled: (stamp: Stamp) => boolean,
): MonthsLook {
  const months: Record<string, Month> = {};
  let hasNews = false;
  for (const name of namesIn(records)) {
    if (!/^[0-9]{4}-[0-9]{2}$/.test(name)) continue;
    const folder = `${records}/${name}`;
    const stamp = stampOf(folder, [""]);
    if (stamp.hasLink) continue;
    const known = Object.hasOwn(before, name) ? before[name] : undefined;
    if (known !== undefined && known.stamp === stamp.sum) {
      months[name] = known;
      continue;
    }
    const listed = listMonth(folder, name, rows, isRunId);
    months[name] = { ...listed, stamp: isSettled(stamp) ? stamp.sum : null };
    hasNews ||= months[name].stamp !== null;
  }
  for (const name of Object.keys(before))
    if (!Object.hasOwn(months, name)) {
      hasNews = true;
      rows.keepOnly(prefixOf(name), new Set());
    }
  return { months, hasNews };
}

/** As ids begin: `2026-11` → `202611` */
function prefixOf(month: string): string {
  return month.replace("-", "");
}

function listMonth(
  folder: string,
  month: string,
  rows: KnownRows,
  isRunId: (name: string) => boolean,
): Omit<Month, "stamp"> {
  const names = new Set(namesIn(folder));
  const hasSettings = names.has("colophon.json");
  const known = rows.keepOnly(prefixOf(month), hasSettings ? new Set() : names);
  let hasLinks = false;
  const open: string[] = [];
  for (const name of names) {
    if (known.has(name)) continue;
    const stats = lstatSync(join(folder, name), { throwIfNoEntry: false });
    if (stats?.isSymbolicLink()) hasLinks = true;
    if (stats?.isDirectory() && isRunId(name) && name.startsWith(prefixOf(month))) open.push(name);
  }
  return { open, hasLinks, hasSettings };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

function isAbsent(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");
}
