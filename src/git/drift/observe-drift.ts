/** What became of the code while the command ran: HEAD, the branch, and every file that was recorded. */
import type { Drift } from "../../generated/types.js";
import { outputOf } from "../failures.js";
import { type GitCall, runGit } from "../run-git.js";
import type { LeftOutDigest } from "../snapshot/digest-left-out.js";
import { parseStatus, type Status } from "../status/status.js";
import type { Evidence } from "./attribute.js";
import type { Baseline } from "./baseline.js";
import { listChangedFiles } from "./changed-files.js";
import { listMoves } from "./moves.js";

export interface DriftRequest extends Evidence {
  readonly env: NodeJS.ProcessEnv;
  /** What `digestLeftOut` found meanwhile. */
  readonly leftOut?: readonly LeftOutDigest[];
}

const listed = 1_000;

/** Reads, and changes nothing. Never rejects: where Git cannot tell any more, that is what the record says. */
export async function observeDrift(before: Baseline, request: DriftRequest): Promise<Drift> {
  const call: GitCall = { directory: before.root, env: request.env };
  const leftOut = [...(request.leftOut ?? [])].slice(0, listed);
  try {
    const [status, moves] = await Promise.all([readStatus(call), listMoves(before, request, call)]);
    const { files, newFiles } = await listChangedFiles(before, status, request, call);
    const head = compareHead(before, status);
    const went = moves.some(({ to }) => to !== before.sha);
    return {
      drift_version: 1,
      state: head.moved || head.branch_changed || went || files.length > 0 ? "drifted" : "none",
      reason: null,
      head,
      moves,
      files: files.slice(0, listed),
      files_omitted: Math.max(0, files.length - listed),
      new_files: newFiles,
      left_out: leftOut,
    };
  } catch (error) {
    return unknownDrift(before, error, leftOut);
  }
}

/** What a command leaves behind may be a hundred thousand files: a folder of nothing else is one line. */
async function readStatus(call: GitCall): Promise<Status> {
  const words = ["status", "--porcelain=v2", "--branch", "-z", "--untracked-files=normal"];
  const outcome = await runGit([...words, "--ignore-submodules=none", "--no-renames"], call);
  return parseStatus(outputOf(outcome, call.env));
}

function compareHead({ sha, branch }: Baseline, status: Status): Drift["head"] {
  return {
    moved: status.sha !== sha,
    from: sha,
    to: status.sha,
    branch_changed: status.branch !== branch,
    branch_from: branch,
    branch_to: status.branch,
  };
}

function unknownDrift({ root, sha, branch }: Baseline, error: unknown, leftOut: LeftOutDigest[]): Drift {
  const said = error instanceof Error ? error.message : String(error);
  return {
    drift_version: 1,
    state: "unknown",
    reason: said.replaceAll(root, ".") || "Git could not tell",
    head: {
      moved: false,
      from: sha,
      to: null,
      branch_changed: false,
      branch_from: branch,
      branch_to: null,
    },
    moves: [],
    files: [],
    files_omitted: 0,
    new_files: 0,
    left_out: leftOut,
  };
}
