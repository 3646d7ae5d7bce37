import { describe, expect, test } from "@jest/globals";
import type { GroundTruthManifest } from "../../../src/index.js";
import { buildGroundTruth } from "../../../src/kinds/ground-truth/build.js";
import { corruptedRows } from "../../../src/operations/ground-truth/answers/corrupted.js";
import { crossingsOf } from "../../../src/operations/ground-truth/answers/crossings.js";
import { isConfigOf, thresholdDrift } from "../../../src/operations/ground-truth/answers/drift.js";
import { eventsOf } from "../../../src/operations/ground-truth/answers/events.js";
import { labelsOf } from "../../../src/operations/ground-truth/answers/labels.js";
import { recoverTable } from "../../../src/operations/ground-truth/answers/recover-table.js";
import { splitOf, splitTable } from "../../../src/operations/ground-truth/answers/split.js";
import { summarizeGroundTruth } from "../../../src/operations/ground-truth/answers/summary.js";
import { tapeOf } from "../../../src/operations/ground-truth/answers/tape.js";
import {
  pairsByAdjustment,
  undeliverablePairs,
} from "../../../src/operations/ground-truth/answers/undeliverable.js";
import { example } from "../../kinds/example.js";
import { cleanFacts, config, corruptedFacts, state, trajectories } from "../../kinds/ground-truth/dataset.js";

const manifest = buildGroundTruth(config, state);
const earlier = example("ground-truth-of-an-earlier-writer") as unknown as GroundTruthManifest;
const withCode = (code: string) => expect.objectContaining({ code });

describe("labelsOf and eventsOf (P48, P51)", () => {
  test("find the archetype, and the whole matrix with its empty cells", () => {
    expect(labelsOf(manifest, "growers_001")).toEqual([{ entity: "growers_001", archetype: "growth" }]);
    expect(labelsOf(manifest)).toHaveLength(3);
    expect(eventsOf(manifest)).toHaveLength(6);
    expect(eventsOf(manifest, { entity: "spikers_003", table: "evt_ticket" })).toEqual([
      { entity: "spikers_003", table: "evt_ticket", period_indices: [] },
    ]);
    expect(() => labelsOf(manifest, "nobody")).toThrow(withCode("NO_SUCH_ENTITY"));
    expect(() => eventsOf(manifest, { entity: "nobody" })).toThrow(withCode("NO_SUCH_ENTITY"));
    expect(() => eventsOf(manifest, { table: "evt_logn" })).toThrow(withCode("NO_SUCH_TABLE"));
  });
});

describe("tapeOf", () => {
  test("gives what was recorded of a sampled entity", () => {
    const { source, entries } = tapeOf(manifest, "growers_001");
    expect(source).toBe("manifest");
    expect(entries.map(({ position }) => position)).toEqual(trajectories.growers_001);
  });

  test("derives what crossings tell of another, and says that the rest is not recorded", () => {
    const { source, entries } = tapeOf(manifest, "spikers_003");
    expect(source).toBe("derived");
    expect(entries).toHaveLength(8);
    expect(entries[2]).toEqual({ period_index: 2, position: 0.66, source: "derived" });
    expect(entries[3]).toEqual({ period_index: 3, position: null, source: "not-recorded" });
    expect(tapeOf({ ...manifest, scd_events: [] }, "spikers_003").source).toBe("not-recorded");
  });

  test("derives all of it where the caller can make it again", () => {
    const tape = tapeOf(manifest, "spikers_003", (entity) => trajectories[entity] ?? []);
    expect(tape.entries.map(({ position }) => position)).toEqual(trajectories.spikers_003);
    expect(new Set(tape.entries.map(({ source }) => source))).toEqual(new Set(["derived"]));
    const sampled = tapeOf(manifest, "growers_001", () => {
      throw new Error("a sampled entity is not derived");
    });
    expect(sampled.source).toBe("manifest");
  });
});

describe("crossingsOf (P51)", () => {
  test("joins each crossing with its position, and says where that came from", () => {
    expect(crossingsOf(manifest).map(({ entity, position, source }) => [entity, position, source])).toEqual([
      ["growers_001", 0.52, "manifest"],
      ["spikers_003", 0.66, "derived"],
    ]);
    expect(crossingsOf(earlier)).toEqual([]);
  });
});

describe("corruptedRows and recoverTable (P32, P33, P51)", () => {
  test("name every corrupted place with what stood there", () => {
    const nulls = corruptedRows(manifest, {
      table: "fct_engagement",
      column: "engagement",
      type: "null_injection",
    });
    expect(nulls.map(({ row, clean_value }) => [row, clean_value])).toEqual([
      [3, 0.22],
      [17, 0.2],
      [24, 0.09],
    ]);
    expect(corruptedRows(manifest)).toHaveLength(3 + 2 + 2 + 2 + 2);
    expect(corruptedRows(manifest, { type: "late_arrival" })[0]).toMatchObject({ has_clean_value: false });
  });

  test("recover the clean table exactly, and leave the corrupted one as it is", () => {
    const corrupted = corruptedFacts();
    const { table, ...how } = recoverTable(manifest, "fct_engagement", corrupted);
    expect(table).toEqual(cleanFacts);
    expect(how).toEqual({
      restored_cells: 7,
      removed_rows: [8, 19],
      removed_columns: ["_arrival_period"],
      unrecovered: [],
    });
    expect(corrupted).toEqual(corruptedFacts());
  });

  test("give a cell that was corrupted twice its first value", () => {
    const twice = [
      { issue_index: 0, issue_type: "type_mismatch" as const, clean_values: [1] },
      { issue_index: 1, issue_type: "null_injection" as const, clean_values: ["N/A"] },
    ].map((issue) => ({ ...issue, table: "t", column: "c", row_indices: [0] }));
    const given = { columns: ["c"], rows: [[null]] };
    expect(recoverTable({ ...manifest, quality_injections: twice }, "t", given).table.rows).toEqual([[1]]);
  });

  test("say what could not be recovered", () => {
    const { columns, rows } = corruptedFacts();
    const few = { columns: columns.filter((name) => !name.startsWith("_")), rows: rows.slice(0, 20) };
    const { unrecovered } = recoverTable(manifest, "fct_engagement", few);
    expect(unrecovered.map(({ issue_index, reason }) => [issue_index, reason])).toEqual([
      [0, "there is no row 24; the table has 20"],
      [3, expect.stringContaining("_arrival_period")],
      [4, "there is no row 22; the table has 20"],
    ]);
  });
});

describe("splitOf and splitTable (P36, P51)", () => {
  test("slice by period numbers, and by one value for each period", () => {
    expect(splitOf(manifest)).toEqual({ target_metric: "mrr", train: [0, 6], holdout: [6, 8] });
    const { train, holdout } = splitTable(manifest, cleanFacts, "period_index");
    expect([train.rows.length, holdout.rows.length]).toEqual([18, 6]);
    expect(new Set(holdout.rows.map((row) => row[1]))).toEqual(new Set([6, 7]));
    const dated = {
      columns: ["month"],
      rows: [8, 1, 2, 3, 4, 5, 6, 7, 8].map((month) => [`2026-0${month}`]),
    };
    expect(splitTable(manifest, dated, "month").holdout.rows).toEqual([
      ["2026-08"],
      ["2026-07"],
      ["2026-08"],
    ]);
  });

  test("refuse what tells no period, and where nothing is held out", () => {
    expect(() => splitTable(manifest, cleanFacts, "entity")).toThrow(withCode("NO_PERIODS"));
    expect(() => splitTable(manifest, cleanFacts, "nothing")).toThrow(withCode("NO_PERIODS"));
    expect(() => splitTable(earlier, cleanFacts, "period_index")).toThrow(withCode("NO_HOLDOUT"));
    expect(splitOf(earlier)).toBeNull();
  });
});

describe("pairsByAdjustment and undeliverablePairs (P43, P51)", () => {
  test("sort by how far a pair was moved, and flag what cannot be had", () => {
    expect(pairsByAdjustment(manifest).map(({ reason }) => reason)).toEqual([
      "compensated",
      "infeasible",
      "projected",
    ]);
    expect(undeliverablePairs(manifest).map(({ metric_b, reason }) => [metric_b, reason])).toEqual([
      ["support_tickets", "infeasible"],
      ["support_tickets", "projected"],
    ]);
    expect(undeliverablePairs(earlier)).toEqual([]);
  });
});

describe("summarizeGroundTruth, isConfigOf, thresholdDrift (P11, P45, P51)", () => {
  test("counts, and grows with no number of entities", () => {
    const many = Array.from({ length: 3000 }, (_, index) => ({
      name: `entity_${index}`,
      archetype: "growth",
    }));
    const large = buildGroundTruth(
      { ...config, entities: many },
      {
        trajectories: Object.fromEntries(many.map(({ name }) => [name, [0.1, 0.2, 0.3]])),
        eventFirings: { evt: {} },
      },
    );
    expect(JSON.stringify(summarizeGroundTruth(large)).length).toBeLessThan(1000);
    expect(summarizeGroundTruth(manifest)).toMatchObject({
      entities: 3,
      sampled_entities: 2,
      periods: 8,
      archetypes: { decline: 1, growth: 1, spike_then_crash: 1 },
      generation_mode: "vectorized",
      fallback_cells: 59,
      compensated_pairs: { pairs: 2, infeasible: 1 },
    });
    expect(JSON.stringify(summarizeGroundTruth(manifest, false))).not.toMatch(/growth|growers/);
    expect(summarizeGroundTruth(earlier)).toMatchObject({ generation_mode: "serial", fallback_cells: null });
    expect(summarizeGroundTruth(earlier).not_recorded).toHaveLength(8);
  });

  test("knows the configuration however it is spelled, and no other", () => {
    const spelled = { values: Object.fromEntries(Object.entries(config).reverse()), text: "" };
    expect(isConfigOf(manifest, spelled)).toBe(true);
    expect(isConfigOf(manifest, { values: { ...config, seed: 43 }, text: "" })).toBe(false);
  });

  test("sees that a generation would land in another mode", () => {
    expect(thresholdDrift(manifest)).toEqual({
      recorded: 50,
      current: 50,
      changed: false,
      mode_then: "vectorized",
      mode_now: "serial",
    });
    expect(thresholdDrift(manifest, 3)).toMatchObject({ changed: true, mode_now: "vectorized" });
    expect(thresholdDrift(earlier, 3)).toMatchObject({ recorded: null, changed: false });
  });
});
