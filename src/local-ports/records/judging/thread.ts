/** Judges portions of files; in a thread of its own, those that `in-threads.ts` hands it until there are no more. */
import { parentPort, workerData } from "node:worker_threads";
import { defaultRules } from "../../../kinds/table.js";
import type { Rules } from "../../../manifest/kind.js";
import type { JudgingRequest } from "../../../operations/manifests/validate-documents.js";
import { type Candidate, type Judged, judgeCandidate } from "../../../operations/manifests/validate-files.js";
import { readDocument, readStandardInput } from "../../../store/read-document.js";

export interface JudgingTask {
  readonly directory: string;
  /** Without the schemas, which cannot leave their thread: every thread has the same ones. */
  readonly request: Omit<JudgingRequest, "rules"> & { readonly rules: Omit<Rules, "capabilities"> };
  /** One byte for each portion, seen by all threads: who sets it judges that portion. */
  readonly claims: Uint8Array;
}

export interface Portion {
  readonly index: number;
  readonly candidates: readonly Candidate[];
}

/** Data for another thread. The kind alone stands for a document without findings, which nearly all are. */
export type Packed = readonly (Judged | string)[];

export interface Answer {
  readonly index: number;
  readonly packed: Packed;
}

/** Gives `undefined` for a portion that another thread has taken. */
export function portionJudge(task: JudgingTask): (portion: Portion) => readonly Judged[] | undefined {
  const { directory, claims } = task;
  const request = { ...task.request, rules: defaultRules(task.request.rules) };
  const read = (path: string, maximumBytes: number | undefined) =>
    path === "-" ? readStandardInput(maximumBytes) : readDocument(directory, path, maximumBytes);
  return ({ index, candidates }) =>
    Atomics.exchange(claims, index, 1) === 0
      ? candidates.map((candidate) => judgeCandidate(candidate, request, { read }))
      : undefined;
}

export function runJudgingThread(): void {
  const judge = portionJudge(workerData);
  parentPort?.on("message", (portion: Portion | undefined) => {
    if (portion === undefined) parentPort?.close();
    const judged = portion && judge(portion);
    if (judged) parentPort?.postMessage({ index: portion.index, packed: pack(judged) } satisfies Answer);
  });
}

function pack(judged: readonly Judged[]): Packed {
  return judged.map((one) => (one?.findings.length === 0 ? (one.kind as string) : one));
}

export function unpack(packed: Packed, { candidates }: Portion): readonly Judged[] {
  return packed.map((one, index) => {
    if (typeof one !== "string") return one;
    const { path } = candidates[index]!;
    return { path, kind: one, valid: true, findings: [], text: undefined, suspect: false };
  });
}
