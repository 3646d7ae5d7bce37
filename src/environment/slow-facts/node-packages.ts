/** The top level of the nearest `node_modules`, read from the folders themselves: whatever installed them. */
import { readFileSync, realpathSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import type { NodePackage } from "../../generated/types.js";
import { listNames, realFolder } from "../machine/system-files.js";
import { gap, type Part, type SlowFactsRequest } from "./part.js";
import { digestPackages } from "./python-packages.js";

const what = "node packages";

export function listNodePackages({ root, cwd }: SlowFactsRequest): Part {
  const top = realFolder(root);
  const folder = findNodeModules(top, realFolder(cwd));
  if (folder === undefined) return { what, facts: {}, gaps: [], lasting: true };
  const list: NodePackage[] = [];
  let unreadable = 0;
  for (const name of packageNames(folder)) {
    const version = findVersion(top, join(folder, name));
    if (version === undefined) unreadable++;
    else list.push({ name, version });
  }
  const gaps =
    unreadable === 0
      ? []
      : [gap(what, `${unreadable} of them have no readable package.json inside the repository`)];
  return { what, facts: { packages: { node: { sha256: digestPackages(list), list } } }, gaps, lasting: true };
}

export function findNodeModules(top: string, folder: string): string | undefined {
  for (let current = folder; ; current = dirname(current)) {
    const candidate = join(current, "node_modules");
    if (listNames(candidate).length > 0) return candidate;
    if (current === top || current === dirname(current)) return undefined;
  }
}

function packageNames(folder: string): string[] {
  const names = listNames(folder).filter((name) => !name.startsWith("."));
  return names
    .flatMap((name) =>
      name.startsWith("@") ? listNames(join(folder, name)).map((rest) => `${name}/${rest}`) : [name],
    )
    .sort();
}

/** `undefined` when there is no record to read; pnpm and workspaces link, but what lies outside the repository stays unread. */
function findVersion(top: string, folder: string): string | null | undefined {
  try {
    const file = realpathSync(join(folder, "package.json"));
    if (!file.startsWith(top + sep)) return undefined;
    const record: { version?: unknown } | null = JSON.parse(readFileSync(file, "utf8"));
    return typeof record?.version === "string" && record.version !== "" ? record.version : null;
  } catch {
    return undefined;
  }
}
