import { describe, expect, test } from "@jest/globals";
import { captureNvidiaDriver, parseDriverVersion } from "../../src/environment/machine/nvidia-driver.js";
import { makeFolder, writeText } from "./scratch.js";

const information = `Model: \t\t NVIDIA H100 80GB HBM3
IRQ:   \t\t 195
GPU UUID: \t GPU-5e4a3b1c-0d2f-4e6a-8b9c-1234567890ab
Video BIOS: \t 96.00.89.00.01
Bus Type: \t PCIe
DMA Size: \t 52 bits
Bus Location: \t 0000:1b:00.0
Device Minor: \t 0
`;

describe("captureNvidiaDriver", () => {
  test("is empty where there is no driver", () => {
    expect(captureNvidiaDriver(makeFolder())).toEqual({ driver_version: null, devices: [] });
  });

  test("lists the devices in the order of the bus", () => {
    const root = makeFolder();
    writeText(
      root,
      "proc/driver/nvidia/version",
      "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat\n",
    );
    writeText(
      root,
      "proc/driver/nvidia/gpus/0000:5d:00.0/information",
      "Model: \t Tesla T4\nGPU UUID: \t GPU-????????\n",
    );
    writeText(root, "proc/driver/nvidia/gpus/0000:1b:00.0/information", information);
    expect(captureNvidiaDriver(root)).toEqual({
      driver_version: "535.104.05",
      devices: [
        {
          name: "NVIDIA H100 80GB HBM3",
          uuid: "GPU-5e4a3b1c-0d2f-4e6a-8b9c-1234567890ab",
          bus_id: "0000:1b:00.0",
        },
        { name: "Tesla T4", uuid: null, bus_id: "0000:5d:00.0" },
      ],
    });
  });

  test.each([
    ["NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build", "580.65.06"],
    ["NVRM version: NVIDIA UNIX x86_64 Kernel Module  470.256.02  Thu May  2", "470.256.02"],
    ["something else", null],
  ])("finds the version in %j", (text, version) => {
    expect(parseDriverVersion(text)).toBe(version);
  });
});
