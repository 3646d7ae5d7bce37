/** The folder of one run: made once, by one process, with files that are written once. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";
import { FileError } from "../../errors.js";
import { formatSums } from "../../files/sums.js";
import { writeAtomic, writeNew } from "../../files/write-atomic.js";
import { formatDisk } from "../../manifest/canonical.js";
import { sha256 } from "../../manifest/digest.js";
import { folderOfExperiment } from "../../manifest/ids.js";
import type { Project } from "../project.js";
import { ignoreItself, isUntrackedInRunFolder } from "../records-ignore.js";

export const factsFolder = "00_run_metadata";

export interface RunFolder {
  readonly id: string;
  /** Absolute. */
  readonly path: string;
  /** Relative to the project's root, POSIX: as it is shown, and as Git knows it. */
  readonly shown: string;
  readonly logs: string;
}

/** `undefined` when the id is taken: the caller draws another one. */
export function createRunFolder(project: Project, id: string): RunFolder | undefined {
  const shown = posix.join(project.records, folderOfExperiment(id));
  const path = join(project.root, shown);
  try {
    mkdirSync(join(path, ".."), { recursive: true });
    mkdirSync(path);
    mkdirSync(join(path, factsFolder));
    mkdirSync(join(path, "logs"), { mode: 0o700 });
    ignoreItself(join(path, "logs"));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST" && existsSync(path)) return undefined;
    throw new FileError(
      "RECORDS_NOT_WRITABLE",
      `cannot make the run folder ${path}: ${(cause as Error).message}`,
      {
        hint: `Make ${join(project.root, project.records)} a folder that you may write to, or name another under "records" in colophon.json.`,
        cause,
      },
    );
  }
  return { id, path, shown, logs: join(path, "logs") };
}

/** Removes a folder that nobody has been told of yet. */
export function discardRunFolder({ path }: RunFolder): void {
  rmSync(path, { recursive: true, force: true });
}

/** A file in `00_run_metadata/`; gives its path relative to the run folder. */
export function writeFact(folder: RunFolder, name: string, content: string | object): string {
  const path = posix.join(factsFolder, name);
  writeNew(join(folder.path, path), typeof content === "string" ? content : formatDisk(content));
  return path;
}

/** `SHA256SUMS` over the tracked files of a run that has ended; `sha256sum -c` accepts it. */
export function writeSums(folder: RunFolder): void {
  const frozen = readdirSync(folder.path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder.path, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((path) => !isUntrackedInRunFolder(path) && !changesLater.has(path))
    .sort();
  const entries = frozen.map((path) => ({
    path,
    sha256: sha256(readFileSync(join(folder.path, path))),
  }));
  writeAtomic(join(folder.path, sumsName), formatSums(entries));
}

const sumsName = "SHA256SUMS";

/** Files that people may add to at any time, and the list itself. */
const changesLater = new Set([`${factsFolder}/notes.jsonl`, "reconciled.jsonl", sumsName]);
