/** `.gitignore` of the records folder: what of a run stays out of Git. Everything else below the folder is the user's. */
import { existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FileError } from "../errors.js";
import { writeAtomic } from "../files/write-atomic.js";
import { idAsGlob, monthAsGlob } from "../manifest/ids.js";
import type { Project } from "./project.js";

/** Directly below a run folder: large, or only of use on the machine that made it. */
const untracked = ["metrics*.jsonl", "samples*", "logs/", "artifacts/"];

const ignoreLines = untracked.map((pattern) => `/${monthAsGlob}/${idAsGlob}/${pattern}`);

export const recordsIgnore = `# Written by Colophon: what is large in the folder of a run stays out of Git. Everything else here is yours.
${ignoreLines.join("\n")}
`;

export interface RecordsIgnore {
  readonly status: "written" | "present";
  /** Absolute. */
  readonly path: string;
  /** Lines that a file of the user's own lacks; their file is never changed. */
  readonly missing: readonly string[];
}

/** Makes the records folder and its `.gitignore` where they are missing. */
export function ensureRecordsIgnore({ root, records }: Pick<Project, "root" | "records">): RecordsIgnore {
  const folder = join(root, records);
  const file = join(folder, ".gitignore");
  if (existsSync(file)) {
    const present = new Set(readFileSync(file, "utf8").split(/\r?\n/));
    return { status: "present", path: file, missing: ignoreLines.filter((line) => !present.has(line)) };
  }
  makeFolder(folder);
  writeAtomic(file, recordsIgnore);
  return { status: "written", path: file, missing: [] };
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new FileError(
      "RECORDS_NOT_WRITABLE",
      `cannot make the folder ${folder}: ${(cause as Error).message}`,
      {
        hint: `Make ${folder} a folder that you may write to, or name another under "records" in colophon.json.`,
        cause,
      },
    );
  }
}

/** Whether a path below a run folder, POSIX, is one that Git is told to leave out. */
export function isUntrackedInRunFolder(path: string): boolean {
  return /^(metrics[^/]*\.jsonl|samples[^/]*|logs|artifacts)(\/|$)/.test(path);
}

const broughtHere = "# Brought here by colophon pull: the run was made elsewhere.\n";

/** On a branch without the records their `.gitignore` is not there either: what is not for Git says so where it lies. */
export function ignoreItself(folder: string, { isBrought = false } = {}): void {
  const file = join(folder, ".gitignore");
  if (!existsSync(file)) writeFileSync(file, `${isBrought ? broughtHere : ""}*\n`);
}

/** Whether the run was made in this very folder: its logs are here, and were not brought. */
export function isMadeHere(runFolder: string): boolean {
  const folder = join(runFolder, "logs");
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) return false;
  try {
    return !readFileSync(join(folder, ".gitignore"), "utf8").startsWith(broughtHere);
  } catch {
    return true; // Only a pull writes that word.
  }
}
