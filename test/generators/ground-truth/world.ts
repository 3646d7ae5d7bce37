/** The example's configuration, and one that is built by hand. */
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { GroundTruthGeneration } from "../../../src/generated/types.js";
import type { GeneratedWorld } from "../../../src/generators/ground-truth/generate-world.js";

export const worldFile = new URL("../../../examples/ground-truth/world.yaml", import.meta.url);
export const world = parse(readFileSync(worldFile, "utf8")) as GroundTruthGeneration;

/** So many entities, in turn of each archetype. */
export function widened(count: number, changes: Partial<GroundTruthGeneration> = {}): GroundTruthGeneration {
  const entities = Array.from({ length: count }, (_, index) => ({
    name: `entity_${String(index).padStart(5, "0")}`,
    archetype: world.archetypes[index % world.archetypes.length]?.name as string,
  }));
  return { ...world, ...changes, entities };
}

/** Without these sections. */
export const without = (config: GroundTruthGeneration, ...sections: (keyof GroundTruthGeneration)[]) =>
  Object.fromEntries(
    Object.entries(config).filter(([name]) => !(sections as string[]).includes(name)),
  ) as unknown as GroundTruthGeneration;

/** Of a table before it was corrupted. */
export const column = ({ clean }: GeneratedWorld, table: string, name: string) =>
  (clean[table]?.rows ?? []).map((row) => row[clean[table]?.columns.indexOf(name) as number] as number);
