/** Containment of paths after links are resolved. */
import { realpathSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";

/** Without links, also where only the beginning of the path is there yet. */
export function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPathOf(parent), basename(path));
  }
}

/** `path` relative to `folder`, POSIX, or `undefined` when it lies outside. */
export function pathWithin(folder: string, path: string): string | undefined {
  return realPathWithin(realPathOf(folder), realPathOf(path));
}

/** The same of two paths without links. */
export function realPathWithin(folder: string, path: string): string | undefined {
  const inside = relative(folder, path);
  return inside === ".." || inside.startsWith(`..${sep}`) ? undefined : inside.split(sep).join("/");
}
