import { beforeAll, describe, expect, test } from "@jest/globals";
import type { GroundTruthGeneration } from "../../../src/generated/types.js";
import { type GeneratedWorld, generateWorld } from "../../../src/generators/ground-truth/generate-world.js";
import { buildGroundTruth } from "../../../src/kinds/ground-truth/build.js";
import type { GroundTruthManifest } from "../../../src/kinds/ground-truth/ground-truth.js";
import { defaultRules, kinds } from "../../../src/kinds/table.js";
import { formatDisk } from "../../../src/manifest/canonical.js";
import { sha256 } from "../../../src/manifest/digest.js";
import { validateDocument } from "../../../src/manifest/validate.js";
import { recoverTable } from "../../../src/operations/ground-truth/answers/recover-table.js";
import { splitTable } from "../../../src/operations/ground-truth/answers/split.js";
import { column, widened, without, world } from "./world.js";

/** Each is another world. */
const seeds = Array.from({ length: process.env.COLOPHON_TEST_LONG ? 60 : 5 }, (_, seed) => seed);

let made: GeneratedWorld;
let manifest: GroundTruthManifest;
beforeAll(async () => {
  made = await generateWorld(world);
  manifest = buildGroundTruth(world, made.state);
});

describe("the world of the example", () => {
  test("has a valid ground truth in which every section holds real values", () => {
    expect(validateDocument(manifest, kinds["ground-truth"], defaultRules())).toEqual([]);
    const empty = Object.entries(manifest).filter(
      ([, value]) =>
        value === null ||
        (typeof value === "object" && Object.keys(value).length === 0) ||
        (Array.isArray(value) && value.length === 0),
    );
    expect(empty).toEqual([]);
    expect(Object.keys(manifest).sort()).toEqual([...kinds["ground-truth"].fields].sort());
    expect(new Set(manifest.quality_injections?.map(({ issue_type }) => issue_type)).size).toBe(5);
    expect(manifest.quality_injections?.filter(({ row_indices }) => row_indices.length === 0)).toEqual([]);
    expect(manifest.event_firings.some(({ period_indices }) => period_indices.length === 0)).toBe(true);
    expect(manifest.event_firings.some(({ period_indices }) => period_indices.length > 0)).toBe(true);
    const targets = manifest.bridge_associations?.flatMap((bridge) => bridge.targets as unknown[]) ?? [];
    expect(new Set(targets.map((target) => typeof target))).toEqual(new Set(["string", "number"]));
    const compensations = manifest.correlation_compensations ?? [];
    expect(new Set(compensations.map(({ infeasible }) => infeasible))).toEqual(new Set([true, false]));
    expect(Object.values(manifest.bypass_fallback_counts ?? {}).every((count) => count > 0)).toBe(true);
    expect(new Set(manifest.scd_events?.map(({ new_label }) => new_label)).size).toBeGreaterThan(2);
    expect(manifest.trajectory_samples).toHaveLength(Math.ceil(world.entities.length * 0.6) * 24);
  });

  test("gives back every clean table, cell by cell, from the corrupted one", () => {
    for (const [name, table] of Object.entries(made.tables)) {
      const recovered = recoverTable(manifest, name, table);
      expect([name, recovered.unrecovered]).toEqual([name, []]);
      expect(recovered.table).toEqual(made.clean[name]);
    }
    const corrupted = new Set(manifest.quality_injections?.map(({ table }) => table));
    for (const name of corrupted) expect(made.tables[name]).not.toEqual(made.clean[name]);
    expect(corrupted.size).toBeGreaterThan(2);
  });

  test("undoes issues that fall on each other's cells and copies", async () => {
    for (const seed of seeds) {
      const rough: GroundTruthGeneration = {
        ...world,
        seed,
        quality: {
          quality_issues: [...(world.quality?.quality_issues ?? []), ...(world.quality?.quality_issues ?? [])]
            .filter(({ issue_type }, at, all) => issue_type !== "late_arrival" || at < all.length / 2)
            .map((issue) => ({ ...issue, rate: 0.4 })),
        },
      };
      const { tables, clean, state } = await generateWorld(rough);
      const truth = buildGroundTruth(rough, state);
      expect(validateDocument(truth, kinds["ground-truth"], defaultRules())).toEqual([]);
      for (const [name, table] of Object.entries(tables))
        expect(recoverTable(truth, name, table).table).toEqual(clean[name]);
    }
    console.info(`${seeds.length} worlds of ${seeds.length} recovered whole`);
  });

  test("tells events, bands and firings as they stand in the tables (P21)", () => {
    const logins = made.clean.evt_login;
    const seen = new Set(logins?.rows.map(([, entity, period]) => `${entity} ${period}`));
    const told = manifest.event_firings
      .filter(({ table }) => table === "evt_login")
      .flatMap(({ entity, period_indices }) => period_indices.map((period) => `${entity} ${period}`));
    expect(new Set(told)).toEqual(seen);
    const versions = new Map(made.clean.dim_customer?.rows.map((row) => [row[0], row]));
    for (const event of manifest.scd_events ?? []) {
      expect(versions.get(event.old_dim_row_id)).toEqual([
        event.old_dim_row_id,
        event.entity,
        event.old_label,
        expect.any(Number),
        event.period_index - 1,
      ]);
      expect(versions.get(event.new_dim_row_id)?.[3]).toBe(event.period_index);
    }
    const referrals =
      manifest.bridge_associations?.filter(({ bridge }) => bridge === "customer_referral") ?? [];
    for (const { entity, targets } of referrals)
      for (const target of targets as number[]) {
        expect(versions.get(target)?.[4]).toBeNull();
        expect(versions.get(target)?.[1]).not.toBe(entity);
      }
  });

  test("is split where its holdout begins", () => {
    const { train, holdout } = splitTable(manifest, made.clean.fct_support as never, "period");
    expect([train.rows.length, holdout.rows.length]).toEqual([21 * 10, 3 * 10]);
  });

  test("gives the bytes that it gave when this was written, on every machine", () => {
    const digest = sha256(formatDisk({ manifest, tables: made.tables }));
    // Whoever changes what it gives, changes `generatorVersion`.
    expect(digest).toBe(expectedDigest);
  });
});

const expectedDigest = "d54b37717ec7310954c7dff46670bb90f6626db464ab78f25bb9ce6c7634d46e";

describe("generateWorld", () => {
  test("gives the same tables serially and column by column, and counts what fell back", async () => {
    for (const seed of seeds) {
      const [columns, serial] = await Promise.all([
        generateWorld({ ...world, seed, generation_mode: "vectorized" }),
        generateWorld({ ...world, seed, generation_mode: "serial" }),
      ]);
      expect(serial.tables).toEqual(columns.tables);
      expect(serial.state.bypassFallbackCounts).toBeNull();
      expect(columns.state.bypassFallbackCounts).not.toBeNull();
    }
    console.info(`${seeds.length} seeds of ${seeds.length} gave the same tables both ways`);
  });

  test("is vectorized from the threshold on, when it may choose (P44, P45)", async () => {
    const counts = async (count: number) =>
      (
        await generateWorld(
          widened(count, {
            generation_mode: "auto",
            time_window: { start: "2024-01", periods: 4 },
            holdout: null,
          }),
        )
      ).state.bypassFallbackCounts;
    expect([await counts(49), (await counts(50)) !== null]).toEqual([null, true]);
    const metrics = world.metrics.filter(({ distribution }) => distribution === "normal");
    const plain = {
      ...without(world, "correlations", "event_tables", "dimensions", "bridges", "quality", "holdout"),
      metrics,
    };
    expect((await generateWorld(plain)).state.bypassFallbackCounts).toEqual({});
  });

  test("does not shift one section by another", async () => {
    const fewer = await generateWorld(without(world, "quality", "bridges", "event_tables"));
    expect(fewer.clean.fct_engagement).toEqual(made.clean.fct_engagement);
    expect(fewer.clean.dim_customer).toEqual(made.clean.dim_customer);
    const [first, ...rest] = world.entities;
    const smaller = await generateWorld({ ...without(world, "compensate_correlations"), entities: rest });
    const whole = await generateWorld(without(world, "compensate_correlations"));
    expect(smaller.clean.fct_support?.rows).toEqual(
      whole.clean.fct_support?.rows.filter(([entity]) => entity !== first?.name),
    );
  });

  test("follows another seed with other values, and the order of entities with none", async () => {
    const other = await generateWorld({ ...world, seed: 43 });
    expect(other.clean.fct_engagement).not.toEqual(made.clean.fct_engagement);
    const turned = { ...world, entities: [...world.entities].reverse() };
    const { clean } = await generateWorld({ ...turned, compensate_correlations: false });
    expect(clean).toEqual((await generateWorld({ ...world, compensate_correlations: false })).clean);
  });

  test("keeps cells within their clamp, at their decimals, and counts whole", () => {
    for (const metric of world.metrics) {
      const values = column(made, metric.table, metric.name);
      expect(values).toHaveLength(240);
      for (const value of values) {
        expect(value >= metric.clamp.least && value <= metric.clamp.most).toBe(true);
        const decimals = "decimals" in metric ? metric.decimals : 0;
        expect(Number(value.toFixed(decimals))).toBe(value);
      }
    }
  });
});
