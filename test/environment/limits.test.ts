import { describe, expect, test } from "@jest/globals";
import {
  captureLimits,
  parseBytes,
  parseControlGroups,
  parseCpuMax,
} from "../../src/environment/machine/limits.js";
import { makeFolder, writeText } from "./scratch.js";

describe("captureLimits", () => {
  test("takes the tightest of a version 2 group and its parents", () => {
    const root = makeFolder();
    writeText(root, "proc/self/cgroup", "0::/system.slice/job/step\n");
    writeText(root, "sys/fs/cgroup/system.slice/job/step/cpu.max", "max 100000\n");
    writeText(root, "sys/fs/cgroup/system.slice/job/cpu.max", "150000 100000\n");
    writeText(root, "sys/fs/cgroup/system.slice/job/step/memory.max", "8589934592\n");
    writeText(root, "sys/fs/cgroup/system.slice/memory.max", "4294967296\n");
    expect(captureLimits(root)).toEqual({ cpu_quota: 1.5, memory_bytes: 4294967296, source: "cgroup v2" });
  });

  test("sees the mount itself when a container shows the host's path", () => {
    const root = makeFolder();
    writeText(root, "proc/self/cgroup", "0::/../../kubepods/pod1\n");
    writeText(root, "sys/fs/cgroup/cpu.max", "50000 100000\n");
    writeText(root, "sys/fs/cgroup/memory.max", "max\n");
    expect(captureLimits(root)).toEqual({ cpu_quota: 0.5, memory_bytes: null, source: "cgroup v2" });
  });

  test("reads version 1 wherever its controllers are mounted", () => {
    const root = makeFolder();
    writeText(root, "proc/self/cgroup", "5:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n0::/docker/abc\n");
    writeText(root, "sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us", "200000\n");
    writeText(root, "sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us", "100000\n");
    writeText(root, "sys/fs/cgroup/memory/docker/memory.limit_in_bytes", "1073741824\n");
    writeText(root, "sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "9223372036854771712\n");
    expect(captureLimits(root)).toEqual({ cpu_quota: 2, memory_bytes: 1073741824, source: "cgroup v1" });
  });

  test("knows no limits without control groups", () => {
    expect(captureLimits(makeFolder())).toEqual({ cpu_quota: null, memory_bytes: null, source: null });
  });
});

describe("the control group's files", () => {
  test("name one group a controller in version 1 and one for all in version 2", () => {
    const { v1, v2 } = parseControlGroups(
      "12:cpu,cpuacct:/a:b\n1:name=systemd:/x\n0::/user.slice\nnonsense\n",
    );
    expect([...v1]).toEqual([
      ["cpu", "/a:b"],
      ["cpuacct", "/a:b"],
      ["name=systemd", "/x"],
    ]);
    expect(v2).toBe("/user.slice");
  });

  test.each([
    ["max 100000", null],
    ["-1 100000", null],
    ["25000 100000", 0.25],
    ["100000", null],
    ["", null],
    [undefined, null],
  ])("say a quota of %j", (text, cores) => {
    expect(parseCpuMax(text)).toBe(cores);
  });

  test.each([
    ["max\n", null],
    ["18446744073709551615", null],
    ["0", 0],
    ["1048576\n", 1048576],
    ["-1", null],
    [undefined, null],
  ])("say a memory limit of %j", (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });
});
