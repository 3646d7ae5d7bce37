/** `colophon ground-truth generate` in words, and as `spec/cli/ground-truth-generate.schema.json` has it. */
import { formatCount } from "../../../manifest/count.js";
import { summarizeGroundTruth } from "../../../operations/ground-truth/answers/summary.js";
import type { GeneratedTruth } from "../../../operations/ground-truth/generate-ground-truth.js";
import { counted } from "../../terminal/counted.js";
import { type Paint, printable } from "../../terminal/paint.js";
import { row } from "../row.js";
import { differenceLine, unequal } from "./report-fixture.js";

export function truthLines(
  { status, world, manifest, files, diff }: GeneratedTruth,
  folder: string,
  { glyphs, green, red }: Paint,
): string[] {
  const { ok, bad, arrow } = glyphs;
  const place = printable(folder);
  if (status === "differs")
    return [
      `${red(bad)} ${place} was left as it is: ${counted(diff?.files.length ?? 0, "file")} would not be what is there`,
      `${arrow} Add --accept to replace it, or name another --output-dir.`,
    ];
  const { entities, periods, generation_mode } = summarizeGroundTruth(manifest);
  const said = { written: "written", replaced: "replaced", unchanged: "is the same already" }[status];
  const size = `${formatCount(entities)} entities × ${counted(periods ?? 0, "period")}, ${generation_mode}`;
  return [
    `${green(ok)} ${place} ${said}: ${size}`,
    row("seed", String(manifest.seed)),
    row("config", manifest.config_sha256),
    ...Object.entries(world.tables).map(([name, table], index) =>
      row(index === 0 ? "tables" : "", `${name}  ${counted(table.rows.length, "row")}`),
    ),
    row(
      "manifest",
      files.find(({ path }) => path === "manifest.json")?.sha256 ?? "left out, as the configuration says",
    ),
  ];
}

export function truthDiffLines({ diff }: GeneratedTruth, paint: Paint): string[] {
  return [
    ...(diff?.fields ?? []).map((difference) => differenceLine(difference, paint)),
    ...(diff?.files ?? []).map(({ path, change }) => `${unequal(paint)} ${printable(path)} ${change}`),
  ];
}

export function truthAsJson(
  { status, world, manifest, files, diff }: GeneratedTruth,
  folder: string,
): object {
  return {
    status,
    output_dir: folder,
    seed: manifest.seed,
    config_sha256: manifest.config_sha256,
    tables: Object.entries(world.tables).map(([name, { rows }]) => ({ name, rows: rows.length })),
    files,
    diff,
  };
}
