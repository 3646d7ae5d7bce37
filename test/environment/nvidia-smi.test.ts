import { existsSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import {
  findUnknownField,
  listGpus,
  parseCudaVersion,
  parseDevices,
  withMigDevices,
} from "../../src/environment/slow-facts/nvidia-smi.js";
import { plainEnv } from "./scratch.js";

const h100 = "GPU-5e4a3b1c-0d2f-4e6a-8b9c-1234567890ab";
const h200 = "GPU-9a8b7c6d-5e4f-3a2b-1c0d-0987654321fe";
const csv = `0, ${h100}, NVIDIA H100 80GB HBM3, 00000000:1B:00.0, 535.104.05, 81559, Enabled, 9.0
1, ${h200}, NVIDIA H200, 00000000:5D:00.0, 535.104.05, 143771, Disabled, 9.0
2, GPU-1, Tesla T4, 00000000:AF:00.0, 535.104.05, [N/A], [N/A], 7.5
`;

describe("parseDevices", () => {
  test("reads every field, and none where the device has nothing to say", () => {
    const { gpus, driverVersion } = parseDevices(csv);
    expect(driverVersion).toBe("535.104.05");
    expect(gpus).toHaveLength(3);
    expect(gpus[0]).toEqual({
      index: 0,
      uuid: h100,
      name: "NVIDIA H100 80GB HBM3",
      bus_id: "00000000:1B:00.0",
      memory_mib: 81559,
      mig_mode: "Enabled",
      compute_capability: "9.0",
      mig_devices: [],
    });
    expect(gpus[1]).toMatchObject({ name: "NVIDIA H200", memory_mib: 143771, mig_mode: "Disabled" });
    expect(gpus[2]).toMatchObject({
      name: "Tesla T4",
      memory_mib: null,
      mig_mode: null,
      compute_capability: "7.5",
    });
  });

  test("leaves out fields that were not asked, and invents none from odd cells", () => {
    const { gpus, driverVersion } = parseDevices(
      "0, GPU-1, A\n[Unknown Error], N/A, [Insufficient Permissions]\n\n",
      ["index", "uuid", "name"],
    );
    expect(driverVersion).toBeNull();
    expect(gpus[0]).toMatchObject({ index: 0, uuid: "GPU-1", name: "A", bus_id: null, mig_mode: null });
    expect(gpus[1]).toMatchObject({ index: null, uuid: null, name: null });
    expect(parseDevices("").gpus).toEqual([]);
  });
});

describe("withMigDevices", () => {
  test("gives each device the instances listed below it", () => {
    const listing = `GPU 0: NVIDIA H100 80GB HBM3 (UUID: ${h100})
  MIG 3g.40gb     Device  0: (UUID: MIG-1f0e)
  MIG 1g.10gb+me  Device  1: (UUID: MIG-2a3b)
GPU 1: NVIDIA H200 (UUID: ${h200})
`;
    const [first, second, third] = withMigDevices(parseDevices(csv).gpus, listing);
    expect(first?.mig_devices).toEqual([
      { profile: "3g.40gb", uuid: "MIG-1f0e" },
      { profile: "1g.10gb+me", uuid: "MIG-2a3b" },
    ]);
    expect([second?.mig_devices, third?.mig_devices]).toEqual([[], []]);
  });
});

describe("nvidia-smi's other words", () => {
  test("name a field it does not know", () => {
    expect(findUnknownField('Field "compute_cap" is not a valid field to query.\n')).toBe("compute_cap");
    expect(findUnknownField("NVIDIA-SMI has failed")).toBeNull();
  });

  test.each([
    [
      "NVIDIA-SMI version  : 550.54.15\nDRIVER version      : 550.54.15\nCUDA Version        : 12.4\n",
      "12.4",
    ],
    ["CUDA UMD Version    : 13.0\n", "13.0"],
    ["CUDA Version : Not Found\n", null],
    ["", null],
  ])("give CUDA's version in %j", (text, version) => {
    expect(parseCudaVersion(text)).toBe(version);
  });
});

describe("listGpus", () => {
  const installed = existsSync("/usr/bin/nvidia-smi") || existsSync("/proc/driver/nvidia/version");
  const request = { interpreter: null, searchPath: [], cwd: "/", env: plainEnv, root: "/" };
  const name = "is empty, and nothing is missing, where there is no NVIDIA device";
  (installed ? test.skip : test)(installed ? `${name} (skipped: there is one)` : name, async () => {
    const facts = { driver_version: null, cuda_version: null, gpus: [] };
    expect(await listGpus(request, new AbortController().signal)).toMatchObject({ facts, gaps: [] });
  });
});
