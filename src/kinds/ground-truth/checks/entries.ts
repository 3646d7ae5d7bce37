/** What an entry says of itself twice: counts, sentinels, clean values; and the order entries stand in. */
import type { GroundTruthManifest } from "../../../generated/types.js";
import type { Fault } from "../../../manifest/kind.js";
import {
  compareBridges,
  compareEvents,
  compareNames,
  type IssueType,
  laterSections,
  sentinelColumns,
} from "../ground-truth.js";
import { checkOf, fault } from "./check.js";

const cardinalityCounts = checkOf({
  code: "CARDINALITY_DISAGREES",
  hint: "Write the number of targets.",
  reads: ["bridge_associations"],
  *find({ bridge_associations = [] }) {
    for (const [index, { targets, cardinality }] of bridge_associations.entries())
      if (cardinality !== targets.length)
        yield fault(
          ["bridge_associations", index, "cardinality"],
          `${cardinality}, but there are ${targets.length} targets`,
        );
  },
});

const issueTypes = new Map(Object.entries(sentinelColumns).map(([type, column]) => [column, type]));

const sentinelsStandForRows = checkOf({
  code: "SENTINEL_DISAGREES",
  hint: 'Write the column "_rows" for duplicate_rows, "_arrival_period" for late_arrival, and a column of the table for all others.',
  reads: ["quality_injections"],
  *find({ quality_injections = [] }) {
    for (const [index, { issue_type, column }] of quality_injections.entries()) {
      const expected = sentinelColumns[issue_type];
      const place = ["quality_injections", index, "column"];
      if (expected !== undefined && column !== expected)
        yield fault(place, `${JSON.stringify(column)}, expected "${expected}" for ${issue_type}`);
      if (expected === undefined && issueTypes.has(column))
        yield fault(place, `"${column}" stands for ${issueTypes.get(column)}, found ${issue_type}`);
    }
  },
});

const cleanValuesAnswer = checkOf({
  code: "CLEAN_VALUES_DISAGREE",
  hint: "Write the original value of every row of row_indices, and none where whole rows are affected.",
  reads: ["quality_injections"],
  *find({ quality_injections = [] }) {
    for (const [index, { issue_type, row_indices, clean_values }] of quality_injections.entries()) {
      const expected = sentinelColumns[issue_type as IssueType] === undefined ? row_indices.length : 0;
      if (clean_values.length !== expected)
        yield fault(
          ["quality_injections", index, "clean_values"],
          `has ${clean_values.length}, expected ${expected} for ${row_indices.length} rows of ${issue_type}`,
        );
    }
  },
});

const rowsAreNamedOnce = checkOf({
  code: "ROW_TWICE",
  hint: "Name each row once.",
  reads: ["quality_injections"],
  *find({ quality_injections = [] }) {
    for (const [index, { row_indices }] of quality_injections.entries()) {
      const seen = new Set<number>();
      for (const [place, row] of row_indices.entries()) {
        if (seen.has(row))
          yield fault(["quality_injections", index, "row_indices", place], `${row} is named twice`);
        seen.add(row);
      }
    }
  },
});

/** A document in another order says the same, so it is told and no fault; writing sorts. */
const entriesAreSorted = checkOf({
  code: "UNSORTED",
  severity: "warning",
  hint: "Sort by entity; scd_events by dim_table, entity and period; bridge_associations by bridge and entity.",
  reads: ["archetype_assignments", "scd_events", "bridge_associations"],
  *find({ archetype_assignments, scd_events = [], bridge_associations = [] }) {
    yield* outOfOrder("archetype_assignments", archetype_assignments, (a, b) =>
      compareNames(a.entity, b.entity),
    );
    yield* outOfOrder("scd_events", scd_events, compareEvents);
    yield* outOfOrder("bridge_associations", bridge_associations, compareBridges);
  },
});

function* outOfOrder<T>(
  section: string,
  entries: readonly T[],
  compare: (a: T, b: T) => number,
): Iterable<Fault> {
  const index = entries.findIndex((entry, at) => at > 0 && compare(entries[at - 1] as T, entry) > 0);
  if (index > 0) yield fault([section, index], `stands behind entry ${index - 1}, and belongs before it`);
}

/** Older documents are read as if these stood there; that they were not recorded is said. */
const sectionsAreThere = checkOf({
  code: "SECTION_ABSENT",
  severity: "notice",
  hint: "Nothing to do: an earlier writer did not record it.",
  reads: [],
  *find(manifest) {
    for (const [section, value] of Object.entries(laterSections))
      if (!Object.hasOwn(manifest as GroundTruthManifest, section))
        yield fault([section], `was not recorded, and is read as ${JSON.stringify(value)}`);
  },
});

export const entryChecks = [
  cardinalityCounts,
  sentinelsStandForRows,
  cleanValuesAnswer,
  rowsAreNamedOnce,
  entriesAreSorted,
  sectionsAreThere,
];
