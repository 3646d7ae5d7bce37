/** Copies of what was read and searched for secrets. Git stores from them, so nothing else can become an object. */
import { lutimesSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { locatePath, type NamedPath, namePath } from "../../byte-path.js";
import { bytesOf } from "../paths.js";

export type FileMode = "100644" | "100755" | "120000";

export interface Shelf {
  readonly folder: string;
  /** `content` of a link is its target. */
  readonly put: (name: NamedPath, mode: FileMode, content: Buffer) => void;
}

/** Long ago: the index never takes a copy for the file itself, so a comparison with the work tree reads the file. */
const longAgo = 1;

/** A second work tree, with nothing in it but the copies. */
export function treeShelf(folder: string): Shelf {
  mkdirSync(folder, { mode: 0o700 });
  const made = new Set<string>();
  const makeFolder = (bytes: Buffer) => {
    const end = bytes.lastIndexOf(0x2f);
    if (end < 0) return;
    const parent = bytes.subarray(0, end);
    const key = parent.toString("latin1");
    if (made.has(key)) return;
    mkdirSync(locatePath(folder, namePath(parent)), { recursive: true, mode: 0o700 });
    made.add(key);
  };
  return {
    folder,
    put: (name, mode, content) => {
      makeFolder(bytesOf(name));
      const path = locatePath(folder, name);
      if (mode === "120000") {
        symlinkSync(content, path);
        lutimesSync(path, longAgo, longAgo);
      } else {
        writeFileSync(path, content, { flag: "wx", mode: mode === "100755" ? 0o700 : 0o600 });
        utimesSync(path, longAgo, longAgo);
      }
    },
  };
}

/** Files `0`, `1`, … in the order they were put: for what is stored byte for byte, whatever its name. */
export function flatShelf(folder: string): Shelf {
  mkdirSync(folder, { mode: 0o700 });
  let count = 0;
  return {
    folder,
    put: (_name, _mode, content) => {
      writeFileSync(join(folder, String(count)), content, { flag: "wx", mode: 0o600 });
      count += 1;
    },
  };
}
