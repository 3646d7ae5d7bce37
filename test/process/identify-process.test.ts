import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { identifyProcess } from "../../src/process/identify-process.js";

describe("identifyProcess", () => {
  test("names this process so that no other can be taken for it", () => {
    const identity = identifyProcess();
    expect([identity.process_version, identity.pid]).toEqual([1, process.pid]);
    if (existsSync("/proc/self/stat")) {
      expect(identity.boot_id).toMatch(/^[0-9a-f-]{36}$/);
      expect(identity.pid_namespace).toMatch(/^pid:\[\d+\]$/);
      const uptime = Number(readFileSync("/proc/uptime", "latin1").split(" ")[0]);
      const age = uptime - (identity.start_time ?? 0) / 100;
      expect(Math.abs(age - process.uptime())).toBeLessThan(5);
    } else expect(identity).toMatchObject({ boot_id: null, pid_namespace: null, start_time: null });
  });
});
