/** Runs again what a recorded run ran, in the code that ran, and says whether the same came out. */
import type { Worktree } from "../../git/worktree/open-worktree.js";
import type { LoadedRun } from "../records/load/loaded-run.js";
import type { Here } from "../records/state/observe-run.js";
import type { GivenArguments } from "./arguments.js";
import type { EnvironmentNow } from "./compare/compare-environment.js";
import { type ComparePorts, sameOutcome } from "./compare/compare-runs.js";
import { judgeAttempts } from "./compare/judge.js";
import { findCauses } from "./find-causes.js";
import { type Plan, planReproduction } from "./plan-reproduction.js";
import type { TreePlaces, TreePorts } from "./prepare-tree.js";
import type { RecordedTree } from "./read-source.js";
import type { Recorded, RecordPorts } from "./record-again.js";
import type { Attempt, Missing, RecordedCommand, Reproduction } from "./result.js";
import { summarizeAttempt } from "./summarize.js";
import { tryOnce } from "./try-once.js";

export interface ReproduceRequest {
  readonly source: LoadedRun;
  readonly namespace: string;
  readonly given: GivenArguments;
  /** Relative; `null` for none. */
  readonly tolerance: number | null;
  /** How many times the command is run. */
  readonly runs: number;
  readonly dryRun: boolean;
  readonly keep: boolean;
  /** Whether it is agreed that the command of a stranger runs, or writes outside the repository. */
  readonly yes: boolean;
}

export interface ReproducePorts extends TreePorts, RecordPorts, ComparePorts {
  readonly here: Here;
  /** Root of the repository around the project; absolute, without links. @throws GitError */
  readonly findRoot: () => Promise<string>;
  /** Whether every object is there, and the tree is that of the commit. */
  readonly checkCode: (code: RecordedTree, root: string) => Promise<readonly Missing[]>;
  /** @throws GitError */
  readonly openWorktree: (code: RecordedTree, root: string, foldersAbove: number) => Promise<Worktree>;
  readonly placesOf: (worktree: Worktree, root: string, cwd: string) => TreePlaces;
  readonly captureEnvironment: (
    commands: readonly RecordedCommand[],
    userCwd: string,
  ) => Promise<EnvironmentNow>;
  readonly userCwd: (root: string, cwd: string) => string;
  /** `path`, absolute, relative to `root` with all links resolved, or `undefined` when it lies outside. */
  readonly realWithin: (root: string, path: string) => string | undefined;
  /** Where every ref of the repository points that is not ours. */
  readonly listRefs: (root: string) => Promise<ReadonlyMap<string, string>>;
  /** Asks whether to go on; `false` where nobody can be asked. */
  readonly confirm: (plan: Reproduction) => Promise<boolean>;
  /** The signal that has asked us to end, if one has. */
  readonly interrupted: () => string | null;
}

export interface ReproduceObserver {
  /** Before anything runs: all that is known by then. */
  readonly planned: (plan: Reproduction) => void;
  readonly attempted: (attempt: Attempt, count: number) => void;
}

/** What cannot be run is a verdict, and never thrown. @throws UsageError for arguments that the command does not have. */
export async function reproduceRun(
  request: ReproduceRequest,
  ports: ReproducePorts,
  observer: ReproduceObserver,
): Promise<Reproduction> {
  const plan = await planReproduction(request, ports);
  if (!("known" in plan)) return plan;
  let known = plan.known;
  const recorded: Recorded[] = [];
  for (let count = 1; count <= request.runs; count += 1) {
    const tried = await tryOnce({ ...plan, known }, count, ports, observer);
    known = tried.known;
    if (tried.recorded === undefined) return known;
    recorded.push(tried.recorded);
    observer.attempted(known.attempts.at(-1) as Attempt, count);
  }
  const agrees = await agreement(recorded, request.tolerance, ports);
  return conclude(plan, { ...known, agrees_with_itself: agrees });
}

async function agreement(
  [first, ...others]: readonly Recorded[],
  tolerance: number | null,
  ports: ReproducePorts,
): Promise<boolean | null> {
  if (first === undefined || others.length === 0) return null;
  for (const other of others) if (!(await sameOutcome(first, other, tolerance, ports))) return false;
  return true;
}

function conclude({ request, commands }: Plan, known: Reproduction): Reproduction {
  const { attempts, environment, elsewhere, agrees_with_itself: agreesWithItself } = known;
  const verdict = judgeAttempts(attempts);
  const deciding = attempts.find((attempt) => attempt.verdict === verdict) ?? (attempts[0] as Attempt);
  const circumstances = { source: request.source, commands, elsewhere, attempts, agreesWithItself };
  const isQuestionable = verdict !== "identical" && verdict !== "same-exit-status";
  return {
    ...known,
    verdict,
    summary: summarizeAttempt(verdict, deciding, request.tolerance),
    causes: isQuestionable ? findCauses({ ...circumstances, environment: environment ?? [] }) : [],
  };
}
