/**
 * systeminformation's view of the machine, field by field: it also knows serial numbers, UUIDs and network addresses, which stay out.
 * Its slow calls (`versions`, `currentLoad`, `networkInterfaces`) and `graphics`, which omits the UUID, are not used. What is used
 * still runs programs synchronously, so this is for a process that has nothing else to do.
 */
import type { CpuFacts, MemoryFacts, OsFacts, SystemFacts } from "../../generated/types.js";
import type { Part } from "./part.js";

export async function captureSystemDetails(): Promise<Part> {
  const { cpu, mem, osInfo, system } = (await import("systeminformation")).default;
  const facts = {
    cpu: describeCpu(await cpu()),
    memory: describeMemory(await mem()),
    os: describeOs(await osInfo()),
    system: describeSystem(await system()),
  };
  return { what: "system", facts, gaps: [], lasting: true };
}

/** What it could not find is an empty string, a dash, a zero or absent. */
type Loose<Names extends string> = { readonly [Name in Names]?: unknown };

type CpuNames =
  | "manufacturer"
  | "brand"
  | "family"
  | "model"
  | "stepping"
  | "physicalCores"
  | "cores"
  | "processors";

export function describeCpu(cpu: Loose<CpuNames | "speedMax" | "cache" | "flags">): CpuFacts {
  const cache = (cpu.cache ?? {}) as Loose<"l1d" | "l1i" | "l2" | "l3">;
  return {
    manufacturer: text(cpu.manufacturer),
    brand: text(cpu.brand),
    family: text(cpu.family),
    model: text(cpu.model),
    stepping: text(cpu.stepping),
    physical_cores: integer(cpu.physicalCores),
    logical_cores: integer(cpu.cores),
    sockets: integer(cpu.processors),
    maximum_ghz: number(cpu.speedMax),
    cache_bytes: {
      l1d: integer(cache.l1d),
      l1i: integer(cache.l1i),
      l2: integer(cache.l2),
      l3: integer(cache.l3),
    },
    vector_extensions: vectorExtensions(text(cpu.flags) ?? ""),
  };
}

/** Libraries choose their numerical kernels by these, and results differ in the last digits. */
export function vectorExtensions(flags: string): string[] {
  const deciding = /^(?:sse|ssse|avx|amx|fma|f16c|neon|asimd|fphp|bf16|i8mm|sve|sme|rvv)/i;
  return [...new Set(flags.split(/\s+/).filter((flag) => deciding.test(flag)))].sort();
}

function describeMemory(memory: Loose<"total" | "swaptotal">): MemoryFacts {
  return {
    total_bytes: integer(memory.total),
    swap_bytes: memory.swaptotal === 0 ? 0 : integer(memory.swaptotal),
  };
}

function describeOs(os: Loose<"distro" | "release" | "codename" | "kernel" | "arch">): OsFacts {
  return {
    distribution: text(os.distro),
    release: text(os.release),
    codename: text(os.codename),
    kernel: text(os.kernel),
    architecture: text(os.arch),
  };
}

function describeSystem(system: Loose<"manufacturer" | "model" | "virtual" | "virtualHost">): SystemFacts {
  return {
    manufacturer: text(system.manufacturer),
    model: text(system.model),
    virtual: typeof system.virtual === "boolean" ? system.virtual : null,
    hypervisor: text(system.virtualHost),
  };
}

function text(value: unknown): string | null {
  const found = typeof value === "string" ? value.trim() : "";
  return found === "" || found === "-" || /^(?:unknown|to be filled by o\.e\.m\.)$/i.test(found)
    ? null
    : found;
}

function number(value: unknown): number | null {
  const found = typeof value === "string" ? Number(value) : value;
  return typeof found === "number" && Number.isFinite(found) && found > 0 ? found : null;
}

function integer(value: unknown): number | null {
  const found = number(value);
  return found !== null && Number.isSafeInteger(found) ? found : null;
}
