/** Records a reproduction: as `colophon run` in the user's project, with a command that works in another tree. */
import { resolve } from "node:path";
import { type CapturedSource, captureSource } from "../../git/capture.js";
import { loadRun } from "../../operations/records/load/load-run.js";
import type { TreePlaces } from "../../operations/reproduce/prepare-tree.js";
import type { RecordedIn, RecordPorts } from "../../operations/reproduce/record-again.js";
import { type RunObserver, type RunPorts, recordRun } from "../../operations/run/record-run.js";
import type { BegunRun, RunRequest } from "../../operations/run/run-request.js";
import type { CommandRequest } from "../../process/command.js";
import type { Project } from "../../store/project.js";
import { recordsIn } from "../own-folders.js";
import { loadPorts } from "../records/records.js";
import { runPorts } from "../run/run.js";

export interface RecordingRequest {
  readonly project: Project;
  readonly env: NodeJS.ProcessEnv;
  readonly entryFile: string;
  readonly warn: (line: string) => void;
  readonly onProgress: (progress: { path: string; doneBytes: number; totalBytes: number }) => void;
  readonly stage: RunObserver["stage"];
}

export interface Recorder {
  readonly captureTree: (places: TreePlaces) => Promise<void>;
  readonly record: RecordPorts["record"];
}

export function treeRecorder(recording: RecordingRequest): Recorder {
  const { env, project } = recording;
  let captured: CapturedSource | undefined;
  return {
    captureTree: async ({ cwd, userRoot }) => {
      // The records are in the user's tree, and in this one only those of the commit, in the same place.
      captured = await captureSource(cwd, { env, recordsIn: () => recordsIn(project)(userRoot) });
    },
    record: async (request, tree) => {
      if (captured === undefined) throw new Error("the tree has not been captured");
      return recordInTree(request, tree, captured, recording);
    },
  };
}

async function recordInTree(
  request: RunRequest,
  { places, inputs }: RecordedIn,
  captured: CapturedSource,
  { project, env, entryFile, warn, onProgress, stage }: RecordingRequest,
): ReturnType<RecordPorts["record"]> {
  // What the command prints is no result of ours.
  const outlets = [2, 2] as const;
  const base = runPorts({ directory: project.root, env, entryFile, onProgress, warn, outlets });
  let begun: BegunRun | undefined;
  let fault: unknown;
  const ports: RunPorts = {
    ...base,
    openProject: () => project,
    captureSource: async () => captured,
    previousAttempt: () => null,
    rememberAttempt: () => {},
    findEqualRun: () => null,
    readReports: (folder) =>
      base.readReports(folder).map((reports) => withoutAsked(reports, request.artifacts)),
    // Until the command starts a path is an input's, which may lie in the user's tree; then it is an artifact's.
    resolve: (path) =>
      (begun === undefined ? inputs.get(path) : undefined) ?? inTree(resolve(places.cwd, path), places),
    resolveInProject: (_, path) => inTree(resolve(places.project, path), places),
    startCommand: (of, command, logs) => base.startCommand(of, commandInTree(command, places), logs),
  };
  try {
    const { end } = await recordRun(request, ports, {
      begun: (run) => {
        begun = run;
      },
      stage,
      ended: () => {},
      unrecorded: (error) => {
        fault = error;
      },
    });
    if (fault !== undefined || begun === undefined) throw fault;
    return { run: loadRun(begun.folder.path, loadPorts(env, project.namespace)), end };
  } catch (error) {
    await base.abandon();
    throw error;
  }
}

/** What the program names itself, and is asked for already, would be there twice. */
function withoutAsked<Reports extends { readonly bytes: Uint8Array | object }>(
  reports: Reports,
  asked: RunRequest["artifacts"],
): Reports {
  if (!(reports.bytes instanceof Uint8Array)) return reports;
  const names = new Set(asked.map(({ name }) => name));
  const lines = Buffer.from(reports.bytes).toString("latin1").split("\n");
  const kept = lines.filter((line) => !names.has(artifactIn(line)));
  return { ...reports, bytes: Buffer.from(kept.join("\n"), "latin1") };
}

/** Of a line that only names an artifact. */
function artifactIn(line: string): string {
  try {
    const {
      artifact,
      time: _,
      ...others
    } = JSON.parse(line) as { artifact?: { name?: string }; time?: unknown };
    return Object.keys(others).length === 0 ? (artifact?.name ?? "") : "";
  } catch {
    return "";
  }
}

/** What was named by a place in the user's tree is meant of this one. */
function inTree(path: string, { root, userRoot }: TreePlaces): string {
  return path.startsWith(`${userRoot}/`) ? root + path.slice(userRoot.length) : path;
}

/** In its folder, and without what ties a process to the repository or folder that it was started in. */
function commandInTree(command: CommandRequest, places: TreePlaces): CommandRequest {
  const cwd = command.cwd === places.userProject ? places.project : command.cwd;
  const entries = Object.entries(command.env).filter(
    ([name]) => !/^(GIT_(DIR|WORK_TREE|INDEX_FILE|PREFIX|COMMON_DIR|OBJECT_DIRECTORY)|OLDPWD)$/.test(name),
  );
  return { ...command, cwd, env: { ...Object.fromEntries(entries), PWD: cwd } };
}
