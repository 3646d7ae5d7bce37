/** Slow facts of an earlier run, kept under a name made of everything they depend on. Disposable: any doubt means gathering again. */
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { uptime } from "node:os";
import { basename, join, sep } from "node:path";
import type { SlowFacts } from "../../generated/types.js";
import { captureNvidiaDriver } from "../machine/nvidia-driver.js";
import { findText, listNames, realFolder } from "../machine/system-files.js";
import { findDistribution, platformName } from "../platform.js";
import type { LockFiles } from "./lock-files.js";
import { findNodeModules } from "./node-packages.js";
import type { SlowFactsRequest } from "./part.js";

export function cacheKey(request: SlowFactsRequest, lockFiles: LockFiles): string {
  const { interpreter, env } = request;
  const program = interpreter === null ? null : (interpreter.executable ?? interpreter.path);
  const facts = [
    findBoot(),
    // A container shares the boot with its host, but little else.
    [platformName(), findDistribution()],
    interpreter,
    program === null ? null : stateOf(program),
    request.searchPath.map((entry) => [entry, stateOfImports(entry, realFolder(request.root))]),
    interpreter?.name === "node" ? stateOfNodeModules(request) : null,
    lockFiles,
    captureNvidiaDriver(),
    // Which devices a process may see is decided by its container or its job.
    [env.NVIDIA_VISIBLE_DEVICES ?? null, env.SLURM_JOB_ID ?? null, visibleDevices()],
  ];
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex");
}

function findBoot(): string {
  const id = findText("/proc/sys/kernel/random/boot_id")?.trim();
  // Elsewhere the minute of the start, which a correction of the clock may move: then the facts are gathered once more.
  return id ?? `started ${Math.round((Date.now() / 1000 - uptime()) / 60)}`;
}

function stateOf(path: string): string {
  try {
    const { mtimeNs, size, ino } = statSync(path, { bigint: true });
    return `${mtimeNs} ${size} ${ino}`;
  } catch {
    return "absent";
  }
}

/** Folders of the repository change with every file a run writes; there only the records of installed packages matter. */
function stateOfImports(entry: string, root: string): unknown {
  const installed = /^(?:site|dist)-packages$/.test(basename(entry));
  if (installed || (entry !== root && !entry.startsWith(root + sep))) return stateOf(entry);
  return listNames(entry)
    .filter((name) => /\.(?:dist|egg)-info$/.test(name))
    .map((name) => [name, stateOf(join(entry, name))]);
}

/** Each installer touches a file of its own when it is done. */
const installersMarks = ["", ".package-lock.json", ".modules.yaml", ".yarn-integrity", ".yarn-state.yml"];

function stateOfNodeModules({ root, cwd }: SlowFactsRequest): unknown {
  const folder = findNodeModules(realFolder(root), realFolder(cwd));
  return folder === undefined ? null : [folder, installersMarks.map((name) => stateOf(join(folder, name)))];
}

function visibleDevices(): unknown {
  const capabilities = "/proc/driver/nvidia/capabilities";
  const devices = listNames("/dev").filter((name) => /^nvidia\d+$/.test(name));
  return [devices, listNames(capabilities).map((gpu) => [gpu, listNames(`${capabilities}/${gpu}/mig`)])];
}

export function findCached(cacheFolder: string, key: string): SlowFacts | undefined {
  try {
    const facts: SlowFacts | null = JSON.parse(readFileSync(fileOf(cacheFolder, key), "utf8"));
    return facts?.environment_version === 1 ? { ...facts, from_cache: true } : undefined;
  } catch {
    return undefined;
  }
}

const kept = 20;

/** Best effort: without a cache the next run gathers again. */
export function storeCached(cacheFolder: string, key: string, facts: SlowFacts): void {
  const temporary = join(cacheFolder, `.environment-${randomBytes(8).toString("hex")}`);
  try {
    mkdirSync(cacheFolder, { recursive: true });
    writeFileSync(temporary, JSON.stringify(facts), { flag: "wx", mode: 0o600 });
    renameSync(temporary, fileOf(cacheFolder, key));
    removeOldest(cacheFolder);
  } catch {
    removeQuietly(temporary);
  }
}

function removeOldest(cacheFolder: string): void {
  const files = listNames(cacheFolder)
    .filter((name) => /^environment-[0-9a-f]{64}\.json$/.test(name))
    .map((name) => ({ file: join(cacheFolder, name), written: statSync(join(cacheFolder, name)).mtimeMs }))
    .sort((a, b) => b.written - a.written);
  for (const { file } of files.slice(kept)) removeQuietly(file);
}

function fileOf(cacheFolder: string, key: string): string {
  return join(cacheFolder, `environment-${key}.json`);
}

/** A cache that cannot be tidied is no reason to lose what was gathered. */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {}
}
