/** What the program does before it knows what it was asked for. */
export { guardAgainstInspector } from "../process/guard-against-inspector.js";

/** The only word with which this program starts itself, to gather what would block; see `environment/slow-facts/`. */
export const gathererWord = "__gather-slow-facts";

export async function gather(): Promise<void> {
  const { runGatherer } = await import("../environment/slow-facts/gatherer.js");
  runGatherer();
}
