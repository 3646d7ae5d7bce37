/** Keeps the penguins that were measured in full. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const [head, ...rows] = readFileSync("data/penguins.csv", "utf8")
  .trim()
  .split("\n")
  .map((line) => line.split(","));
const at = (name) => head.indexOf(name);
const penguins = rows
  .map((row) => ({
    species: row[at("species")],
    flipper: Number(row[at("flipper_length_mm")]),
    mass: Number(row[at("body_mass_g")]),
  }))
  .filter(({ flipper, mass }) => flipper > 0 && mass > 0);
mkdirSync("build", { recursive: true });
writeFileSync("build/clean.json", JSON.stringify(penguins));
console.log(`kept ${penguins.length} of ${rows.length} penguins`);
