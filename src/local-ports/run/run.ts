/** What `colophon run` works with. Loaded before the command starts, so nothing heavy is imported at the top. */
import { isUtf8 } from "node:buffer";
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { customRandom } from "nanoid";
import { captureMachine } from "../../environment/machine.js";
import { captureAllRuntimes, type Runtimes } from "../../environment/runtimes.js";
import { FileError } from "../../errors.js";
import { parseSums } from "../../files/sums.js";
import { writeAtomic } from "../../files/write-atomic.js";
import { captureSource } from "../../git/capture.js";
import { findRepositoryHint } from "../../git/repository/find-repository.js";
import { suffixAlphabet, suffixLength } from "../../manifest/ids.js";
import type { DigestPorts } from "../../operations/inputs/digest-inputs.js";
import type { RunPorts } from "../../operations/run/record-run.js";

export { endLike } from "../../process/end.js";

import { identifyProcess } from "../../process/identify-process.js";
import { redactConfigText } from "../../secrets/config-text.js";
import { mergeRedactions } from "../../secrets/redactions.js";
import { redactText } from "../../secrets/text.js";
import { redactMembers } from "../../secrets/values.js";
import { redactWords } from "../../secrets/words.js";
import { readReports, removeReports } from "../../store/metrics/read-reports.js";
import { openProject, type Project } from "../../store/project.js";
import { readDocument } from "../../store/read-document.js";
import { ensureRecordsIgnore } from "../../store/records-ignore.js";
import { previousAttempt, rememberAttempt } from "../../store/runs/attempts.js";
import { createRunFolder, discardRunFolder, writeFact, writeSums } from "../../store/runs/run-folder.js";
import { findEqualRun, rememberRun } from "../../store/runs/run-keys.js";
import { openStateFolder } from "../../store/state-folder.js";
import { version } from "../../version.js";
import { now } from "../clock.js";
import { foldersOf, type ProjectFolders, recordsIn } from "../own-folders.js";
import { realPathOf, realPathWithin } from "../path-within.js";
import { codePorts } from "./code.js";
import { type CommandPorts, commandPorts } from "./command.js";
import { askedFigurePorts } from "./figures.js";
import { tellOthers } from "./job.js";

/** A million lines of sha256sum. */
const mostSums = 256 * 1024 * 1024;

export interface RunPortsRequest {
  /** Absolute. */
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
  /** The bundled program itself, which is started a second time to gather slow facts. */
  readonly entryFile: string;
  readonly onProgress: (progress: { path: string; doneBytes: number; totalBytes: number }) => void;
  readonly warn: (line: string) => void;
  /** The streams that the command's stdout and stderr go on to; default 1 and 2. */
  readonly outlets?: readonly [number, number] | undefined;
}

export function runPorts({
  directory,
  env,
  entryFile,
  onProgress,
  warn,
  outlets,
}: RunPortsRequest): RunPorts & CommandPorts {
  let runtimes: Runtimes | undefined;
  const abandoned = new AbortController();
  const command = commandPorts({ env, entryFile, runtimes: () => runtimes, warn, outlets });
  let opened: Project | undefined;
  /** Once: what becomes of `colophon.json` from then on is the next run's. */
  const projectOf = () => {
    opened ??= openProject(directory, findRepositoryHint(directory));
    return opened;
  };
  return {
    now,
    env,
    version,
    // With its own random bytes nanoid would load all of Web Crypto.
    newSuffix: customRandom(suffixAlphabet, suffixLength, randomBytes),
    openProject: projectOf,
    exists: existsSync,
    readConfig: async (shown) => {
      const { readParameterFile } = await import("../../store/parameter-file.js");
      return readParameterFile(resolve(directory, shown), shown);
    },
    captureSource: (from, project) =>
      captureSource(from, {
        env,
        recordsIn: recordsIn(project),
        cache: () => openStateFolder(project.root),
      }),
    captureRuntimes: async (commands, from) => {
      runtimes = await captureAllRuntimes(commands, from, env);
      return runtimes;
    },
    captureMachine: ({ config }) => ({
      ...captureMachine(env, {
        hashIdentity: config.hashIdentity ?? false,
        extraVariables: config.environment ?? [],
      }),
      interpreter: runtimes?.interpreter ?? null,
    }),
    redactWords,
    redactMembers,
    redactText,
    redactConfigText,
    mergeRedactions,
    previousAttempt: ({ root }) => previousAttempt(root, env),
    findEqualRun,
    rememberRun,
    rememberAttempt: (project, id) => {
      rememberAttempt(project.root, env, id);
      tellOthers(project, env, rankOf(env), id);
    },
    ...digestPorts(directory, projectOf, onProgress, abandoned.signal),
    writeAtomic,
    readText: (path) => readFileSync(path, "utf8"),
    findText,
    ensureRecordsIgnore,
    createRunFolder,
    discardRunFolder,
    writeFact,
    visitMetrics: async (folder, visit) =>
      (await import("../../store/metrics/read-journals.js")).visitMetrics(folder, visit),
    readReports,
    removeReports,
    writeSums: async (folder) => {
      const { writeArtifactSums } = await import("../../store/runs/artifacts.js");
      await writeArtifactSums(folder);
      writeSums(folder);
    },
    keepArtifact: async (folder, artifact) =>
      (await import("../../store/runs/artifacts.js")).keepArtifact(folder, artifact),
    digestInRun: async (folder, path) =>
      (await import("../../store/runs/artifacts.js")).digestInRun(folder, path),
    resolveInProject: ({ prepared }, path) => resolve(prepared.project.root, path),
    pathIn: ({ path }, name) => join(path, name),
    identifyProcess,
    ...askedFigurePorts(env),
    ...codePorts(env),
    ...command,
    abandon: async () => {
      abandoned.abort();
      await command.abandon();
    },
  };
}

function findText(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

function digestPorts(
  directory: string,
  projectOf: () => Project,
  onProgress: RunPortsRequest["onProgress"],
  signal: AbortSignal,
): DigestPorts {
  let folders: ProjectFolders | undefined;
  return {
    resolve: (path) => resolve(directory, path),
    resolveFromRoot: (path) => resolve(projectOf().root, path),
    digestInput: async (path) => {
      const [{ digestInput }, { openStatCache }, { tableReader }] = await Promise.all([
        import("../../files/digest-inputs.js"),
        import("../../files/stat-cache.js"),
        import("../../tables/table-reader.js"),
      ]);
      const cache = openStatCache(join(openStateFolder(projectOf().root), "digests"));
      return digestInput(path, { cache, tables: tableReader, onProgress, signal });
    },
    readSums: (path) => {
      const bytes = readDocument(directory, path, mostSums);
      if ("code" in bytes)
        throw new FileError(bytes.code, `--data-sums ${path} ${bytes.message}`, { hint: bytes.hint });
      return parseSums(new TextDecoder().decode(bytes));
    },
    holdsSecret: (text) => Object.keys(redactText(text).redactions).length > 0,
    holdsProject: (path) => {
      folders ??= foldersOf(projectOf());
      const real = realPathOf(path);
      return (
        realPathWithin(real, folders.root) !== undefined ||
        folders.moving.some((folder) => realPathWithin(folder, real) !== undefined)
      );
    },
  };
}

/** The place of this process among those of one job; `null` when it is alone. Asked before anything is recorded. */
export function rankOf(env: NodeJS.ProcessEnv): number | null {
  const launched = Object.keys(env).some((name) =>
    /^(RANK|SLURM_PROCID|OMPI_COMM_WORLD_RANK|PMI_RANK|PMIX_RANK)$/.test(name),
  );
  return launched ? (captureMachine(env).rank?.rank ?? null) : null;
}

/** Whether the bytes of this program's words are not all UTF-8; `false` where the system does not show them. */
export function wordsAreBroken(): boolean {
  try {
    return !isUtf8(readFileSync("/proc/self/cmdline"));
  } catch {
    return false;
  }
}
