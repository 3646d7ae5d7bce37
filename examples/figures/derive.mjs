/** First transform: what each profile does in a day, joined with its factor (joined.csv), then over a year (annual.csv). */
import { readTable, writeTable } from "./tables.mjs";

const daysPerYear = 365;
const byId = (rows, id) => new Map(rows.map((row) => [row[id], row]));
const activities = byId(readTable("data/activities.csv"), "activity_id");
const factors = byId(readTable("data/emission_factors.csv"), "activity_id");

const joined = readTable("data/activity_schedule.csv").map(({ profile_id, activity_id, per_day }) => {
  const { name } = activities.get(activity_id);
  const { ef_id, g_per_unit, source_id } = factors.get(activity_id);
  return { profile_id, activity_id, name, per_day, ef_id, g_per_unit, source_id };
});
writeTable("build/joined.csv", joined);
writeTable(
  "build/annual.csv",
  joined.map((row) => ({ ...row, kg: (row.per_day * row.g_per_unit * daysPerYear) / 1000 })),
);
