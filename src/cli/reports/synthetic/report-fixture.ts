/** Fixtures in words, and as `spec/cli/fixture-*.schema.json` have them. */
import type { FixtureFault } from "../../../errors.js";
import { formatCount } from "../../../manifest/count.js";
import type { FixtureDiff } from "../../../operations/fixtures/diff-fixtures.js";
import type { Generated } from "../../../operations/fixtures/generate/generate-fixture.js";
import type { LoadedFixture } from "../../../operations/fixtures/load-fixture.js";
import { faultText, type VerifiedFixture } from "../../../operations/fixtures/verify/verify-fixture.js";
import type { Difference } from "../../../operations/manifests/member-differences.js";
import { counted } from "../../terminal/counted.js";
import { type Paint, printable } from "../../terminal/paint.js";
import { row } from "../row.js";

export function generatedLines(
  { status, manifest, diff }: Generated,
  folder: string,
  paint: Paint,
): string[] {
  const { ok, bad, arrow } = paint.glyphs;
  const place = printable(folder);
  const size = `${counted(manifest.run.event_count, "event")} of ${printable(manifest.generator.name)} ${printable(manifest.generator.version)}`;
  if (status === "differs") {
    const what = diff === null ? "what is there is no fixture that loads" : "another fixture is there";
    return [
      `${paint.red(bad)} ${place} was left as it is: ${what}`,
      `${arrow} Add --accept to replace it, or name another --output-dir.`,
    ];
  }
  const said = { written: "written", replaced: "replaced", unchanged: "is the same already" }[status];
  return [
    `${paint.green(ok)} ${place} ${said}: ${size}`,
    row("run", printable(manifest.run.name)),
    row("parameters", manifest.parameter_snapshot.hash),
    row("manifest", `${place}/manifest.json  ${manifest.manifest_hash}`),
  ];
}

export function generatedAsJson({ status, manifest, diff, faults }: Generated, folder: string): object {
  const { run, generator, parameter_snapshot, event_hashes, manifest_hash } = manifest;
  return {
    status,
    manifest_path: `${folder}/manifest.json`,
    run_name: run.name,
    generator: { name: generator.name, version: generator.version },
    event_count: run.event_count,
    parameter_hash: parameter_snapshot.hash,
    batch_hash: event_hashes.batch_hash,
    manifest_hash,
    diff,
    faults,
  };
}

export function verifiedLine({ manifest, faults }: VerifiedFixture, path: string, paint: Paint): string {
  const { ok, bad } = paint.glyphs;
  if (faults.length > 0 || manifest === null)
    return `${paint.red(bad)} ${printable(path)}: ${counted(faults.length, "fault")}`;
  return `${paint.green(ok)} ${printable(path)}: ${counted(manifest.run.event_count, "event")}, every byte as it was written`;
}

export function faultLine(fault: FixtureFault, { red, glyphs }: Paint): string {
  return `${red(`${glyphs.bad} ${fault.code}`)}  ${printable(faultText(fault))}`;
}

export function verifiedAsJson({ manifest, faults }: VerifiedFixture, path: string): object {
  return {
    path,
    valid: faults.length === 0,
    manifest_hash: manifest?.manifest_hash ?? null,
    event_count: manifest?.run.event_count ?? null,
    faults,
  };
}

export function loadedLines({ manifest, labels }: LoadedFixture): string[] {
  const { generator, seed_bundle, profile, run, replay_plan } = manifest;
  const kinds = Object.entries(replay_plan.counts_by_kind as Record<string, number>).sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return [
    row("run", `${run.name}  scenario ${run.scenario}`),
    row("generator", `${generator.name} ${generator.version} (${generator.origin})`),
    row("seed", `${seed_bundle.seed}  ${seed_bundle.namespace} / ${seed_bundle.partition}`),
    row("profile", `${profile.name}  ${profile.hash.slice(0, 12)}`),
    row(
      "events",
      `${formatCount(run.event_count)}  ${kinds.map(([kind, count]) => `${kind} ${formatCount(count)}`).join(", ")}`,
    ),
    row("from", `${replay_plan.first_ts ?? "-"} to ${replay_plan.last_ts ?? "-"}`),
    row("labels", labels === null ? "left out" : `of ${counted(labels.size, "event")}, beside them`),
  ].map(printable);
}

export function loadedAsJson({ manifest, provenance, labels }: LoadedFixture, path: string): object {
  const { generator, seed_bundle, profile, run, replay_plan, manifest_hash } = manifest;
  const { counts_by_kind, first_ts, last_ts } = replay_plan;
  return {
    path,
    manifest_hash,
    run_name: run.name,
    scenario: run.scenario,
    generator: { name: generator.name, version: generator.version },
    seed_bundle,
    profile,
    event_count: run.event_count,
    counts_by_kind,
    first_ts,
    last_ts,
    provenance_records: provenance.size,
    contains_ground_truth: labels !== null,
    labelled_events: labels?.size ?? null,
  };
}

export function diffLines({ same, fields, events, files }: FixtureDiff, paint: Paint): string[] {
  if (same) return [`= the same: ${counted(events.a, "event")}, and everything they were made from`];
  const changed = fields.map((difference) => differenceLine(difference, paint));
  const unlike = Math.max(events.a, events.b) - events.same;
  const tally =
    unlike === 0
      ? [`= ${counted(events.same, "event")} in the same places`]
      : [
          `${unequal(paint)} events: ${formatCount(events.a)} ${paint.glyphs.arrow} ${formatCount(events.b)}, ${formatCount(unlike)} of them not the same in their places`,
        ];
  const shown = events.differing.flatMap(({ index, a_trace_id, b_trace_id, members }) => [
    printable(`  ${index}  ${a_trace_id ?? "nothing"} ${paint.glyphs.arrow} ${b_trace_id ?? "nothing"}`),
    ...members.map((member) => `     ${differenceLine(member, paint)}`),
  ]);
  return [...changed, ...tally, ...shown, ...files.map((name) => `${unequal(paint)} ${name}`)];
}

export function differenceLine({ field, a, b }: Difference, paint: Paint): string {
  return `${unequal(paint)} ${printable(`${field}: ${shown(a)} ${paint.glyphs.arrow} ${shown(b)}`)}`;
}

export function unequal({ yellow, isUnicode }: Paint): string {
  return yellow(isUnicode ? "≠" : "!=");
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
