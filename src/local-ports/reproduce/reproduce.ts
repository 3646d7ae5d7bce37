/** What `colophon reproduce` and `reproduceRun` work with. */

import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { captureMachine } from "../../environment/machine.js";
import { captureAllRuntimes, type Runtimes } from "../../environment/runtimes.js";
import { locate } from "../../files/byte-path.js";
import { statFile } from "../../files/data-file.js";
import { digestContent } from "../../files/digest-content.js";
import { walkFiles } from "../../files/walk.js";
import { findRepositoryHint } from "../../git/repository/find-repository.js";
import { sha256 } from "../../manifest/digest.js";
import type { LoadedArtifact, LoadedRun } from "../../operations/records/load/loaded-run.js";
import type { EnvironmentNow } from "../../operations/reproduce/compare/compare-environment.js";
import type { Places } from "../../operations/reproduce/compare/places.js";
import { commandFacts } from "../../operations/reproduce/read-source.js";
import { inputsOf } from "../../operations/reproduce/recorded-inputs.js";
import type { ReproducePorts } from "../../operations/reproduce/reproduce-run.js";
import type { RecordedCommand } from "../../operations/reproduce/result.js";
import { readMetrics } from "../../store/metrics/read-journals.js";
import type { Project } from "../../store/project.js";
import { readInFolder } from "../../store/runs/run-record.js";
import { openStateFolder } from "../../store/state-folder.js";
import { captureHere } from "../here.js";
import { type RecordPorts as LoadingPorts, recordPorts } from "../records/records.js";
import { verifyPorts } from "../records/verify.js";
import { type RecordingRequest, treeRecorder } from "./reproduce-record.js";
import { treePorts } from "./reproduce-tree.js";

export interface ReproducePortsRequest extends Omit<RecordingRequest, "project"> {
  /** Absolute. */
  readonly directory: string;
  readonly namespace: string | undefined;
  readonly confirm: ReproducePorts["confirm"];
  readonly interrupted: ReproducePorts["interrupted"];
}

export function reproducePorts(
  request: ReproducePortsRequest,
): ReproducePorts & { readonly loading: LoadingPorts } {
  const { directory, env, namespace } = request;
  const loading = recordPorts(directory, env, namespace);
  const { project } = loading;
  const tree = treePorts(project.root, env);
  const recorder = treeRecorder({ ...request, project });
  const { digestData } = verifyPorts(directory, env, { onProgress: request.onProgress });
  return {
    ...tree,
    ...recorder,
    loading,
    digestData,
    here: captureHere(env),
    confirm: request.confirm,
    interrupted: request.interrupted,
    captureEnvironment: (commands, cwd) => captureEnvironment(commands, cwd, project, request),
    digestOfRecord: ({ folder }) => sha256(readFileSync(join(folder, "run_manifest.json"))),
    shown: ({ folder }) => relative(project.root, folder),
    readText: ({ folder }, path) => readFileSync(join(folder, path), "utf8"),
    readMetrics: ({ folder }) => readMetrics(folder),
    recordedPlaces: (source) => recordedPlaces(source, project),
    listFiles,
    readContent,
  };
}

/** What takes longer than this is not known before the command starts; it is recorded with the run all the same. */
const patience = 5000;

async function captureEnvironment(
  commands: readonly RecordedCommand[],
  cwd: string,
  { root, config }: Project,
  { env, entryFile }: ReproducePortsRequest,
): Promise<EnvironmentNow> {
  const words = commands.map(({ argv }) => argv);
  const runtimes = await captureAllRuntimes(words, cwd, env);
  const machine = captureMachine(env, {
    hashIdentity: config.hashIdentity ?? false,
    extraVariables: config.environment ?? [],
  });
  const slowFacts = await gather(runtimes, cwd, root, env, entryFile);
  return { env: runtimes.env, machine, slowFacts };
}

async function gather(
  { interpreter, searchPath }: Runtimes,
  cwd: string,
  root: string,
  env: NodeJS.ProcessEnv,
  entryFile: string,
): Promise<Readonly<Record<string, unknown>>> {
  const { gatherSlowFacts } = await import("../../environment/slow-facts.js");
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(`not ready after ${patience / 1000} s`), patience);
  try {
    const cacheFolder = join(openStateFolder(root), "environment");
    const facts = await gatherSlowFacts(
      { interpreter: interpreter ?? null, searchPath, cwd, env, root, cacheFolder, entryFile },
      controller.signal,
    );
    return facts as unknown as Readonly<Record<string, unknown>>;
  } finally {
    clearTimeout(timer);
  }
}

/** The root is what its inputs' places end behind; where none tells, the run lay where the project lies. */
function recordedPlaces(source: LoadedRun, project: Project): Places {
  const repository = findRepositoryHint(project.root) ?? project.root;
  const { cwd = "." } = commandFacts(source);
  const root = rootByInput(source, cwd) ?? repository;
  const folder = join(root, relative(repository, project.root), String(source.run.output_dir));
  return { root, folder, id: source.id };
}

function rootByInput(source: LoadedRun, cwd: string): string | undefined {
  for (const { authored, resolved } of inputsOf(source).values()) {
    if (authored === null || resolved === null || authored.startsWith("/") || authored.startsWith(".."))
      continue;
    const below = `/${join(cwd, authored)}`;
    if (resolved.endsWith(below)) return resolved.slice(0, -below.length);
  }
  return undefined;
}

const listFiles: ReproducePorts["listFiles"] = async (_, { absolute, availability, how }) => {
  if (availability !== "here" || how === "referenced") return null;
  const files: { path: string; sha256: string }[] = [];
  try {
    const only = statFile(absolute, absolute);
    return [{ path: "", sha256: await digestContent(only) }];
  } catch {
    // A folder, most often.
  }
  try {
    for (const { kind, path } of walkFiles(absolute)) {
      if (kind !== "file") continue;
      const name = Buffer.from(path, "latin1").toString();
      files.push({ path: name, sha256: await digestContent(statFile(locate(absolute, path), name)) });
    }
    return files;
  } catch {
    return null;
  }
};

/** Longer texts are compared by their digests alone. */
const longestText = 64 * 1024 * 1024;

function readContent({ folder }: LoadedRun, artifact: LoadedArtifact, path: string): string | null {
  if (artifact.how === "referenced") return null;
  const bytes = readInFolder(folder, path === "" ? artifact.path : `${artifact.path}/${path}`, longestText);
  if (bytes === null || "code" in bytes) return null;
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return isUtf8(content) && !content.includes(0) ? content.toString() : null;
}
