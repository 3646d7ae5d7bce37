import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { ConfigError } from "../../../src/errors.js";
import { pipeline as pipelineSchema } from "../../../src/generated/validators.js";
import { declaredPipeline } from "../../../src/kinds/pipelines/declared.js";
import { findPipelineFaults, type PipelineDeclaration } from "../../../src/manifest/pipeline-rules.js";
import { readConfig } from "../../../src/store/project.js";

const train: PipelineDeclaration = {
  stages: [
    {
      name: "10_prepare",
      command: ["node", "prepare.mjs"],
      artifacts: { clean: "build/clean.csv", raw: "raw" },
    },
    { name: "20_fit", command: ["node", "fit.mjs", ""] },
    { name: "40_decompose", skippable: true, skip: "no media data yet", command: ["node", "d.mjs"] },
  ],
  promoted: ["clean"],
  required_to_load: ["raw"],
  required_to_complete: ["clean"],
  versions: { acme_version: "1.4" },
};

describe("declaredPipeline", () => {
  test("adds the first and the last stage, and what every run has", () => {
    const pipeline = declaredPipeline("train", train);
    expect(pipelineSchema(pipeline)).toBe(true);
    expect(pipeline).toEqual({
      pipeline_version: 1,
      name: "train",
      stages: [
        { name: "00_run_metadata", skippable: false },
        { name: "10_prepare", skippable: false },
        { name: "20_fit", skippable: false },
        { name: "40_decompose", skippable: true },
        { name: "99_collect", skippable: false },
      ],
      promoted: ["config_source", "config_resolved", "input_data_provenance", "clean", "raw"],
      required_to_load: ["config_source", "config_resolved", "input_data_provenance", "raw"],
      required_to_complete: [
        "config_source",
        "config_resolved",
        "input_data_provenance",
        "environment",
        "raw",
        "clean",
      ],
      version_fields: [{ name: "acme_version", nullable: false }],
    });
  });

  test("names no versions where none are declared", () => {
    const pipeline = declaredPipeline("one", { stages: [{ name: "10_a", command: ["true"] }] });
    expect(pipeline).not.toHaveProperty("version_fields");
    expect(pipelineSchema(pipeline)).toBe(true);
  });
});

describe("findPipelineFaults", () => {
  const [prepare, fit, decompose] = train.stages as [
    PipelineDeclaration["stages"][number],
    PipelineDeclaration["stages"][number],
    PipelineDeclaration["stages"][number],
  ];

  test("finds nothing wrong with a sound one", () => {
    expect(findPipelineFaults("train", train)).toEqual([]);
  });

  test.each<[string, string, Partial<PipelineDeclaration>, string, RegExp]>([
    [
      "a number twice",
      "train",
      { stages: [fit, { ...fit, name: "20_again" }] },
      "/stages/1/name",
      /found 20_again, expected a number from 21 to 98/,
    ],
    [
      "numbers out of order",
      "train",
      { stages: [fit, prepare] },
      "/stages/1/name",
      /found 10_prepare, expected a number from 21/,
    ],
    [
      "the number of the first stage",
      "train",
      { stages: [{ ...fit, name: "00_mine" }] },
      "/stages/0/name",
      /found 00_mine, expected a number from 01 to 98/,
    ],
    [
      "the number of the last stage",
      "train",
      { stages: [{ ...fit, name: "99_mine" }] },
      "/stages/0/name",
      /found 99_mine/,
    ],
    [
      "a stage without command or reason",
      "train",
      { stages: [{ name: "10_a", skippable: true }] },
      "/stages/0/command",
      /neither a command nor a reason/,
    ],
    [
      "a skip that is not allowed",
      "train",
      { stages: [{ ...decompose, skippable: false }] },
      "/stages/0/skip",
      /may not be skipped/,
    ],
    [
      "a command without a program",
      "train",
      { stages: [{ name: "10_a", command: ["", "x"] }] },
      "/stages/0/command/0",
      /empty word/,
    ],
    [
      "an artifact outside",
      "train",
      { stages: [{ ...fit, artifacts: { a: "../a" } }] },
      "/stages/0/artifacts/a",
      /segment "\.\."/,
    ],
    [
      "an artifact of two stages",
      "train",
      {
        stages: [
          { ...prepare, artifacts: { a: "a" } },
          { ...fit, artifacts: { a: "b" } },
        ],
      },
      "/stages/1/artifacts/a",
      /the stage 10_prepare has an artifact of that name/,
    ],
    [
      "a reserved artifact",
      "train",
      { stages: [{ ...fit, artifacts: { environment: "e" } }] },
      "/stages/0/artifacts/environment",
      /Colophon's own/,
    ],
    [
      "the name of a log",
      "train",
      { stages: [{ ...fit, artifacts: { stdout_log_20_fit: "e" } }] },
      "/stages/0/artifacts/stdout_log_20_fit",
      /Colophon's own/,
    ],
    [
      "an artifact name with a slash",
      "train",
      { stages: [{ ...fit, artifacts: { "a/b": "e" } }] },
      "/stages/0/artifacts/a~1b",
      /found the name "a\/b", expected letters/,
    ],
    [
      "an unknown artifact promoted",
      "train",
      { promoted: ["klean"] },
      "/promoted/0",
      /no stage has the artifact "klean"; declared are clean, raw/,
    ],
    [
      "an unknown artifact required",
      "train",
      { required_to_load: ["x"] },
      "/required_to_load/0",
      /no stage has the artifact "x"/,
    ],
    [
      "a required artifact of a skipped stage",
      "train",
      { stages: [prepare, { ...decompose, artifacts: { parts: "p" } }], required_to_complete: ["parts"] },
      "/required_to_complete/0",
      /the stage that leaves it is skipped/,
    ],
    [
      "a version that is ours",
      "train",
      { versions: { colophon_version: "1" } },
      "/versions/colophon_version",
      /written by Colophon/,
    ],
    [
      "a version that is the manifest's",
      "train",
      { versions: { manifest_version: "1" } },
      "/versions/manifest_version",
      /written by Colophon/,
    ],
    [
      "a version of another form",
      "train",
      { versions: { acme: "1" } },
      "/versions/acme",
      /found the key "acme", expected/,
    ],
    [
      "a name of ours",
      "meridian",
      {},
      "",
      /"meridian" is a pipeline of Colophon's own, as are command and live/,
    ],
    ["a name of another form", "Train it", {}, "", /found the name "Train it", expected/],
  ])("finds %s, and says where, what and what was expected", (_what, name, change, pointer, message) => {
    const base = name === "Train it" ? "/pipelines/Train it" : `/pipelines/${name}`;
    const lists =
      change.stages === undefined ? {} : { promoted: [], required_to_load: [], required_to_complete: [] };
    const faults = findPipelineFaults(name, { ...train, ...lists, ...change });
    expect(faults.map((fault) => fault.pointer)).toEqual([base + pointer]);
    expect(faults[0]).toMatchObject({
      severity: "error",
      message: expect.stringMatching(message),
      hint: expect.stringMatching(/^[A-Z].*[.")}`]$/),
    });
  });

  test("lets reserved artifacts be promoted and required", () => {
    expect(findPipelineFaults("train", { ...train, promoted: ["environment", "pipeline"] })).toEqual([]);
  });
});

describe("pipelines in colophon.json", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "colophon-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const read = (pipelines: unknown) => {
    const file = join(folder, "colophon.json");
    writeFileSync(file, JSON.stringify({ pipelines }, null, 2));
    return readConfig(file);
  };
  const refusal = (pipelines: unknown): string => {
    try {
      read(pipelines);
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      expect(error).toMatchObject({ code: "BAD_CONFIG" });
      return (error as Error).message;
    }
    throw new Error("was accepted");
  };

  test("are read as they stand", () => {
    expect(read({ train }).pipelines).toEqual({ train });
  });

  test("are shown in spec/README.md as they are accepted", () => {
    const documentation = readFileSync(new URL("../../../spec/README.md", import.meta.url), "utf8");
    const [, block = ""] = /```json\n(\{"pipelines"[\s\S]*?)\n```/.exec(documentation) ?? [];
    const { pipelines } = JSON.parse(block) as { pipelines: unknown };
    expect(read(pipelines).pipelines).toEqual(pipelines);
  });

  test("are refused with place, what was found and what was expected", () => {
    const message = refusal({ train: { stages: [train.stages[1], train.stages[0]] } });
    expect(message).toMatch(
      /colophon\.json:\d+:\d+ {2}pipelines\.train\.stages\.1\.name: found 10_prepare, expected a number from 21 to 98/,
    );
  });

  test.each([
    [[], /pipelines: must be an object, found an array/],
    [{ train: {} }, /missing required field 'stages'/],
    [{ train: { stages: [] } }, /at least 1 item/],
    [
      { train: { stages: [{ name: "prepare", command: ["x"] }] } },
      /found the string "prepare", expected two digits/,
    ],
    [
      { train: { stages: [{ name: "10_a", command: "node x" }] } },
      /command: must be an array, found the string "node x"/,
    ],
    [{ train: { stages: [{ name: "10_a", command: [] }] } }, /command: must have at least 1 item/],
    [
      { train: { stages: [{ name: "10_a", command: ["x"], skip: "", skippable: true }] } },
      /skip: must not be empty/,
    ],
    [{ train: { stages: [{ name: "10_a", command: ["x"], shell: true }] } }, /unknown field 'shell'/],
    [
      { train: { stages: [{ name: "10_a", command: ["x"] }], versions: { acme_version: 1 } } },
      /must be a string/,
    ],
  ])("%j is refused", (pipelines, message) => {
    expect(refusal(pipelines)).toMatch(message);
  });
});
