/** Second transform: the rows of a year, sliced into what four figures draw; and one of them drawn. */
import { readTable, writeText } from "./tables.mjs";

const annual = readTable("build/annual.csv").map((row) => ({ ...row, kg: Number(row.kg) }));
const rowOf = ({ ef_id, profile_id, activity_id, source_id }) => ({
  source_ids: [source_id],
  row_keys: { emission_factors: [[ef_id]], activity_schedule: [[profile_id, activity_id]] },
});

const stacked = annual.map((row) => ({ stack: row.profile_id, series: row.name, kg: row.kg, ...rowOf(row) }));
const bubble = annual.map((row) => ({
  name: `${row.name} (${row.profile_id})`,
  x: Number(row.per_day),
  y: Number(row.g_per_unit),
  kg: row.kg,
  ...rowOf(row),
}));
const sankey = annual.map((row) => ({ source: row.name, target: row.profile_id, kg: row.kg, ...rowOf(row) }));
const table = [...new Set(annual.map(({ name }) => name))].sort().map((name) => {
  const rows = annual.filter((row) => row.name === name);
  return {
    activity: name,
    kg: rows.reduce((sum, { kg }) => sum + kg, 0),
    source_ids: [...new Set(rows.map(({ source_id }) => source_id))],
    row_keys: {
      emission_factors: rows.map(({ ef_id }) => [ef_id]),
      activity_schedule: rows.map(({ profile_id, activity_id }) => [profile_id, activity_id]),
    },
  };
});
const labels = { bubble: { x_label: "units a day", y_label: "g CO2e a unit" } };
for (const [name, data] of Object.entries({ stacked, bubble, sankey, table }))
  writeText(
    `build/${name}.json`,
    `${JSON.stringify({ unit: "kg_CO2e_year", ...labels[name], data }, null, 2)}\n`,
  );
writeText("build/stacked.svg", drawn(stacked));

function drawn(rows) {
  const stacks = [...new Set(rows.map(({ stack }) => stack))];
  const scale = 300 / Math.max(...stacks.map((stack) => sumOf(rows.filter((row) => row.stack === stack))));
  const bars = stacks.flatMap((stack, place) => {
    let top = 320;
    return rows
      .filter((row) => row.stack === stack)
      .map(({ series, kg }, index) => {
        const height = kg * scale;
        top -= height;
        const at = `x="${40 + place * 120}" y="${top.toFixed(2)}" width="80" height="${height.toFixed(2)}"`;
        return `<rect ${at} fill="hsl(${(index * 67) % 360} 45% 55%)"><title>${series}</title></rect>`;
      });
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 340">\n${bars.join("\n")}\n</svg>\n`;
}

function sumOf(rows) {
  return rows.reduce((sum, { kg }) => sum + kg, 0);
}
