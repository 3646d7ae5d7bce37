import { describe, expect, test } from "@jest/globals";
import { run as runSchema } from "../../../src/generated/validators.js";
import { notRecorded, upgradeRun } from "../../../src/kinds/run/upgrade.js";
import { valueAt } from "../../../src/manifest/pointer.js";
import { schemaFindings } from "../../../src/manifest/schema.js";
import { deepFreeze, example } from "../example.js";

const earlier = [
  "run-version-0",
  "run-version-0-ended-in-a-stage",
  "run-version-1",
  "run-version-1-without-an-end",
  "run-version-2",
];

describe("upgradeRun", () => {
  test("leaves version 3 as it is", () => {
    const document = deepFreeze(example("run-of-the-origin-project"));
    expect(upgradeRun(document)).toEqual({ run: document, version: 3, defaulted: [] });
  });

  test.each(earlier)("%s is not changed, and comes out in the shape of version 3 (M32)", (name) => {
    const document = deepFreeze(example(name));
    const { run, version, defaulted } = upgradeRun(document);
    expect(version).toBe(document.manifest_version);
    expect(run.manifest_version).toBe(3);
    for (const [field, value] of Object.entries(document)) {
      if (field !== "manifest_version" && field !== "stages") expect(run[field]).toEqual(value);
    }
    for (const pointer of defaulted) {
      expect(valueAt(document, pointer)).toBeUndefined();
      expect(valueAt(run, pointer)).not.toBeUndefined();
    }
    expect(schemaFindings(runSchema, run)).toEqual([]);
  });

  test.each(earlier)("%s gets no provenance (M25)", (name) => {
    expect(JSON.stringify(upgradeRun(example(name)))).not.toContain("input_data_provenance");
  });

  test("version 0 says what was not recorded", () => {
    const { run, defaulted } = upgradeRun(example("run-version-0"));
    expect(run).toMatchObject({
      status: "completed",
      meridian_version: null,
      config_path: notRecorded,
      output_dir: notRecorded,
    });
    expect(run.stages[1]).toMatchObject({ status: "completed", elapsed_seconds: null, message: null });
    expect(defaulted).toEqual([
      "/artifacts",
      "/config_path",
      "/meridian_version",
      "/output_dir",
      ...[0, 1, 2, 3].flatMap((index) =>
        ["elapsed_seconds", "message", "status"].map((field) => `/stages/${index}/${field}`),
      ),
      "/status",
    ]);
  });

  test("artifacts of stages are promoted as the pipeline has it (M47, C14)", () => {
    expect(upgradeRun(example("run-version-0")).run.artifacts).toEqual({
      config_source: "00_run_metadata/config.source.yaml",
      config_resolved: "00_run_metadata/config.resolved.yaml",
      meridian_model: "20_model_fit/meridian_model.binpb",
      diagnostics_bundle: "30_model_assessment/diagnostics_bundle.json",
      model_results_summary: "30_model_assessment/model_results_summary.html",
      summary_metrics_csv: "40_decomposition/summary_metrics.csv",
      summary_metrics_nc: "40_decomposition/summary_metrics.nc",
    });
  });

  describe("the status follows from the end (M48, C17)", () => {
    const statuses = (document: Record<string, unknown>) => {
      const { run } = upgradeRun(document);
      return [run.status, ...run.stages.map(({ status }) => status)];
    };

    test("an end makes it completed, with all its stages", () => {
      expect(new Set(statuses(example("run-version-1")))).toEqual(new Set(["completed"]));
    });

    test("no end makes it running, in its last stage", () => {
      expect(statuses(example("run-version-1-without-an-end"))).toEqual([
        "running",
        "completed",
        "completed",
        "running",
      ]);
    });

    test("an end in the middle is no success", () => {
      expect(statuses(example("run-version-0-ended-in-a-stage"))).toEqual(["failed", "completed", "failed"]);
    });

    test("a recorded status is kept", () => {
      expect(statuses({ ...example("run-version-1"), status: "failed" })[0]).toBe("failed");
    });
  });

  test("version 2 fills in what it may lack (M40)", () => {
    const { status, artifacts, config_path, ...rest } = example("run-version-2");
    const { run, defaulted } = upgradeRun(rest);
    expect(run).toMatchObject({ status, artifacts, config_path: notRecorded });
    expect(defaulted).toEqual(["/artifacts", "/config_path", "/status"]);
  });
});
