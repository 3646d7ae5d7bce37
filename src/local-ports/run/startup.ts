/** What the program does before it knows what it was asked for. */
export { gathererWord } from "../../environment/slow-facts/gatherer-word.js";
export { guardAgainstInspector } from "../../process/guard-against-inspector.js";
export { judgingWord } from "../records/judging/word.js";
export { consoleWord } from "./console/word.js";
export { samplingWord } from "./samples/word.js";

export async function gather(): Promise<void> {
  const { runGatherer } = await import("../../environment/slow-facts/gatherer.js");
  runGatherer();
}

export async function judgeForAnotherThread(): Promise<void> {
  const { runJudgingThread } = await import("../records/judging/thread.js");
  runJudgingThread();
}

export async function readConsoleForAnotherThread(): Promise<void> {
  const { runConsoleThread } = await import("./console/thread.js");
  runConsoleThread();
}

export async function sampleForAnotherThread(): Promise<void> {
  const { runSamplingThread } = await import("./samples/thread.js");
  runSamplingThread();
}
