/** What the recorded command was seen to read though nobody had declared it: brought while it is still the same, else told. */
import type { ObservedFiles } from "../../generated/types.js";
import type { LoadedRun } from "../records/load/loaded-run.js";
import type { InputPorts } from "./bring-inputs.js";
import type { TreePlaces } from "./prepare-tree.js";
import type { Brought } from "./result.js";

export interface BroughtReads {
  readonly brought: readonly Brought[];
  readonly notes: readonly string[];
}

export async function bringObserved(
  { observation }: LoadedRun,
  places: TreePlaces,
  ports: InputPorts,
): Promise<BroughtReads> {
  const [brought, notes]: [Brought[], string[]] = [[], []];
  for (const file of readsIn(observation)) {
    const { path } = file;
    const isInside = file.place === "inside";
    const here = isInside ? ports.resolve(places.root, path) : path;
    if (await isSame(here, file, ports)) continue;
    const users = ports.resolve(places.userRoot, path);
    if (!isInside || !(await isSame(users, file, ports))) {
      notes.push(`${path}, which the recorded command read, is not what it was`);
      continue;
    }
    const why = ports.linkData(users, here, places.scratch);
    if (why === null) brought.push({ path, what: "read", from: users });
    else notes.push(`${path}, which the recorded command read: ${why}`);
  }
  return { brought, notes };
}

type ObservedFile = ObservedFiles["files"][number];

/** With a digest of what was read, and a name to look for. */
function readsIn(observation: ObservedFiles | null): readonly ObservedFile[] {
  const undeclared = new Set(observation?.read_not_declared.map(({ path }) => path));
  const isKnown = ({ path, path_base64, state, sha256, place }: ObservedFile) =>
    path_base64 === undefined &&
    state === "as_opened" &&
    sha256 !== null &&
    !path.includes("«redacted:") &&
    path.startsWith("/") === (place === "outside") &&
    !path.split("/").includes("..");
  return (observation?.files ?? []).filter((file) => undeclared.has(file.path) && isKnown(file));
}

async function isSame(path: string, { sha256, size_bytes }: ObservedFile, { digestData }: InputPorts) {
  const answer = await digestData(path, size_bytes);
  return answer.state === "read" && answer.sha256 === sha256;
}
