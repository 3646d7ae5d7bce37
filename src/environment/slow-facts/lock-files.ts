/** Lock files by digest. They are not parsed: which one a tool followed is the tool's business. */
import { createHash } from "node:crypto";
import { lstatSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import type { LockFile } from "../../generated/types.js";
import { listNames, realFolder } from "../machine/system-files.js";

/** The most authoritative first: what fixes every version, then what fixes some. */
const authority: readonly RegExp[] = [
  /^uv\.lock$/,
  /^pylock(?:\.[^.]+)?\.toml$/,
  /^poetry\.lock$/,
  /^pdm\.lock$/,
  /^Pipfile\.lock$/,
  /^pixi\.lock$/,
  /^conda-lock\.yml$/,
  /^environment\.ya?ml$/,
  /^requirements.*\.txt$/,
  /^(?:npm-shrinkwrap|package-lock)\.json$/,
  /^pnpm-lock\.yaml$/,
  /^yarn\.lock$/,
  /^bun\.lockb?$/,
  /^renv\.lock$/,
  /^Manifest\.toml$/,
  /^Cargo\.lock$/,
];

export interface LockFiles {
  readonly files: readonly LockFile[];
  /** Relative paths of those that could not be read. */
  readonly unreadable: readonly string[];
}

/** Those beside the command and in the folders above it, up to the repository's root; nearer ones first within a rank. */
export function digestLockFiles(root: string, cwd: string): LockFiles {
  const top = realFolder(root);
  const ranked = foldersUpTo(top, realFolder(cwd)).flatMap((folder, distance) =>
    listNames(folder).flatMap((name) => {
      const rank = authority.findIndex((pattern) => pattern.test(name));
      return rank === -1 ? [] : [{ rank, distance, file: join(folder, name) }];
    }),
  );
  ranked.sort((a, b) => a.rank - b.rank || a.distance - b.distance);
  const files: LockFile[] = [];
  const unreadable: string[] = [];
  for (const { file } of ranked) {
    const path = relative(top, file).split(sep).join("/");
    try {
      // A link may lead out of the repository, a FIFO would wait for a writer.
      if (!lstatSync(file).isFile()) continue;
      const bytes = readFileSync(file);
      files.push({
        path,
        sha256: createHash("sha256").update(bytes).digest("hex"),
        size_bytes: bytes.length,
      });
    } catch {
      unreadable.push(path);
    }
  }
  return { files, unreadable };
}

function foldersUpTo(top: string, folder: string): string[] {
  if (folder !== top && !folder.startsWith(top === sep ? sep : top + sep)) return [top];
  return folder === top ? [top] : [folder, ...foldersUpTo(top, dirname(folder))];
}
