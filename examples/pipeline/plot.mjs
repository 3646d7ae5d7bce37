/** Draws the penguins and the line through them. */
import { readFileSync, writeFileSync } from "node:fs";

const penguins = JSON.parse(readFileSync("build/clean.json", "utf8"));
const { slope, intercept } = JSON.parse(readFileSync("build/model.json", "utf8"));
const x = (flipper) => ((flipper - 170) * 8).toFixed(1);
const y = (mass) => (400 - (mass - 2500) / 10).toFixed(1);
const colours = { Adelie: "#0072b2", Chinstrap: "#d55e00", Gentoo: "#009e73" };
const dots = penguins.map(
  ({ species, flipper, mass }) =>
    `<circle cx="${x(flipper)}" cy="${y(mass)}" r="3" fill="${colours[species]}"/>`,
);
const [from, to] = [172, 231].map((flipper) => [x(flipper), y(intercept + slope * flipper)]);
const line = `<line x1="${from[0]}" y1="${from[1]}" x2="${to[0]}" y2="${to[1]}" stroke="black"/>`;
writeFileSync(
  "build/fit.svg",
  `<svg xmlns="http://www.w3.org/2000/svg" width="500" height="420">\n${[...dots, line].join("\n")}\n</svg>\n`,
);
console.log(`drew ${penguins.length} penguins`);
