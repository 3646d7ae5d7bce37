/** Makes an opened work tree what the command found: what Git does not have is brought from the user's tree, if it is still the same. */
import type { Drift, SnapshotFacts } from "../../generated/types.js";
import { kinds } from "../../kinds/table.js";
import { capabilityOf } from "../records/load/extension.js";
import type { LoadedRun } from "../records/load/loaded-run.js";
import { bringInputs, type InputPorts } from "./bring-inputs.js";
import { bringObserved } from "./bring-observed.js";
import { missing } from "./missing.js";
import type { RecordedSource } from "./read-source.js";
import type { Brought, Missing, RecordedCommand } from "./result.js";

/** Absolute places of one attempt. */
export interface TreePlaces {
  readonly scratch: string;
  readonly root: string;
  /** Where the command runs, and where the project lies. */
  readonly cwd: string;
  readonly project: string;
  /** The same in the user's tree. */
  readonly userRoot: string;
  readonly userCwd: string;
  readonly userProject: string;
}

type LeftOut = SnapshotFacts["left_out"][number];

export interface TreePorts extends InputPorts {
  /** Copies a file of the user's that is still as recorded; gives why not, or `null`. `sha256`: null where only size and time tell. */
  readonly restoreFile: (file: LeftOut, sha256: string | null, places: TreePlaces) => Promise<string | null>;
  /** Remembers the tree as the record of the attempt shall have it: before anything but code is in it. */
  readonly captureTree: (places: TreePlaces) => Promise<void>;
  /** Makes a folder that is not there, if the user's tree has it; without a place in that, in any case. Gives whether it did. */
  readonly makeFolder: (path: string, users: string | null) => boolean;
  /** Links the folders of installed packages that Git ignores; gives their paths. */
  readonly linkEnvironments: (places: TreePlaces) => readonly Brought[];
  readonly findProgram: (word: string, directory: string) => "executable" | "not-executable" | "missing";
}

export interface PreparedTree {
  /** Where each input lies, by its path as typed. */
  readonly inputs: ReadonlyMap<string, string>;
  readonly brought: readonly Brought[];
  readonly missing: readonly Missing[];
  readonly notes: readonly string[];
}

export async function prepareTree(
  loaded: LoadedRun,
  source: RecordedSource,
  commands: readonly RecordedCommand[],
  places: TreePlaces,
  ports: TreePorts,
): Promise<PreparedTree> {
  const leftOut = await restoreLeftOut(loaded, places, ports);
  const folders = makeFolders(source, places, ports);
  await ports.captureTree(places);
  const inputs = await bringInputs(loaded, places, ports);
  const reads = await bringObserved(loaded, places, ports);
  const environments = ports.linkEnvironments(places);
  return {
    inputs: inputs.places,
    brought: [...leftOut.brought, ...folders, ...inputs.brought, ...reads.brought, ...environments],
    missing: [...leftOut.missing, ...inputs.missing, ...findPrograms(loaded, commands, places, ports)],
    notes: [...leftOut.notes, ...inputs.notes, ...reads.notes],
  };
}

async function restoreLeftOut(
  { manifest, run }: LoadedRun,
  places: TreePlaces,
  ports: TreePorts,
): Promise<Pick<PreparedTree, "brought" | "missing" | "notes">> {
  const snapshot = capabilityOf(manifest, kinds.experiment, "snapshot") as SnapshotFacts | null;
  const drift = capabilityOf(run, kinds.run, "drift") as Drift | null;
  // What was too large to be read before the command started was read beside it.
  const later = new Map(drift?.left_out.map(({ path, sha256 }) => [path, sha256]));
  const [brought, gone, notes]: [Brought[], Missing[], string[]] = [[], [], []];
  for (const file of snapshot?.left_out ?? []) {
    const { path, reason } = file;
    if (reason === "not_a_file" || reason === "vanished") {
      notes.push(`${path} was left out of the snapshot: ${reason.replaceAll("_", " ")}`);
      continue;
    }
    const why = await ports.restoreFile(file, file.sha256 ?? later.get(path) ?? null, places);
    if (why === null) brought.push({ path, what: "left-out", from: `${places.userRoot}/${path}` });
    else
      gone.push(
        missing("left-out", path, `left out of the snapshot (${reason.replaceAll("_", " ")}), and ${why}`),
      );
  }
  return { brought, missing: gone, notes };
}

/** An empty folder, or one of ignored files only, is in no tree; the command may count on it all the same. */
function makeFolders(source: RecordedSource, places: TreePlaces, ports: TreePorts): Brought[] {
  const { cwd, userCwd, project, userProject, root } = places;
  const parents = [
    ...source.artifacts.map(({ path }) => [
      ports.resolve(cwd, `${path}/..`),
      ports.resolve(userCwd, `${path}/..`),
    ]),
    ...source.stageArtifacts.map((path) => [
      ports.resolve(project, `${path}/..`),
      ports.resolve(userProject, `${path}/..`),
    ]),
  ] as const;
  ports.makeFolder(cwd, null);
  const made = parents.flatMap(([path = "", users = ""]): Brought[] => {
    const below = ports.within(root, path);
    if (below === undefined || below === "" || !ports.makeFolder(path, users)) return [];
    return [{ path: below, what: "folder", from: users }];
  });
  return made.filter(({ path }, index) => made.findIndex((one) => one.path === path) === index);
}

/** A program that was not there then need not be there now. */
function findPrograms(
  { run }: LoadedRun,
  commands: readonly RecordedCommand[],
  { cwd, project }: TreePlaces,
  { findProgram }: TreePorts,
): Missing[] {
  const cause = capabilityOf(run, kinds.run, "result")?.cause;
  if (cause === "not_found" || cause === "not_executable") return [];
  const words = commands.map(
    ({ stage, argv: [word = ""] }) => [word, stage === null ? cwd : project] as const,
  );
  return words.flatMap(([word, directory]) => {
    const found = findProgram(word, directory);
    if (found === "executable") return [];
    const reason = found === "missing" ? "there is no such program here" : "it cannot be executed here";
    return [missing("program", word, reason, "Install it, or name another: --argument 0=PROGRAM")];
  });
}
