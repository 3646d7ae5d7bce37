import { describe, expect, test } from "@jest/globals";
import type { ExperimentManifest } from "../../../src/kinds/experiment.js";
import type { RunManifest } from "../../../src/kinds/run/run.js";
import { sha256 } from "../../../src/manifest/digest.js";
import {
  type Here,
  observeRun,
  type Reconciliation,
} from "../../../src/operations/records/state/observe-run.js";

const tracker = {
  process_version: 1,
  boot_id: "boot-1",
  pid_namespace: "pid:[1]",
  pid: 4711,
  start_time: 900,
};

function runWith(process: unknown, status: RunManifest["status"] = "running"): RunManifest {
  return { status, started_at: "2026-11-20T10:42:07.000Z", colophon: { process } } as unknown as RunManifest;
}

const startedAt = Date.parse("2026-11-20T10:42:07.000Z");

const here: Here = {
  bootId: "boot-1",
  pidNamespace: "pid:[1]",
  machine: { hostname: "ada", platform: "linux", architecture: "x86_64", cpuModel: "Z80", container: null },
  startTimeOf: (pid) => (pid === 4711 ? 900 : null),
  startedAtOf: (pid) => (pid === 4711 ? startedAt - 1000 : null),
};

function manifestOf(machine: object): ExperimentManifest {
  return { colophon: { machine: { ...recorded, ...machine } } } as unknown as ExperimentManifest;
}

const recorded = {
  hostname: "ada",
  identity_hashed: false,
  os: { platform: "linux", machine: "x86_64" },
  cpu: { model: "Z80" },
  container: { kind: null },
};

function observe(
  process: unknown,
  seenFrom: Partial<Here> = {},
  machine: object | null = {},
  reconciled: readonly Reconciliation[] = [],
) {
  const manifest = machine === null ? null : manifestOf(machine);
  return observeRun(runWith(process), "colophon", manifest, reconciled, { ...here, ...seenFrom });
}

function decided(decision: Reconciliation["decision"]): Reconciliation {
  return {
    time: "2026-11-21T08:00:00.000Z",
    by: "Ada <ada@example.org>",
    decision,
    reason: "gone",
    process: null,
    observed: { state: "lost", reason: "gone" },
    logs: [],
  };
}

describe("observeRun", () => {
  test("says of a run with an end what its record says", () => {
    for (const state of ["completed", "failed"] as const)
      expect(observeRun(runWith(tracker, state), "colophon", null, [], here)).toEqual({
        state,
        reason: null,
        reconciled: false,
      });
  });

  test("calls a run running whose tracker lives, however long ago it began", () => {
    expect(observe(tracker)).toEqual({ state: "running", reason: null, reconciled: false });
    // Nothing of the clock is asked.
    expect(observe({ ...tracker, start_time: 0 }, { startTimeOf: () => 0 }).state).toBe("running");
  });

  test.each([
    ["its process is gone", { startTimeOf: () => null }, /process 4711, is gone/],
    ["its number belongs to another process", { startTimeOf: () => 901 }, /another one now.*tick 901.*900/],
    ["its machine was restarted", { bootId: "boot-2", startTimeOf: () => 900 }, /restarted/],
  ])("calls it lost when %s (rel-R62)", (_why, seenFrom, reason) => {
    expect(observe(tracker, seenFrom)).toEqual({
      state: "lost",
      reason: expect.stringMatching(reason),
      reconciled: false,
    });
  });

  const otherBoot = { bootId: "boot-2", startTimeOf: () => null };
  test.each([
    [
      "it ran in another container of this machine",
      { pidNamespace: "pid:[2]" },
      {},
      /namespace of processes pid:\[1\]/,
    ],
    ["its process is hidden from this user", { startTimeOf: () => undefined }, {}, /does not tell/],
    ["it ran on another machine", otherBoot, { hostname: "bob" }, /ran on bob/],
    ["another machine has the same name", otherBoot, { cpu: { model: "6502" } }, /also named ada/],
    [
      "its machine has the name of every machine",
      { ...otherBoot, machine: { ...here.machine, hostname: "localhost" } },
      { hostname: "localhost" },
      /localhost/,
    ],
    [
      "it ran in a container, of another boot",
      otherBoot,
      { container: { kind: "docker" } },
      /container named ada/,
    ],
    ["its machine was not recorded", otherBoot, null, /which machine/],
    ["its boot was not recorded", { bootId: null }, {}, /which boot/],
  ])("says that it does not know when %s (rel-R63)", (_why, seenFrom, machine, reason) => {
    expect(observe(tracker, seenFrom, machine)).toEqual({
      state: "unknown",
      reason: expect.stringMatching(reason),
      reconciled: false,
    });
  });

  test.each([[undefined], [null], [{}], ["4711"], [{ ...tracker, pid: "4711" }], [{ ...tracker, pid: 0 }]])(
    "says that no process was recorded for %j",
    (process) => {
      expect(observe(process)).toMatchObject({ state: "unknown", reason: "no process was recorded" });
    },
  );

  test("compares digests of names where a project hides them", () => {
    const hashed = { identity_hashed: true, hostname: `sha256:${sha256("ada")}` };
    expect(observe(tracker, otherBoot, hashed).state).toBe("lost");
    expect(observe(tracker, otherBoot, { ...hashed, hostname: `sha256:${sha256("bob")}` })).toMatchObject({
      state: "unknown",
      reason: expect.stringMatching(/another machine/),
    });
  });

  test("goes by the clock where the system counts no ticks: whoever took the number over began after the run", () => {
    const untold = { ...tracker, boot_id: null, pid_namespace: null, start_time: null };
    const system = { bootId: null, pidNamespace: null };
    expect(observe(untold, system).state).toBe("running");
    expect(observe(untold, { ...system, startedAtOf: () => null }).state).toBe("lost");
    expect(observe(untold, { ...system, startedAtOf: () => startedAt + 60_000 }).state).toBe("lost");
    expect(observe(untold, { ...system, startedAtOf: () => undefined }).state).toBe("unknown");
  });

  test("takes a decision on record for what cannot be seen from here, and never against what is seen", () => {
    expect(observe(tracker, otherBoot, null, [decided("lost")])).toEqual({
      state: "lost",
      reason: "recorded as lost by Ada <ada@example.org> on 2026-11-21: gone",
      reconciled: true,
    });
    expect(observe(tracker, {}, {}, [decided("lost")])).toMatchObject({ state: "running", reconciled: true });
  });

  test("goes by the last line that decides", () => {
    const gone = { startTimeOf: () => null };
    const reconciled = (...lines: Reconciliation["decision"][]) =>
      observe(tracker, gone, {}, lines.map(decided)).reconciled;
    expect(reconciled("lost")).toBe(true);
    expect(reconciled("lost", "reverted")).toBe(false);
    expect(reconciled("lost", "reverted", "lost")).toBe(true);
    expect(reconciled("lost", "scanned")).toBe(true);
  });
});
