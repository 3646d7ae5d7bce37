import { readdirSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { defaultRules, kinds } from "../../../src/kinds/table.js";
import { validateDocument } from "../../../src/manifest/validate.js";
import { example, type Json } from "../example.js";

const founding = example("run-of-the-origin-project");
const stages = founding.stages as Json[];

function judge(document: unknown, namespace = "colophon") {
  return validateDocument(document, kinds.run, defaultRules({ namespace })).filter(
    ({ severity }) => severity === "error",
  );
}

function codes(document: unknown) {
  return judge(document).map(({ code, pointer }) => `${code} ${pointer}`);
}

/** The founding run as it stood when `count` stages were recorded. */
function asOf(count: number, last: Json = {}): Json & { readonly stages: Json[] } {
  const recorded = stages.slice(0, count);
  const names = recorded.flatMap(({ artifacts }) => Object.keys(artifacts as object));
  const artifacts = Object.entries(founding.artifacts as object).filter(([name]) => names.includes(name));
  return {
    ...founding,
    status: "running",
    finished_at: null,
    artifacts: Object.fromEntries(artifacts),
    stages: [...recorded, ...(count < stages.length ? [{ ...stages[count], artifacts: {}, ...last }] : [])],
  };
}

const running = { status: "running", finished_at: null, elapsed_seconds: null, message: null };
const failed = { status: "failed", message: "the model did not converge" };

describe("a run of the origin project", () => {
  test.each([1, 2, 3, 4, 5, 6, 7])("is valid while it runs, after %d stages (M37, M43)", (count) => {
    expect(codes(asOf(count, running))).toEqual([]);
  });

  test.each([1, 2, 3, 4, 5, 6])("is valid when it fails after %d stages (M43)", (count) => {
    const document = { ...asOf(count, failed), status: "failed", finished_at: founding.finished_at };
    expect(codes(document)).toEqual([]);
    const further = { ...document, stages: [...document.stages, ...stages.slice(count + 1)] };
    expect(codes(further)).toHaveLength(stages.length - count - 1);
    for (const { code, message } of judge(further)) {
      expect(code).toBe("STAGES_DISAGREE");
      expect(message).toMatch(/behind .*, which failed/);
    }
  });

  test.each([0, 1, 2, 3, 4, 5, 6])("is not valid without the stage at %d (M21)", (index) => {
    const document = { ...founding, stages: stages.filter((_, at) => at !== index) };
    expect(codes(document).some((code) => code.startsWith("STAGES_DISAGREE"))).toBe(true);
  });

  test.each([0, 2, 3, 4])("may not skip the stage at %d (M22)", (index) => {
    const skipped = stages.map((stage, at) =>
      at === index ? { ...stage, status: "skipped", message: "no reason", artifacts: {} } : stage,
    );
    expect(codes({ ...founding, artifacts: {}, stages: skipped })).toContain(
      `STAGES_DISAGREE /stages/${index}/status`,
    );
  });

  test("keeps what it promoted while it runs, and needs no end yet (M09, M44)", () => {
    expect(codes({ ...asOf(3), finished_at: founding.finished_at })).toEqual([
      "STATUS_CONTRADICTS /finished_at",
    ]);
    expect(codes({ ...founding, finished_at: null })).toEqual(["STATUS_CONTRADICTS /finished_at"]);
  });

  test("takes its extension key like any other run", () => {
    expect(codes({ ...founding, colophon: { notes: { a: 1 } } })).toEqual([]);
    expect(judge({ ...founding, pytyche: {} }, "pytyche")).toEqual([]);
  });
});

describe("versions", () => {
  test.each([true, false, "3", "0", 3.5, 2.5, null, -1, 4, 1e21, [3], {}])(
    "%j is refused by name, and nothing else is said of it (M50)",
    (version) => {
      const [finding, ...others] = judge({ ...founding, manifest_version: version });
      expect(others).toEqual([]);
      expect(finding).toMatchObject({ code: "UNSUPPORTED_VERSION", pointer: "/manifest_version" });
      expect(finding?.message).toMatch(/must be one of 0, 1, 2, 3 for the run kind, found /);
    },
  );

  test("without a tool's version the finding names both keys", () => {
    const { meridian_tools_version, ...document } = founding;
    const [finding, ...others] = judge(document);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: "NO_TOOL_VERSION", pointer: "" });
    expect(`${finding?.message} ${finding?.hint}`).toMatch(/colophon_version.*meridian_tools_version/);
  });

  test("strict mode refuses foreign keys in all of them (M03)", () => {
    for (const name of ["run-version-0", "run-version-1", "run-version-2", "run-of-the-origin-project"]) {
      expect(codes({ ...example(name), owner: "me" })).toEqual(["FOREIGN_KEY /owner"]);
    }
    const colophons = example("run-of-a-declared-pipeline");
    expect(codes({ ...colophons, meridian_version: "1.5.3", export_plots: true })).toEqual([
      "FOREIGN_KEY /export_plots",
      "FOREIGN_KEY /meridian_version",
    ]);
  });

  test("a Colophon run may carry another tool's version if its pipeline says so", () => {
    const document = example("run-of-a-declared-pipeline");
    const pipeline = (document.colophon as { pipeline: { version_fields: Json[] } }).pipeline;
    pipeline.version_fields.push({ name: "meridian_tools_version", nullable: false });
    expect(codes({ ...document, meridian_tools_version: "0.3.0" })).toEqual([]);
    expect(codes(document)).toEqual(["MISSING_FIELD /meridian_tools_version"]);
  });

  test("whatever stands where the pipeline should is a finding, not a crash", () => {
    const document = example("run-of-a-declared-pipeline");
    for (const pipeline of [null, 7, [], {}, { version_fields: [{ name: { toString: 1 } }, null, 3] }]) {
      expect(codes({ ...document, colophon: { pipeline } }).length).toBeGreaterThan(0);
    }
    for (const stages of [null, {}, [null], [{}], [{ name: 1 }], [[]]]) {
      for (const manifest_version of [0, 1, 2, 3])
        expect(codes({ ...founding, manifest_version, stages }).length).toBeGreaterThan(0);
    }
  });

  test("an earlier run is told of with the places it has, never of what was filled in", () => {
    const document = example("run-version-1");
    const stages = document.stages as Json[];
    const cut = { ...document, stages: [{ ...stages[0], artifacts: {} }, ...stages.slice(1)] };
    expect(codes(cut)).toEqual(["MISSING_ARTIFACT /artifacts", "MISSING_ARTIFACT /artifacts"]);
    const without = { ...document, stages: stages.map(({ name, artifacts }) => ({ name, artifacts })) };
    expect(codes(without)).toEqual([]);
  });
});

describe("a run in which anything stands anywhere", () => {
  const names = readdirSync(new URL("../../../spec/examples/valid/", import.meta.url)).filter((file) =>
    file.startsWith("run-"),
  );
  const anything = [null, -1, "", [null], { a: {} }];

  test.each(names)("%s is judged and never crashes", (file) => {
    const document = example(file.replace(".json", ""));
    const silent: unknown[] = [];
    let judged = 0;
    for (const place of placesOf(document)) {
      for (const value of anything) {
        const findings = validateDocument(withValue(document, place, value), kinds.run, defaultRules());
        silent.push(...findings.filter(({ message, hint }) => message === "" || hint === ""));
        judged += 1;
      }
    }
    expect(silent).toEqual([]);
    expect(judged).toBeGreaterThan(80);
  });

  function placesOf(value: unknown, base: readonly string[] = []): string[][] {
    if (typeof value !== "object" || value === null) return [[...base]];
    const below = Object.entries(value).flatMap(([key, inner]) => placesOf(inner, [...base, key]));
    return base.length === 0 ? below : [[...base], ...below];
  }

  function withValue(document: Json, place: readonly string[], value: unknown): unknown {
    const copy = structuredClone(document);
    const parent = place.slice(0, -1).reduce<Json>((inner, key) => inner[key] as Json, copy);
    parent[place.at(-1) as string] = value;
    return copy;
  }
});

describe("the summary of a run", () => {
  test("reads earlier versions too", () => {
    expect(kinds.run.summarize(example("run-version-0"))).toContain("20_model_fit completed");
  });
});
