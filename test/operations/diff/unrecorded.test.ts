/** What a record does not say is unknown, never a difference (M30). */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { upgradeRun } from "../../../src/kinds/run/upgrade.js";
import { diffArtifacts } from "../../../src/operations/diff/artifacts.js";
import { diffEnvironment } from "../../../src/operations/diff/environment.js";
import { diffInputs } from "../../../src/operations/diff/inputs.js";
import { diffResult } from "../../../src/operations/diff/result.js";
import { diffStages } from "../../../src/operations/diff/stages.js";
import type { LoadedRun } from "../../../src/operations/records/load/loaded-run.js";
import { gathered, madeRun, portsOver } from "./compared-run.js";

const ports = portsOver([]);

// biome-ignore lint/suspicious/noExplicitAny: tests edit documents freely.
type Json = Record<string, any>;

/** A run of the origin project of that version, as it is loaded. */
function oldRun(version: 0 | 1 | 2 | 3, change: (document: Json) => void = () => {}): LoadedRun {
  const name = version === 3 ? "run-of-the-origin-project" : `run-version-${version}`;
  const document = JSON.parse(
    readFileSync(new URL(`../../../spec/examples/valid/${name}.json`, import.meta.url), "utf8"),
  ) as Json;
  change(document);
  const { run, defaulted } = upgradeRun(document);
  const state = run.status;
  const made = madeRun({ example: name, run, version, manifest: null, environment: null, state });
  const artifacts = run.stages.flatMap(({ name: stage, artifacts }) =>
    Object.entries(artifacts).map(([name, path]) => ({
      ...madeArtifact,
      name,
      stage,
      path,
      absolute: `${made.folder}/${path}`,
    })),
  );
  return { ...made, defaulted, artifacts };
}

const madeArtifact = {
  availability: "here",
  how: null,
  sha256: "a".repeat(64),
  bytes: 1,
  mtime_utc: null,
} as const;

const outcomes = (items: readonly { name: string; outcome: string; reason: string | null }[]) =>
  Object.fromEntries(items.map(({ name, outcome }) => [name, outcome]));

const both = (a: LoadedRun, b: LoadedRun, diff: (a: LoadedRun, b: LoadedRun) => Record<string, string>) => {
  const mirrored = { only_a: "only_b", only_b: "only_a" } as Record<string, string>;
  const found = diff(a, b);
  const back = Object.entries(diff(b, a)).map(([name, outcome]) => [name, mirrored[outcome] ?? outcome]);
  expect(Object.fromEntries(back)).toEqual(found);
  return found;
};

const stagesBetween = (a: LoadedRun, b: LoadedRun) => both(a, b, (a, b) => outcomes(diffStages(a, b).stages));
const artifactsBetween = (a: LoadedRun, b: LoadedRun) =>
  both(a, b, (a, b) => outcomes(diffArtifacts(a, b, ports).artifacts));

describe("a comparison with an earlier version (M30, M31)", () => {
  test("does not call a version a difference that was filled in when the run was loaded", () => {
    expect(oldRun(0).defaulted).toContain("/meridian_version");
    const [version] = diffEnvironment(oldRun(0), oldRun(3)).facts.filter(
      ({ name }) => name === "meridian_version",
    );
    expect(version).toMatchObject({ outcome: "unknown", a: null, reason: "not recorded" });
    expect(diffEnvironment(oldRun(1), oldRun(3)).facts).toMatchObject([
      { name: "meridian_tools_version", outcome: "changed" },
      { name: "meridian_version", outcome: "same" },
      {},
      {},
    ]);
  });

  test("does not call a skipped stage a difference, as none was recorded before version 2", () => {
    for (const version of [0, 1] as const)
      expect(stagesBetween(oldRun(version), oldRun(3))).toMatchObject({
        "20_model_fit": "same",
        "70_optimisation": "unknown",
      });
    expect(Object.values(stagesBetween(oldRun(2), oldRun(3)))).toEqual(Array(7).fill("same"));
    const validated = oldRun(3, (run) => {
      Object.assign(run.stages[1], { status: "skipped", message: "none", artifacts: {} });
      delete run.artifacts.validation_spec;
    });
    expect(diffStages(oldRun(0), validated).outcome).toBe("unknown");
    expect(diffStages(oldRun(0), oldRun(3)).stages[1]).toMatchObject({ outcome: "only_b" });
  });

  test("calls a stage that was done in one run alone a difference, where both versions know it", () => {
    const done = (version: 1 | 3) =>
      oldRun(version, ({ stages }) => {
        if (version === 1)
          stages.push({ ...stages[5], name: "70_optimisation", artifacts: { plan: "70_optimisation/p" } });
        else
          Object.assign(stages[6], {
            status: "completed",
            message: null,
            artifacts: { plan: "70_optimisation/p" },
          });
      });
    expect(stagesBetween(oldRun(1), done(3))).toMatchObject({ "70_optimisation": "only_b" });
    expect(artifactsBetween(oldRun(1), done(3))).toMatchObject({ plan: "only_b" });
    expect(stagesBetween(done(1), oldRun(3))).toMatchObject({ "70_optimisation": "changed" });
    // Version 0 had no such stage.
    expect(stagesBetween(oldRun(0), done(3))).toMatchObject({ "70_optimisation": "unknown" });
    expect(artifactsBetween(oldRun(0), done(3))).toMatchObject({ plan: "unknown" });
  });

  test("takes a status that follows from a time as no witness against a recorded one", () => {
    const failed = oldRun(3, (run) => {
      run.status = "failed";
      run.stages[3].status = "failed";
      run.stages.length = 4;
    });
    expect(stagesBetween(oldRun(0), failed)["30_model_assessment"]).toBe("unknown");
    expect(stagesBetween(oldRun(2), failed)["30_model_assessment"]).toBe("changed");
    expect(diffResult(oldRun(0), failed).state).toMatchObject({
      outcome: "unknown",
      reason: "an earlier version did not record how it ended",
    });
    expect(diffResult(oldRun(2), failed).state.outcome).toBe("changed");
    expect(diffResult(oldRun(0), oldRun(3)).state.outcome).toBe("same");
  });

  test("does not miss artifacts of a stage whose artifacts were not recorded", () => {
    const bare = oldRun(0, ({ stages }) => {
      delete stages[1].artifacts;
    });
    expect(artifactsBetween(bare, oldRun(3))).toMatchObject({
      meridian_model: "unknown",
      fit_metadata: "unknown",
      summary_metrics_csv: "same",
    });
  });
});

describe("a comparison of what was not gathered", () => {
  const facts = (a: object, b: object) =>
    outcomes(
      diffEnvironment(
        madeRun({ environment: gathered(a) }),
        madeRun({ environment: gathered(b) }),
      ).facts.filter(({ outcome }) => outcome !== "same"),
    );
  const gap = (what: string) => ({ not_gathered: [{ what, reason: "took too long" }] });

  test("is unknown part by part", () => {
    expect(facts(gap("gpus"), { cuda_version: "12.4", gpus: [{ name: "H100" }] })).toEqual({
      GPUs: "unknown",
    });
    expect(facts(gap("lock files"), { lock_files: [{ path: "uv.lock", sha256: "aa" }] })).toEqual({
      "lock files": "unknown",
    });
    expect(facts(gap("system"), { cpu: { vector_extensions: ["avx2"] } })).toEqual({
      "vector extensions": "unknown",
    });
    expect(facts({}, { cuda_version: "12.4" })).toEqual({ cuda: "only_b" });
  });

  test("is unknown where one machine does not tell what every machine has", () => {
    const named = madeRun({ machine: { os: { distribution: "Debian 12" } } });
    expect(outcomes(diffEnvironment(named, madeRun()).facts).distribution).toBe("unknown");
    expect(outcomes(diffEnvironment(madeRun(), madeRun()).facts).distribution).toBeUndefined();
  });
});

describe("a comparison of logs", () => {
  const log = (stream: "stdout" | "stderr", sha256: string) => ({
    ...madeArtifact,
    name: `${stream}_log`,
    stage: "20_execute",
    path: `logs/${stream}.log`,
    sha256: sha256.repeat(64),
  });
  const run = (merged: boolean, artifacts: readonly ReturnType<typeof log>[]) =>
    madeRun({ artifacts, result: { logs: { merged } } });
  const apart = run(false, [log("stdout", "a"), log("stderr", "b")]);

  test("says that both streams are one log in one run, and counts no difference", () => {
    const merged = run(true, [log("stdout", "c")]);
    expect(artifactsBetween(merged, apart)).toEqual({ stdout_log: "unknown", stderr_log: "unknown" });
    expect(diffArtifacts(merged, apart, ports)).toMatchObject({
      outcome: "unknown",
      artifacts: [{ reason: expect.stringContaining("one log") }, {}],
    });
    expect(artifactsBetween(merged, run(true, [log("stdout", "d")]))).toEqual({ stdout_log: "changed" });
    expect(artifactsBetween(run(true, [log("stdout", "a")]), apart).stdout_log).toBe("same");
  });

  test("says that an output was not kept, and takes a stage without output for what it is", () => {
    expect(artifactsBetween(run(false, []), apart)).toEqual({ stdout_log: "unknown", stderr_log: "unknown" });
    const [prepared] = madeRun().run.stages;
    const before = madeRun({ run: { stages: [prepared as NonNullable<typeof prepared>] } });
    expect(artifactsBetween(before, apart)).toEqual({ stdout_log: "only_b", stderr_log: "only_b" });
  });
});

describe("a comparison of provenance that is not what it should be", () => {
  test("is unknown for that reason", () => {
    const [fact] = oldRun(3).artifacts.filter(({ name }) => name === "input_data_provenance");
    const broken = (inputs: LoadedRun["inputs"]): LoadedRun => ({
      ...madeRun({ manifest: null, inputs }),
      artifacts: [fact as NonNullable<typeof fact>],
    });
    for (const inputs of [{}, { sha256: "zz" }, { inputs: { a: 1 } }, null])
      expect(diffInputs(broken(inputs), broken(inputs))).toMatchObject({
        outcome: "unknown",
        reason: "its provenance is not what it should be",
      });
  });
});
