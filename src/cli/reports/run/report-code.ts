/** The code of a run in words: how its edits were kept, what is not among them, and what became of it while the run went on. */
import type { Drift, SnapshotFacts } from "../../../generated/types.js";
import { counted } from "../../terminal/counted.js";
import { type Paint, printable } from "../../terminal/paint.js";
import { formatBytes } from "../../terminal/progress.js";

const mostNames = 3;

/** Behind commit and branch; `""` where there was nothing to keep. */
export function keptWords({ state, commit, files }: SnapshotFacts): string {
  if (state !== "stored") return "";
  const removed = files.removed === 0 ? "" : `, ${files.removed} removed`;
  return `kept as ${commit?.slice(0, 7)}: ${counted(files.stored, "file")} ${formatBytes(files.bytes)}${removed}`;
}

/** What of the code is not in the snapshot, a line each; all of it is a warning. */
export function lackLines(snapshot: SnapshotFacts): string[] {
  const { left_out, left_out_omitted, nested_repositories, filters_failed, proof } = snapshot;
  const leftOut = left_out.map(({ path, reason }) => `${printable(path)} (${reason.replaceAll("_", " ")})`);
  const unlike = proof.differing.map(({ path }) => printable(path));
  return [
    ...listOf("not in the snapshot", leftOut, left_out_omitted),
    ...listOf(
      "not in the snapshot, repositories of their own",
      nested_repositories.map(printable),
      snapshot.nested_repositories_omitted,
    ),
    ...listOf(
      "content filters that failed; their files are kept as on disk",
      filters_failed.map(printable),
      0,
    ),
    ...(proof.held === false ? listOf("the snapshot is not what lies on disk", unlike, proof.omitted) : []),
    ...(proof.held === null && snapshot.state === "stored"
      ? ["whether the snapshot is what lies on disk could not be told"]
      : []),
  ];
}

/** What changed between the start and the end, a line each; all of it is a warning. */
export function driftLines(drift: Drift, { glyphs }: Paint): string[] {
  const { state, reason, head, files, files_omitted } = drift;
  if (state === "unknown")
    return [`whether the code changed meanwhile is not known: ${printable(reason ?? "")}`];
  const arrow = ` ${glyphs.arrow} `;
  const name = (branch: string | null) => (branch === null ? "(detached)" : printable(branch));
  return [
    ...(head.moved
      ? [`HEAD moved${byLast(drift)}: ${[head.from, head.to ?? "none"].map(short).join(arrow)}`]
      : []),
    ...(head.branch_changed
      ? [`the branch changed: ${[head.branch_from, head.branch_to].map(name).join(arrow)}`]
      : []),
    ...listOf(
      "code changed meanwhile",
      files.map(({ path, change, by }) => `${printable(path)} (${change}${whose[by]})`),
      files_omitted,
    ),
    ...listOf(
      "not in the snapshot, and changed before it could be read",
      drift.left_out
        .filter(({ state }) => state === "changed_meanwhile" || state === "gone")
        .map(({ path }) => printable(path)),
      0,
    ),
  ];
}

const whose = { command: " by the command", somebody_else: " by somebody else", unknown: "" } as const;

function byLast({ moves }: Drift): string {
  const last = moves.at(-1);
  return last === undefined ? "" : whose[last.by];
}

function short(id: string): string {
  return id.slice(0, 7);
}

/** Nothing when there is nothing to list. */
export function listOf(what: string, names: readonly string[], omitted: number): string[] {
  if (names.length + omitted === 0) return [];
  const rest = names.length + omitted - Math.min(names.length, mostNames);
  return [`${what}: ${names.slice(0, mostNames).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`];
}
