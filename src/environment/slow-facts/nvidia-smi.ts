/**
 * NVIDIA's devices. Its command line is not promised to be stable, only its library is; so every field is optional: one that a
 * version does not know is dropped and the question asked again.
 */
import { existsSync } from "node:fs";
import type { Gpu } from "../../generated/types.js";
import { askProgram } from "../interpreter/ask-program.js";
import { captureNvidiaDriver } from "../machine/nvidia-driver.js";
import { gap, type Part, type SlowFactsRequest } from "./part.js";

const what = "gpus";
const seconds = 3;

/** Never looked for on the PATH: a repository may hold a program of that name. The last two are GKE's and WSL's. */
export const nvidiaSmiPlaces = [
  "/usr/bin/nvidia-smi",
  "/usr/local/nvidia/bin/nvidia-smi",
  "/usr/lib/wsl/lib/nvidia-smi",
];

const fields = [
  "index",
  "uuid",
  "name",
  "pci.bus_id",
  "driver_version",
  "memory.total",
  "mig.mode.current",
  "compute_cap",
];

export async function listGpus({ env }: SlowFactsRequest, signal: AbortSignal): Promise<Part> {
  const driver = captureNvidiaDriver().driver_version;
  const program = nvidiaSmiPlaces.find((place) => existsSync(place));
  const facts = { driver_version: driver, cuda_version: null, gpus: [] };
  if (program === undefined) {
    const gaps =
      driver === null ? [] : [gap(what, "there is a driver, but no nvidia-smi where it is installed")];
    return { what, facts, gaps, lasting: true };
  }
  const ask = (...words: readonly string[]) =>
    askProgram({ program, words, cwd: "/", env: libraryPath(env), seconds, signal });
  // `--version` touches no device; versions that do not know it cost one failing process.
  const [devices, version] = await Promise.all([queryDevices(ask), ask("--version")]);
  const cuda_version = version.ok ? parseCudaVersion(version.text) : null;
  if (!devices.ok) {
    const gaps = [gap(what, devices.reason)];
    return { what, facts: { ...facts, cuda_version }, gaps, lasting: !devices.passing };
  }
  const { gpus, driverVersion } = parseDevices(devices.text, devices.fields);
  const known = { driver_version: driver ?? driverVersion, cuda_version };
  if (!gpus.some(({ mig_mode }) => mig_mode === "Enabled")) {
    return { what, facts: { ...known, gpus }, gaps: [], lasting: true };
  }
  const list = await ask("-L");
  if (!list.ok) {
    const gaps = [gap(what, `their MIG instances: ${list.reason}`)];
    return { what, facts: { ...known, gpus }, gaps, lasting: !list.passing };
  }
  return { what, facts: { ...known, gpus: withMigDevices(gpus, list.text) }, gaps: [], lasting: true };
}

/** Where containers put the driver's libraries is told by this one variable; nothing else of the command's concerns nvidia-smi. */
export function libraryPath(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const path = env.LD_LIBRARY_PATH;
  return { LC_ALL: "C", ...(path === undefined ? {} : { LD_LIBRARY_PATH: path }) };
}

type Ask = (...words: readonly string[]) => ReturnType<typeof askProgram>;
type Devices = Awaited<ReturnType<Ask>> & { readonly fields: readonly string[] };

async function queryDevices(ask: Ask): Promise<Devices> {
  for (let asked = fields; ; ) {
    const answer = await ask(`--query-gpu=${asked.join(",")}`, "--format=csv,noheader,nounits");
    const unknown = answer.ok ? null : findUnknownField(answer.text);
    const rest = asked.filter((field) => field !== unknown);
    if (rest.length === asked.length || rest.length === 0) return { ...answer, fields: asked };
    asked = rest;
  }
}

/** `Field "mig.mode.current" is not a valid field to query.` */
export function findUnknownField(text: string): string | null {
  return /Field "([^"]+)" is not a valid field/.exec(text)?.[1] ?? null;
}

export function parseDevices(
  csv: string,
  asked: readonly string[] = fields,
): { gpus: Gpu[]; driverVersion: string | null } {
  let driverVersion: string | null = null;
  const gpus = csv
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line): Gpu => {
      const cells = line.split(",").map((cell) => cell.trim());
      const text = (field: string) => known(cells[asked.indexOf(field)]);
      const mode = text("mig.mode.current");
      driverVersion ??= text("driver_version");
      return {
        index: integer(text("index")),
        uuid: text("uuid"),
        name: text("name"),
        bus_id: text("pci.bus_id"),
        memory_mib: integer(text("memory.total")),
        mig_mode: mode === "Enabled" || mode === "Disabled" ? mode : null,
        compute_capability: text("compute_cap"),
        mig_devices: [],
      };
    });
  return { gpus, driverVersion };
}

/** `[N/A]`, `[Not Supported]`, `[Unknown Error]`, `[Insufficient Permissions]` say that there is nothing to say. */
function known(cell: string | undefined): string | null {
  return cell === undefined || cell === "" || cell === "N/A" || /^\[.*\]$/.test(cell) ? null : cell;
}

function integer(text: string | null): number | null {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** `nvidia-smi -L` lists each device, and below it, indented, its instances. */
export function withMigDevices(gpus: readonly Gpu[], listing: string): Gpu[] {
  const byIndex = new Map<number, Gpu["mig_devices"]>();
  let current: Gpu["mig_devices"] | undefined;
  for (const line of listing.split("\n")) {
    const device = /^GPU (\d+):/.exec(line);
    if (device !== null) {
      current = [];
      byIndex.set(Number(device[1]), current);
    }
    const instance = /^\s+MIG (\S+)\s+Device\s+\d+:\s+\(UUID: ([^)]+)\)/.exec(line);
    if (instance !== null) current?.push({ profile: instance[1]!, uuid: instance[2]! });
  }
  return gpus.map((gpu) => ({ ...gpu, mig_devices: (gpu.index !== null && byIndex.get(gpu.index)) || [] }));
}

export function parseCudaVersion(text: string): string | null {
  return /^CUDA[^:\n]*Version\s*:\s*(\d+(?:\.\d+)+)/m.exec(text)?.[1] ?? null;
}
