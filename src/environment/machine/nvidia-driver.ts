/** NVIDIA's kernel driver and its devices from /proc: no process, no library, and right even where nvidia-smi is not installed. */
import { posix } from "node:path";
import type { Machine } from "../../generated/types.js";
import { findText, listNames } from "./system-files.js";

export type NvidiaDevice = Machine["gpu"]["devices"][number];

export interface NvidiaDriver {
  readonly driver_version: string | null;
  readonly devices: NvidiaDevice[];
}

export function captureNvidiaDriver(systemRoot = "/"): NvidiaDriver {
  const folder = posix.join(systemRoot, "proc/driver/nvidia");
  const version = findText(`${folder}/version`);
  if (version === undefined) return { driver_version: null, devices: [] };
  const devices = listNames(`${folder}/gpus`).map((bus) =>
    parseDevice(bus, findText(`${folder}/gpus/${bus}/information`) ?? ""),
  );
  return { driver_version: parseDriverVersion(version), devices };
}

/** From `NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  …`, or the open module's `Open Kernel Module for x86_64  580.65.06`. */
export function parseDriverVersion(text: string): string | null {
  return /Kernel Module(?: for \S+)?\s+(\d+(?:\.\d+)+)/.exec(text)?.[1] ?? null;
}

/** A driver that has not been used yet shows question marks for the UUID. */
export function parseDevice(bus: string, information: string): NvidiaDevice {
  const field = (name: string) =>
    new RegExp(`^${name}:[ \\t]*(\\S.*?)\\s*$`, "m").exec(information)?.[1] ?? null;
  const uuid = field("GPU UUID");
  return {
    name: field("Model"),
    uuid: uuid?.includes("?") ? null : uuid,
    bus_id: field("Bus Location") ?? bus,
  };
}
