import { describe, expect, test } from "@jest/globals";
import { meridianPipeline } from "../../../src/kinds/pipelines/meridian.js";
import { pipelineOf } from "../../../src/kinds/pipelines/pipeline-of.js";
import { upgradeRun } from "../../../src/kinds/run/upgrade.js";
import { example } from "../example.js";

describe("pipelineOf", () => {
  test("colophon_version means the pipeline under the extension key", () => {
    const run = example("run-of-a-declared-pipeline");
    expect(pipelineOf(run, "colophon")).toBe((run.colophon as { pipeline: unknown }).pipeline);
    expect(pipelineOf(run, "pytyche")).toBeUndefined();
    expect(pipelineOf({ ...run, meridian_tools_version: "0.3.0" }, "colophon")?.name).toBe("train");
  });

  test("otherwise meridian_tools_version means meridian", () => {
    expect(pipelineOf(example("run-of-the-origin-project"), "colophon")).toBe(meridianPipeline);
  });

  test("a run that was upgraded is judged by what its version knew (M25, M31)", () => {
    const { run, version } = upgradeRun(example("run-version-0"));
    const pipeline = pipelineOf(run, "colophon", version);
    expect(pipeline?.stages.map(({ name }) => name)).toEqual([
      "00_run_metadata",
      "10_validation",
      "20_model_fit",
      "30_model_assessment",
      "40_decomposition",
    ]);
    expect(pipeline?.required_to_load).toEqual(["config_source", "config_resolved"]);
    expect(pipelineOf(example("run-version-2"), "colophon")?.stages).toHaveLength(7);
  });

  test("neither key means none", () => {
    expect(pipelineOf({ manifest_version: 3, colophon: { pipeline: {} } }, "colophon")).toBeUndefined();
  });
});

describe("the pipeline of the origin project", () => {
  test("has seven stages, of which three may be skipped (M21-M23)", () => {
    expect(meridianPipeline.stages.map(({ name, skippable }) => [name, skippable])).toEqual([
      ["00_run_metadata", false],
      ["10_validation", true],
      ["20_model_fit", false],
      ["30_model_assessment", false],
      ["40_decomposition", false],
      ["60_response_curves", true],
      ["70_optimisation", true],
    ]);
  });

  test("promotes what the founding example has at its top level (M14), and requires M24, M25, M28", () => {
    const { artifacts } = example("run-of-the-origin-project");
    expect([...meridianPipeline.promoted].sort()).toEqual(Object.keys(artifacts as object).sort());
    const founding = ["config_source", "config_resolved", "input_data_provenance"];
    expect(meridianPipeline.required_to_load).toEqual(founding);
    expect(meridianPipeline.required_to_complete).toEqual([...founding, "diagnostics_bundle"]);
  });
});
