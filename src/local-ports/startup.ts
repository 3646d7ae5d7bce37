/** What the program does before it knows what it was asked for. */
export { gathererWord } from "../environment/slow-facts/gatherer-word.js";
export { guardAgainstInspector } from "../process/guard-against-inspector.js";

export async function gather(): Promise<void> {
  const { runGatherer } = await import("../environment/slow-facts/gatherer.js");
  runGatherer();
}
