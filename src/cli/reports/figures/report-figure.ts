/** What was recorded of a figure, for people and as JSON. */
import type { RecordedFigure } from "../../../operations/figures/record-figure.js";
import { counted } from "../../terminal/counted.js";
import { type Paint, printable } from "../../terminal/paint.js";

export function formatRecordedFigure(recorded: RecordedFigure, paint: Paint): string[] {
  const { id, state, manifest, removed } = recorded;
  const { inputs, transforms, references, outputs } = manifest;
  const { pre_agg_sum, post_agg_sum, tolerance_pct } = outputs.numeric_invariance;
  const { ok, dot } = paint.glyphs;
  const facts = [
    counted(inputs.tables.length, "table"),
    counted(transforms.length, "transform"),
    counted(references.order.length, "reference"),
    `sums ${pre_agg_sum} and ${post_agg_sum} within ${tolerance_pct} %`,
  ];
  return [
    `${paint.green(ok)} ${printable(id)} ${state}  ${paint.dim(facts.join(` ${dot} `))}`,
    ...(removed.length > 0 ? [paint.dim(`  gave way: ${removed.map(printable).join(", ")}`)] : []),
  ];
}

/** As `spec/cli/figure-record.schema.json` has it. */
export function recordedFigureAsJson({
  id,
  state,
  manifest,
  manifestPath,
  written,
  removed,
}: RecordedFigure): object {
  const { figure_path, figure_sha256, download_csv, download_refs, numeric_invariance } = manifest.outputs;
  return {
    id,
    state,
    manifest_path: manifestPath,
    figure_path,
    figure_sha256,
    download_csv,
    download_refs,
    numeric_invariance,
    written,
    removed,
  };
}
