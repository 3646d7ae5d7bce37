/** Brings data into a folder of ours: by links, or by copies where what looks at itself must lie where it is looked for. */
import {
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { dirname, sep } from "node:path";

type Path = string | Buffer;

/**
 * A link for each file, and folders of our own, so that what is written beside the data stays ours. Gives why it cannot be done, or
 * `null`. Nothing is written outside `within`.
 */
export function linkData(from: string, to: string, within: string): string | null {
  try {
    makeParent(to, within);
    linkInto(Buffer.from(realpathSync(from)), Buffer.from(to));
    return null;
  } catch (error) {
    return `it cannot be linked: ${(error as Error).message}`;
  }
}

function linkInto(from: Buffer, to: Buffer): void {
  if (!statSync(from).isDirectory()) {
    rmSync(to, { force: true });
    symlinkSync(from, to);
    return;
  }
  if (lstatSync(to, { throwIfNoEntry: false })?.isDirectory() !== true) {
    rmSync(to, { force: true });
    mkdirSync(to);
  }
  for (const name of readdirSync(from, { encoding: "buffer" })) linkInto(join(from, name), join(to, name));
}

/** One link for a folder of which nothing is to be kept apart; whether it was made. */
export function linkWhole(from: string, to: string, within: string): boolean {
  try {
    makeParent(to, within);
    symlinkSync(realpathSync(from), to);
    return true;
  } catch {
    return false;
  }
}

/** The same file, with its mode; where the file system can, without its bytes. */
export function copyInto(from: Path, to: Path, within: string): void {
  makeParent(to, within);
  rmSync(to, { recursive: true, force: true });
  copyFileSync(from, to, constants.COPYFILE_FICLONE);
}

/** A link of the tree may lead out of it. */
function makeParent(path: Path, within: string): void {
  const folder = Buffer.from(path as string);
  const parent = folder.subarray(0, folder.lastIndexOf(sep));
  let there: Buffer = parent;
  while (!existsSync(there)) there = there.subarray(0, there.lastIndexOf(sep));
  const real = realpathSync(there);
  if (real !== within && !real.startsWith(`${within}${sep}`))
    throw new Error(`${dirname(path.toString())} leads to ${real}`);
  mkdirSync(parent, { recursive: true });
}

function join(folder: Buffer, name: Buffer): Buffer {
  return Buffer.concat([folder, Buffer.from(sep), name]);
}
