/** What a run kept of what its stages left, and what it could not keep. */
import type { EndedRun } from "../../../operations/run/run-request.js";
import { type Paint, printable } from "../../terminal/paint.js";
import { formatBytes } from "../../terminal/progress.js";
import { row } from "../row.js";

export function artifactLines({ begun, run, collected }: EndedRun, paint: Paint): string[] {
  const { glyphs, yellow } = paint;
  const { artifactMode } = begun.prepared.request;
  const why =
    artifactMode === "copy" ? "referenced, not copied: above --artifact-cap" : "referenced, not copied";
  const kept = Object.entries(collected.entries).map(([name, { path, size_bytes, sha256, how }], index) => {
    const digest = `${sha256.slice(0, 4)}${glyphs.ellipsis}${sha256.slice(-4)}`;
    const facts = [
      name,
      printable(path),
      formatBytes(size_bytes),
      digest,
      ...(how === "referenced" ? [why] : []),
    ];
    return row(index === 0 ? "wrote" : "", facts.join("  "));
  });
  const older = Object.entries(collected.entries)
    .filter(([name, { mtime_utc }]) => mtime_utc < beginningOf(name, run))
    .map(([name]) => `${name} is older than its stage, which did not write it`);
  return [
    ...kept,
    ...[...older, ...missingLines(collected)].map((text) => row("", yellow(`${glyphs.note} ${text}`))),
  ];
}

export function missingLines({ missing }: EndedRun["collected"]): string[] {
  return missing.map(({ name, reason }) => `artifact ${name}: ${printable(reason)}`);
}

/** What is collected at the end may be of any command before. */
function beginningOf(name: string, { stages, started_at }: EndedRun["run"]): string {
  const stage = stages.find(({ artifacts }) => Object.hasOwn(artifacts, name));
  return (stage === undefined || stage === stages.at(-1) ? null : stage.started_at) ?? started_at;
}
