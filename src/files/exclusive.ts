/**
 * One at a time, over processes, also when one of them is killed. The lock is a folder that holds a file named for its owner: a folder
 * can be renamed over an empty one and over no other, so that taking it is one step, and what a dead owner left is taken away by its own
 * name, which nobody else has.
 */
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { FileError } from "../errors.js";
import { errnoOf } from "./write-faults.js";

export interface Owner {
  /** Of this piece of work and no other; a file may be called that. */
  readonly name: string;
  /** Whether the process of that name lives; `undefined` where it cannot be told from here. */
  readonly lives: (name: string) => boolean | undefined;
}

export interface Waiting {
  /** Milliseconds between two looks, and until we give up. */
  readonly between: number;
  readonly atMost: number;
}

/** `folder` need not exist; the one above it is made. @throws FileError `STILL_LOCKED` */
export async function exclusively<T>(
  folder: string,
  owner: Owner,
  work: () => T,
  waiting: Waiting,
): Promise<T> {
  await take(folder, owner, waiting);
  try {
    return work();
  } finally {
    // Who removed the whole folder meanwhile has removed that, too.
    rmSync(join(folder, owner.name), { force: true });
  }
}

async function take(folder: string, owner: Owner, { between, atMost }: Waiting): Promise<void> {
  const begun = performance.now();
  const own = `${folder}.${owner.name}`;
  rmSync(own, { recursive: true, force: true });
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, owner.name), "");
  try {
    while (!isTaken(own, folder)) {
      const [holder] = holdersOf(folder);
      if (holder !== undefined && owner.lives(holder) === false) forget(folder, holder);
      else if (performance.now() - begun > atMost) throw locked(folder, holder);
      else await new Promise((resolve) => setTimeout(resolve, between));
    }
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

/** Whether it is ours now. */
function isTaken(own: string, folder: string): boolean {
  try {
    renameSync(own, folder);
    return true;
  } catch (error) {
    const errno = errnoOf(error) ?? "";
    if (errno === "ENOTEMPTY" || errno === "EEXIST") return false;
    throw error;
  }
}

function holdersOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  }
}

/** Somebody else may have come first. */
function forget(folder: string, holder: string): void {
  rmSync(join(folder, holder), { force: true });
}

function locked(folder: string, holder = "nobody"): FileError {
  return new FileError("STILL_LOCKED", `${holder} still works below ${dirname(folder)}`, {
    hint: `Wait for it; if it ran on another machine and is gone, type: rm -r '${folder.replaceAll("'", "'\\''")}'`,
  });
}
