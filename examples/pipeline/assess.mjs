/** How far off the model is on the penguins it has not seen. */
import { readFileSync, writeFileSync } from "node:fs";

const penguins = JSON.parse(readFileSync("build/clean.json", "utf8")).filter((_, index) => index % 3 === 0);
const { slope, intercept } = JSON.parse(readFileSync("build/model.json", "utf8"));
const squares = penguins.map(({ flipper, mass }) => (mass - slope * flipper - intercept) ** 2);
const rmse = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
writeFileSync("build/assessment.json", JSON.stringify({ penguins: penguins.length, rmse }));
console.log(`off by ${rmse.toFixed(0)} g on ${penguins.length} penguins`);
