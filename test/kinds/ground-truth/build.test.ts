import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import {
  assertGroundTruthManifest,
  buildGroundTruthManifest,
  formatDisk,
  type GroundTruthManifest,
  publishGroundTruthManifest,
  readGroundTruthManifest,
  validateGroundTruthManifest,
  writeGroundTruthManifest,
} from "../../../src/index.js";
import { compareNames, compensate, sampleSize } from "../../../src/kinds/ground-truth/ground-truth.js";
import { example } from "../example.js";
import { config, state, trajectories } from "./dataset.js";

const folder = mkdtempSync(join(tmpdir(), "colophon-truth-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const built = () => buildGroundTruthManifest(config, state);
const codes = (value: unknown) => validateGroundTruthManifest(value).map(({ code }) => code);

describe("buildGroundTruthManifest (P01-P45)", () => {
  test("gives the bytes of the example, which has a value in every section (P04-P06)", () => {
    const golden = new URL("../../../spec/examples/valid/ground-truth.json", import.meta.url);
    expect(formatDisk(built())).toBe(readFileSync(golden, "utf8"));
    expect(validateGroundTruthManifest(built())).toEqual([]);
    for (const section of Object.values(built()))
      expect(typeof section === "object" ? Object.keys(section ?? {}).length : 1).toBeGreaterThan(0);
  });

  test("does not depend on the order in which things are named (P04, P12, P14, P24, P27)", () => {
    const reversed = (record: object) => Object.fromEntries(Object.entries(record).reverse());
    const otherConfig = { ...reversed(config), entities: config.entities } as typeof config;
    const other = buildGroundTruthManifest(otherConfig, {
      ...state,
      trajectories: reversed(trajectories) as typeof trajectories,
      eventFirings: reversed(state.eventFirings ?? {}) as NonNullable<typeof state.eventFirings>,
      scdEvents: (state.scdEvents ?? []).toReversed(),
      bridges: (state.bridges ?? []).toReversed(),
      qualityInjections: (state.qualityInjections ?? []).toReversed(),
    });
    expect(formatDisk(other)).toBe(formatDisk(built()));
  });

  test("samples the first ceil(n × rate) by name, whatever the seed (P17, P18)", () => {
    const names = Array.from({ length: 10 }, (_, index) => `e${index}`);
    const entities = names.toReversed().map((name) => ({ name, archetype: "growth" }));
    for (const [rate, size] of [
      [0.01, 1],
      [0.1, 1],
      [0.11, 2],
      [0.5, 5],
      [0.99, 10],
      [1, 10],
    ] as const) {
      for (const seed of [0, -7, 42]) {
        const manifest = buildGroundTruthManifest(
          { seed, entities, manifest: { trajectory_sample_rate: rate } },
          { trajectories: Object.fromEntries(names.map((name) => [name, [0.5, 0.6]])) },
        );
        expect(sampleSize(10, rate)).toBe(size);
        expect(manifest.trajectory_samples.map(({ entity }) => entity)).toEqual(
          names.slice(0, size).flatMap((name) => [name, name]),
        );
        expect(validateGroundTruthManifest(manifest)).toEqual([]);
      }
    }
  });

  test("completes the matrix, sorts periods, counts targets, drops noise (P20, P22, P26, P39)", () => {
    const { event_firings, bridge_associations, correlation_adjustments } = built();
    expect(event_firings).toHaveLength(3 * 2);
    expect(event_firings.filter(({ period_indices }) => period_indices.length === 0)).toHaveLength(3);
    expect(
      event_firings.find(({ table, entity }) => table === "evt_ticket" && entity === "decliners_002"),
    ).toEqual({
      entity: "decliners_002",
      table: "evt_ticket",
      period_indices: [5, 6, 7],
    });
    expect(bridge_associations?.map(({ cardinality }) => cardinality)).toEqual([2, 3, 0]);
    expect(correlation_adjustments).toHaveLength(1);
  });

  test("keeps null, [] and {} apart (P35, P38, P42, P44)", () => {
    const plain = { ...config, holdout: { enabled: false, target: "mrr", periods: 2 } };
    const none = buildGroundTruthManifest(plain, { trajectories });
    expect(none).toMatchObject({
      scd_events: [],
      bridge_associations: [],
      quality_injections: [],
      holdout: null,
      correlation_adjustments: null,
      correlation_compensations: null,
      bypass_fallback_counts: null,
      vectorized_threshold_used: 50,
    });
    const clean = buildGroundTruthManifest(config, {
      trajectories,
      correlationAdjustments: [{ metric_a: "a", metric_b: "b", requested: 0.5, achieved: 0.5 }],
      correlationCompensations: [],
      bypassFallbackCounts: {},
    });
    expect([
      clean.correlation_adjustments,
      clean.correlation_compensations,
      clean.bypass_fallback_counts,
    ]).toEqual([[], [], {}]);
    const many = { ...config, metrics: Array.from({ length: 21 }, (_, index) => index) };
    expect(buildGroundTruthManifest(many, state).correlation_compensations).toBeNull();
  });

  test.each([[0], [-0.5], [1.01]])("refuses the sample rate %p", (rate) => {
    expect(() =>
      buildGroundTruthManifest({ ...config, manifest: { trajectory_sample_rate: rate } }, state),
    ).toThrow(expect.objectContaining({ code: "BAD_ARGUMENT" }));
  });

  test("refuses a sampled entity without a trajectory, also one named as objects' own things are", () => {
    const entities = [{ name: "constructor", archetype: "growth" }];
    expect(() => buildGroundTruthManifest({ ...config, entities }, state)).toThrow(
      expect.objectContaining({ code: "BAD_ARGUMENT", message: expect.stringContaining('"constructor"') }),
    );
  });
});

describe("validateGroundTruthManifest", () => {
  test("allows for inexact sums, and for nothing more (P41, P50)", () => {
    const manifest = built() as GroundTruthManifest & { correlation_compensations: object[] };
    const [first] = manifest.correlation_compensations;
    // The numbers as the founding document prints them.
    Object.assign(first as object, { compensated_target: 0.23, achievable: 0.23, adjustment: 0.32 });
    expect(codes(manifest)).toEqual([]);
    Object.assign(first as object, { achievable: 0.2300001 });
    expect(codes(manifest)).toContain("COMPENSATION_DISAGREES");
  });

  test("leaves the edge of feasibility to rounding", () => {
    const edge = {
      ...compensate(1, 0),
      metric_a: "a",
      metric_b: "b",
      user_target: 1,
      trajectory_contribution: 0,
    };
    for (const infeasible of [true, false])
      expect(codes({ ...built(), correlation_compensations: [{ ...edge, infeasible }] })).toEqual([]);
  });

  test("takes no extension key, under any name (C29, C30, P46)", () => {
    for (const namespace of ["colophon", "pytyche"])
      expect(
        validateGroundTruthManifest({ ...built(), [namespace]: {} }, { namespace }).map(
          ({ code, pointer, hint }) => [code, pointer, hint],
        ),
      ).toEqual([["UNKNOWN_FIELD", `/${namespace}`, expect.stringContaining("closed")]]);
    expect(() => assertGroundTruthManifest({ ...built(), schema_version: "1.10" })).toThrow(
      expect.objectContaining({ findings: [expect.objectContaining({ code: "UNSUPPORTED_VERSION" })] }),
    );
  });

  test("finds every member that is taken away", () => {
    const manifest = built();
    for (const section of [
      "archetype_assignments",
      "trajectory_samples",
      "event_firings",
      "scd_events",
    ] as const) {
      for (const field of Object.keys(manifest[section]?.[0] ?? {})) {
        const changed = structuredClone(manifest);
        delete ((changed[section] ?? [])[0] as unknown as Record<string, unknown>)[field];
        expect(validateGroundTruthManifest(changed)[0]).toMatchObject({
          code: "MISSING_FIELD",
          pointer: `/${section}/0/${field}`,
        });
      }
    }
  });

  test("never throws, whatever stands in the sections", () => {
    const manifest = built() as unknown as Record<string, unknown>;
    for (const section of Object.keys(manifest))
      for (const value of [null, true, 0, "", [], {}, [null], [[]], [{}]])
        expect(Array.isArray(validateGroundTruthManifest({ ...manifest, [section]: value }))).toBe(true);
  });
});

describe("a document that is read and written again (P49)", () => {
  test.each([
    "ground-truth",
    "ground-truth-with-nothing-special",
    "ground-truth-in-serial-mode",
    "ground-truth-of-an-earlier-writer",
  ])("keeps null, [], {} and what is absent: %s", (name) => {
    const path = join(folder, `${name}.json`);
    writeGroundTruthManifest(example(name), path);
    const read = readGroundTruthManifest(path);
    expect(read).toEqual(example(name));
    publishGroundTruthManifest(read, `${path}.again`);
    expect(readFileSync(`${path}.again`, "utf8")).toBe(readFileSync(path, "utf8"));
  });

  test("is published only when it is valid", () => {
    const path = join(folder, "refused.json");
    expect(() => publishGroundTruthManifest(example("run-completed"), path)).toThrow(
      expect.objectContaining({ code: "INVALID_MANIFEST" }),
    );
  });
});

describe("compareNames (C08)", () => {
  test("sorts by code point, which is not the order of UTF-16", () => {
    const names = ["\u{1F600}", "\uFF5E", "b", "a", "ab", "ä", "B"];
    expect(names.sort(compareNames)).toEqual(["B", "a", "ab", "b", "ä", "\uFF5E", "\u{1F600}"]);
  });
});
