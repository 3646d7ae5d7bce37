/** Who there is, named once; every other section speaks of these entities, and the matrix of events of all of them. */
import type { GroundTruthManifest } from "../../../generated/types.js";
import type { Fault } from "../../../manifest/kind.js";
import { checkOf, fault, few } from "./check.js";

const entries = [
  ["archetype_assignments", ({ entity }: { entity: string }) => [entity]],
  ["event_firings", ({ entity, table }: { entity: string; table: string }) => [entity, table]],
  ["bridge_associations", ({ entity, bridge }: { entity: string; bridge: string }) => [bridge, entity]],
] as const;

const entriesAreUnique = checkOf({
  code: "ENTRY_TWICE",
  hint: "Keep one of the two.",
  reads: ["archetype_assignments", "event_firings", "bridge_associations", "trajectory_samples"],
  *find(manifest) {
    for (const [section, keyOf] of entries) {
      const seen = new Map<string, number>();
      for (const [index, entry] of (manifest[section] ?? []).entries()) {
        const names = keyOf(entry as never);
        yield* twice(section, index, seen, names.join("\n"), names);
      }
    }
    yield* repeatedSamples(manifest);
  },
});

function* twice(
  section: string,
  index: number,
  seen: Map<string, number>,
  key: string,
  names: readonly (string | number)[],
): Iterable<Fault> {
  const first = seen.get(key);
  if (first === undefined) seen.set(key, index);
  else yield fault([section, index], `says again what entry ${first} says of ${names.join(", ")}`);
}

/** Tapes that follow one another, each ascending, hold no sample twice; only others are looked at one by one. */
function* repeatedSamples({ trajectory_samples: samples }: GroundTruthManifest): Iterable<Fault> {
  const ended = new Set<string>();
  let [entity, period] = ["", -1];
  const isPlain = samples.every((sample) => {
    if (sample.entity !== entity) {
      ended.add(entity);
      entity = sample.entity;
      period = -1;
      if (ended.has(entity)) return false;
    }
    const ascends = sample.period_index > period;
    period = sample.period_index;
    return ascends;
  });
  if (isPlain) return;
  const seen = new Map<string, number>();
  for (const [index, sample] of samples.entries()) {
    const key = `${sample.period_index}\n${sample.entity}`;
    yield* twice("trajectory_samples", index, seen, key, [sample.entity, `period ${sample.period_index}`]);
  }
}

const entitiesAreKnown = checkOf({
  code: "UNKNOWN_ENTITY",
  hint: "Name an entity of archetype_assignments.",
  reads: ["archetype_assignments", "trajectory_samples", "event_firings", "scd_events"],
  *find(manifest) {
    const known = new Set(manifest.archetype_assignments.map(({ entity }) => entity));
    for (const section of ["trajectory_samples", "event_firings", "scd_events"] as const) {
      let before = "";
      for (const [index, { entity }] of (manifest[section] ?? []).entries()) {
        if (entity === before) continue; // Entries of one entity stand together: it is told once.
        before = entity;
        if (!known.has(entity))
          yield fault(
            [section, index, "entity"],
            `${JSON.stringify(entity)} has no entry in archetype_assignments`,
          );
      }
    }
  },
});

const matrixIsComplete = checkOf({
  code: "MATRIX_INCOMPLETE",
  hint: "Write an entry for every entity and event table; where nothing fired, with an empty period_indices.",
  reads: ["archetype_assignments", "event_firings"],
  *find({ archetype_assignments, event_firings }) {
    const entities = new Map<string, Set<string>>();
    for (const { table, entity } of event_firings) {
      const present = entities.get(table);
      if (present === undefined) entities.set(table, new Set([entity]));
      else present.add(entity);
    }
    for (const [table, present] of entities) {
      const missing = archetype_assignments.map(({ entity }) => entity).filter((name) => !present.has(name));
      if (missing.length === 0) continue;
      const whom = `${missing.length} of ${archetype_assignments.length} entities: ${few(missing)}`;
      yield fault(["event_firings"], `${JSON.stringify(table)} has no entry for ${whom}`);
    }
  },
});

export const entityChecks = [entriesAreUnique, entitiesAreKnown, matrixIsComplete];
