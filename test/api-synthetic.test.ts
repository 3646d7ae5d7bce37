import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import type { DimensionConfig } from "../src/generated/types.js";
import {
  generateFixture,
  generateGroundTruth,
  loadFixture,
  recoverTable,
  traceMetricCell,
  validateGroundTruthConfig,
} from "../src/index.js";
import { world } from "./generators/ground-truth/world.js";

const folder = mkdtempSync(join(tmpdir(), "colophon-synthetic-"));
afterAll(() => rmSync(folder, { recursive: true }));
const customers = world.dimensions?.[0] as Extract<DimensionConfig, { of: "entities" }>;
const withCode = (code: string) => expect.objectContaining({ code });

describe("generateGroundTruth", () => {
  test("gives tables and truth in memory, and writes them where it is told", async () => {
    const { tables, clean, manifest, written } = await generateGroundTruth(world);
    expect(written).toBeNull();
    expect(recoverTable(manifest, "fct_engagement", tables.fct_engagement!).table).toEqual(
      clean.fct_engagement,
    );
    const directory = join(folder, "world");
    const first = await generateGroundTruth(world, { directory });
    expect(first.written?.status).toBe("written");
    expect((await generateGroundTruth(world, { directory })).written?.status).toBe("unchanged");
    expect(readdirSync(directory)).toContain("manifest.json");
    const other = { ...world, seed: 43 };
    const before = readFileSync(join(directory, "manifest.json"), "utf8");
    await expect(generateGroundTruth(other, { directory })).rejects.toThrow(withCode("OUTPUT_DIFFERS"));
    expect(readFileSync(join(directory, "manifest.json"), "utf8")).toBe(before);
    expect((await generateGroundTruth(other, { directory, accept: true })).written?.status).toBe("replaced");
  });

  test("refuses a configuration with all its faults, each with its pointer", async () => {
    const bad = { ...world, seed: 0.5, entities: [{ name: "a" }] };
    expect((await validateGroundTruthConfig(bad)).map(({ pointer }) => pointer).sort()).toEqual([
      "/entities/0/archetype",
      "/seed",
    ]);
    expect(await validateGroundTruthConfig(world)).toEqual([]);
    await expect(generateGroundTruth(bad as never, { directory: join(folder, "no") })).rejects.toThrow(
      withCode("BAD_GROUND_TRUTH_CONFIG"),
    );
    await expect(generateGroundTruth({ ...world, seed: Number.NaN })).rejects.toThrow(
      withCode("BAD_GROUND_TRUTH_CONFIG"),
    );
    expect(existsSync(join(folder, "no"))).toBe(false);
  });

  test.each([
    ["an empty section", { entities: [] }, "/entities", "EMPTY"],
    [
      "a column that is taken",
      { metrics: [{ ...world.metrics[0], name: "entity" }] },
      "/metrics/0/name",
      "WRONG_VALUE",
    ],
    [
      "a table twice",
      { bridges: [{ ...world.bridges?.[0], name: "FCT_support" }] },
      "/bridges/0/name",
      "ENTRY_TWICE",
    ],
    [
      "a pair twice",
      { correlations: [world.correlations?.[0], world.correlations?.[0]] },
      "/correlations/1",
      "ENTRY_TWICE",
    ],
    [
      "a band that does not ascend",
      {
        dimensions: [
          {
            name: "d",
            of: "entities",
            bands: {
              column: "plan",
              metric: "mrr",
              labels: [
                { label: "a", from: 0 },
                { label: "b", from: 0 },
              ],
            },
          },
        ],
        bridges: [],
        quality: { quality_issues: [] },
      },
      "/dimensions/0/bands/labels/1/from",
      "OUT_OF_RANGE",
    ],
    [
      "drift of a column that is no metric",
      {
        quality: {
          quality_issues: [
            { issue_type: "schema_drift", table: "fct_support", column: "period", rate: 1, factor: 2 },
          ],
        },
      },
      "/quality/quality_issues/0/column",
      "WRONG_VALUE",
    ],
    [
      "late rows of what has no periods",
      {
        quality: {
          quality_issues: [
            { issue_type: "late_arrival", table: "dim_subscription", rate: 1, most_periods: 2 },
          ],
        },
      },
      "/quality/quality_issues/0/table",
      "WRONG_VALUE",
    ],
    [
      "a metric of the name that stands for arrivals",
      { metrics: [{ ...world.metrics[0], name: "_arrival_period" }] },
      "/metrics/0/name",
      "WRONG_VALUE",
    ],
    [
      "a band of the name that stands for rows",
      { dimensions: [{ ...customers, bands: { ...customers.bands, column: "_rows" } }] },
      "/dimensions/0/bands/column",
      "WRONG_VALUE",
    ],
    [
      "a label that can be no key",
      { archetypes: [{ ...world.archetypes[0], name: "__proto__" }] },
      "/archetypes/0/name",
      "WRONG_VALUE",
    ],
    [
      "a fact table that can be no key",
      { metrics: [{ ...world.metrics[0], table: "__proto__" }] },
      "/metrics/0/table",
      "WRONG_VALUE",
    ],
    [
      "an event table that can be no key",
      { event_tables: [{ ...world.event_tables?.[0], name: "__proto__" }] },
      "/event_tables/0/name",
      "WRONG_VALUE",
    ],
    [
      "a share of nothing",
      { manifest: { trajectory_sample_rate: 0 } },
      "/manifest/trajectory_sample_rate",
      "OUT_OF_RANGE",
    ],
  ])("finds %s", async (_, changes, pointer, code) => {
    expect(await validateGroundTruthConfig({ ...world, ...changes })).toContainEqual(
      expect.objectContaining({ pointer, code, severity: "error" }),
    );
  });

  test("makes every cell again, with its table or without", async () => {
    const { manifest, tables } = await generateGroundTruth(world);
    const question = { entity: "growers_002", period: 23, metric: "logins" };
    const traced = await traceMetricCell(manifest, world, question, tables.fct_engagement);
    expect(traced).toMatchObject({
      agrees: true,
      table: "fct_engagement",
      cell: { row: expect.any(Number) },
    });
    expect(await traceMetricCell(manifest, world, question)).toMatchObject({ agrees: true, cell: null });
    await expect(traceMetricCell(manifest, { ...world, seed: 1 }, question)).rejects.toThrow(
      withCode("CONFIG_DRIFTED"),
    );
  });

  test("agrees with no cell that is not there, in time or in the table", async () => {
    const { manifest, tables } = await generateGroundTruth(world);
    const question = { entity: "growers_002", period: 23, metric: "response_hours" };
    for (const period of [1.5, -1, 24, Number.NaN])
      await expect(traceMetricCell(manifest, world, { ...question, period })).rejects.toThrow(
        withCode("NO_SUCH_CELL"),
      );
    const { columns, rows } = tables.fct_support!;
    const cut = { columns, rows: rows.filter((row) => row[1] !== 23) };
    const short = { columns, rows: [...cut.rows, ...cut.rows].slice(0, rows.length) };
    expect(await traceMetricCell(manifest, world, question, short)).toMatchObject({
      agrees: false,
      cell: null,
    });
  });
});

describe("generateFixture", () => {
  const asked = {
    generator: "market-events",
    seedBundle: { seed: 42, namespace: "tests", partition: "0" },
    profile: "calm",
    scenario: "plain",
    runName: "r",
    outputDir: "events",
    directory: folder,
    params: { events: 12, symbols: ["SPY", "QQQ"], start_ts: 0, interval_ms: 5 },
  };

  test("writes what the command writes, once, and refuses to write over another", async () => {
    expect(await generateFixture(asked)).toMatchObject({ status: "written" });
    expect(await generateFixture(asked)).toMatchObject({ status: "unchanged" });
    expect(loadFixture(join(folder, "events")).events).toHaveLength(12);
    const other = { ...asked, scenario: "options-sweep" };
    await expect(generateFixture(other)).rejects.toThrow(withCode("OUTPUT_DIFFERS"));
    expect(await generateFixture({ ...other, accept: true })).toMatchObject({ status: "replaced" });
    await expect(generateFixture({ ...asked, profile: "wild" })).rejects.toThrow(withCode("NO_SUCH_PROFILE"));
  });

  test.each(["generator", "seedBundle", "profile", "scenario", "runName", "outputDir"])(
    "fills in nothing where %s is missing",
    async (name) => {
      const gap = { ...asked, outputDir: "gap", [name]: undefined };
      await expect(generateFixture(gap as never)).rejects.toThrow(withCode("BAD_ARGUMENT"));
      expect(existsSync(join(folder, "gap"))).toBe(false);
    },
  );

  test("takes no parameter for another: NaN is not null", async () => {
    const params = { ...asked.params, interval_ms: Number.NaN };
    await expect(generateFixture({ ...asked, params })).rejects.toThrow(withCode("BAD_ARGUMENT"));
  });
});
