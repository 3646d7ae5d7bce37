/** From what was compared to one verdict. What a run printed never decides. */
import type { Agreement, Attempt, ComparedArtifact, ComparedExit, ComparedMetrics } from "../result.js";
import { agreements } from "../result.js";

export function judgeAttempt(
  exit: ComparedExit,
  metrics: ComparedMetrics,
  artifacts: readonly ComparedArtifact[],
  written: readonly ComparedArtifact[],
): Attempt["verdict"] {
  if (!exit.same) return "differs";
  const named = knownOf([metrics.outcome, ...artifacts.map(({ outcome }) => outcome)]);
  // Most of what scripts write beside their results holds a time or an id: it decides where there is nothing else.
  const compared = named.length > 0 ? named : knownOf(written.map(({ outcome }) => outcome));
  return compared.length === 0 ? "same-exit-status" : worstOf(compared);
}

function knownOf(outcomes: readonly (Agreement | "none" | "unknown")[]): Agreement[] {
  return outcomes.filter((outcome): outcome is Agreement => outcome !== "none" && outcome !== "unknown");
}

export function worstOf(verdicts: readonly Agreement[]): Agreement {
  return agreements[Math.max(...verdicts.map((verdict) => agreements.indexOf(verdict)))] as Agreement;
}

/** Of several attempts the worst counts: one that agrees by chance proves nothing. */
export function judgeAttempts(attempts: readonly Attempt[]): Attempt["verdict"] {
  const compared = attempts.map(({ verdict }) => verdict).filter((verdict) => verdict !== "same-exit-status");
  return compared.length === 0 ? "same-exit-status" : worstOf(compared);
}
