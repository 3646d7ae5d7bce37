/** What a command was seen to open, in words: what nobody had declared, and what was not seen. */
import type { DescribedObservation } from "../../../operations/records/describe-run.js";
import { counted } from "../../terminal/counted.js";
import { printable } from "../../terminal/paint.js";
import { listOf } from "./report-code.js";

type Told = Omit<DescribedObservation, "files" | "asked">;

/** What somebody may want to declare, and what is missing, a line each; all of it is a warning. */
export function undeclaredLines(told: Told): string[] {
  const { fault, lost, capped, read_not_declared, written_not_declared } = told;
  const missing = [
    ...(lost > 0 ? [`${counted(lost, "line")} lost`] : []),
    ...(capped > 0 ? ["too many files were opened"] : []),
  ];
  return [
    ...(fault === null ? [] : [`not observed as asked: ${printable(fault)}`]),
    ...listOf("read but not declared", nearFirst(read_not_declared), told.read_not_declared_omitted),
    ...listOf("written but not declared", nearFirst(written_not_declared), told.written_not_declared_omitted),
    ...(missing.length > 0 ? [`not all that was opened is known: ${missing.join(", ")}`] : []),
  ];
}

/** Programs of which nothing is known; `""` where there are none. */
export function unseenWords({ how, blind_spots }: Told): string {
  const names = new Set(blind_spots.flatMap(({ names }) => names));
  const [line = ""] = listOf("what these opened is not known", [...names].sort().map(printable), 0);
  return line === "" || how === "strace" ? line : `${line} (--observe=strace sees it)`;
}

/** Those of the repository before those outside; of a folder with many, the folder. */
function nearFirst(paths: readonly string[]): string[] {
  const isFar = (path: string) => Number(path.startsWith("/"));
  return inFolders([...paths].sort((a, b) => isFar(a) - isFar(b))).map(printable);
}

const many = 4;

function inFolders(paths: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const path of paths) counts.set(folderOf(path), (counts.get(folderOf(path)) ?? 0) + 1);
  const named = paths.map((path) => {
    const folder = folderOf(path);
    const count = counts.get(folder) ?? 0;
    return count < many || folder === "" ? path : `${folder} (${counted(count, "file")})`;
  });
  return [...new Set(named)];
}

/** With the slash at its end; `""` for what lies at the top. */
function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}
