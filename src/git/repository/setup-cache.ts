/** What is remembered of a repository between two captures, each part with what it depends on. Any doubt forgets it. */

import { randomBytes } from "node:crypto";
import { lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { IndexFacts } from "../status/index-facts.js";
import type { CodeTree } from "../trees/code-tree.js";
import type { Configuration } from "./configuration.js";
import type { Head, Layout } from "./layout.js";
import type { Stamp } from "./stamps.js";

export interface Remembered {
  readonly program?: { readonly stamp: Stamp; readonly version: string };
  readonly layout?: RememberedLayout;
  /** A commit's tree never changes. */
  readonly head?: Head;
  readonly code?: CodeTree;
  readonly index?: { readonly stamp: Stamp; readonly facts: IndexFacts };
}

export interface RememberedLayout {
  readonly stamps: readonly Stamp[];
  readonly variables: readonly (string | null)[];
  readonly layout: Layout;
  /** Addresses in it are already without credentials. */
  readonly configuration: Configuration;
}

/** Raised whenever a part changes its form. */
const cacheVersion = 1;
const fileName = "git.json";
const largestCache = 4 * 1024 * 1024;

export function readCache(folder: string | undefined): Remembered {
  if (folder === undefined || !isPlainFolder(folder)) return {};
  try {
    const path = join(folder, fileName);
    const { size } = lstatSync(path);
    if (size > largestCache) return {};
    const { cache_version, ...remembered } = JSON.parse(readFileSync(path, "utf8"));
    return cache_version === cacheVersion ? remembered : {};
  } catch {
    return {};
  }
}

/** Best effort: a folder that is absent, read-only or a link elsewhere costs the next capture two milliseconds, nothing else. */
export function writeCache(folder: string | undefined, remembered: Remembered): void {
  if (folder === undefined || !isPlainFolder(folder)) return;
  const temporary = join(folder, `${fileName}.${randomBytes(8).toString("hex")}`);
  try {
    writeFileSync(temporary, JSON.stringify({ cache_version: cacheVersion, ...remembered }), { flag: "wx" });
    renameSync(temporary, join(folder, fileName));
  } catch {
    try {
      rmSync(temporary, { force: true });
    } catch {} // What cannot be written can perhaps not be removed either.
  }
}

function isPlainFolder(folder: string): boolean {
  return lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
