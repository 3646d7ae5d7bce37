/** Least squares: body mass from flipper length, on two penguins of three. */
import { readFileSync, writeFileSync } from "node:fs";

const penguins = JSON.parse(readFileSync("build/clean.json", "utf8")).filter((_, index) => index % 3 !== 0);
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const flipper = mean(penguins.map((penguin) => penguin.flipper));
const mass = mean(penguins.map((penguin) => penguin.mass));
const covariance = mean(penguins.map((penguin) => (penguin.flipper - flipper) * (penguin.mass - mass)));
const variance = mean(penguins.map((penguin) => (penguin.flipper - flipper) ** 2));
const slope = covariance / variance;
writeFileSync("build/model.json", JSON.stringify({ slope, intercept: mass - slope * flipper }));
console.log(`${slope.toFixed(1)} g per mm of flipper`);
