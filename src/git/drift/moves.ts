/** What HEAD's reflog says of the time since the code was recorded. */
import { readFileSync } from "node:fs";
import type { Drift } from "../../generated/types.js";
import { formatUtc } from "../../manifest/timestamps.js";
import { splitAtNul } from "../byte-path.js";
import { type GitCall, runGit } from "../run-git.js";
import { byWhom, type Evidence, whenOf } from "./attribute.js";
import type { Baseline, Reflog } from "./baseline.js";

type Move = Drift["moves"][number];

const mostMoves = 100;

/** Oldest first. Empty where there is no reflog, as in a repository that was told to keep none. */
export async function listMoves(before: Baseline, evidence: Evidence, call: GitCall): Promise<Move[]> {
  const most = Math.min(mostMoves, countAdded(before.reflog) ?? mostMoves);
  if (most === 0) return [];
  const words = ["log", "--walk-reflogs", `--max-count=${most}`, "-z", "--date=unix"];
  const { status, stdout } = await runGit([...words, "--format=%H %gd %gs", "HEAD", "--"], call);
  if (status !== 0) return [];
  const moves: Move[] = [];
  for (const record of splitAtNul(stdout)) {
    const [, to = "", seconds = "0", said = ""] = entry.exec(record.toString()) ?? [];
    const second = Number(seconds);
    if (second < Math.floor(before.time / 1000)) break;
    const when = whenOf(lastMomentOf(second, evidence), evidence);
    const by = byWhom(when, evidence.movedHead);
    moves.push({ to, time: formatUtc(second * 1000), action: actionOf(said), when, by });
  }
  return moves.reverse();
}

/** An entry is a line. `undefined` when they cannot be counted: then their seconds decide. */
function countAdded({ path, size }: Reflog): number | undefined {
  if (size === null) return undefined;
  try {
    const all = readFileSync(path);
    return all.length < size ? undefined : all.subarray(size).filter((byte) => byte === 0x0a).length;
  } catch {
    return undefined;
  }
}

/** `<id> HEAD@{1763720000} commit (amend): subject` */
const entry = /^([0-9a-f]+) \S*@\{(\d+)\} (.*)$/s;

/** A second that reaches into the time of the command counts as part of it. */
function lastMomentOf(second: number, { startedAt, endedAt }: Evidence): number {
  const begin = second * 1000 + 1;
  return begin > endedAt ? begin : Math.min(Math.max(begin + 998, startedAt - 999), endedAt);
}

/** Git's own word; what follows the colon is the user's text and stays out of the record. */
function actionOf(said: string): string {
  return /^(?:[a-z][a-z-]*(?: -[a-z-]+)*)(?: \([a-z -]+\))?(?=:)/.exec(said)?.[0] ?? "other";
}
