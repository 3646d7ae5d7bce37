/** Judges files; many of them in several threads, which begin while more are still being found. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { JudgingRequest } from "../../../operations/manifests/validate-documents.js";
import type { Candidate, Judged } from "../../../operations/manifests/validate-files.js";
import { type Answer, type JudgingTask, type Packed, type Portion, portionJudge, unpack } from "./thread.js";
import { judgingWord } from "./word.js";

const portionSize = 128;
const mostPortions = 1 << 20;
/** So many portions take longer than a thread takes to start. */
const worthHelp = 24;
/** Beside this thread. */
const mostHelpers = 2;

/** By the index of the portion. */
type Results = (Packed | undefined)[];

/** Gives what `judgeCandidate` gives for each, in their order. `entryFile` is the program itself: the other threads run it too. */
export async function judgeInThreads(
  candidates: Iterable<Candidate>,
  directory: string,
  { kind, maximumBytes, rules: { namespace, mode, profile } }: JudgingRequest,
  entryFile: string,
): Promise<Judged[]> {
  const task: JudgingTask = {
    directory,
    request: { kind, maximumBytes, rules: { namespace, mode, profile } },
    claims: new Uint8Array(new SharedArrayBuffer(mostPortions)),
  };
  const results: Results = [];
  const portions: Portion[] = [];
  let helpers: readonly Helper[] = [];
  let given = 0;
  for (const portion of portionsOf(candidates)) {
    portions.push(portion);
    if (portions.length === worthHelp) helpers = startHelpers(entryFile, task, results);
    if (helpers.length === 0) continue;
    for (; given < portions.length; given += 1) helpers[given % helpers.length]!.give(portions[given]!);
  }
  const judge = portionJudge(task);
  // The helpers come from the other end.
  for (const portion of portions.toReversed()) results[portion.index] = judge(portion);
  await Promise.all(helpers.map(({ end }) => end()));
  // What a helper took and did not answer, because it failed, is taken back.
  const judgeAgain = portionJudge({ ...task, claims: new Uint8Array(mostPortions) });
  return portions.flatMap((portion) => unpack(results[portion.index] ?? judgeAgain(portion)!, portion));
}

function* portionsOf(candidates: Iterable<Candidate>): Iterable<Portion> {
  let portion: Candidate[] = [];
  let index = 0;
  for (const candidate of candidates) {
    portion.push(candidate);
    if (portion.length < portionSize) continue;
    yield { index, candidates: portion };
    portion = [];
    index += 1;
  }
  yield { index, candidates: portion };
}

interface Helper {
  readonly give: (portion: Portion) => void;
  /** Settles when it has judged all that it took. */
  readonly end: () => Promise<void>;
}

function startHelpers(entryFile: string, task: JudgingTask, results: Results): Helper[] {
  return Array.from({ length: Math.min(mostHelpers, availableParallelism() - 1) }, () => {
    const worker = new Worker(entryFile, { argv: [judgingWord], workerData: task });
    worker.on("message", ({ index, packed }: Answer) => {
      results[index] = packed;
    });
    const ended = new Promise<void>((resolve) => {
      worker.on("exit", () => resolve()).on("error", () => resolve());
    });
    return {
      give: (portion) => worker.postMessage(portion),
      end: () => {
        worker.postMessage(undefined);
        return ended;
      },
    };
  });
}
