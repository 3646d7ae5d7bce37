/** The generators that are built in. */
import type { BuiltInGenerator } from "./generator.js";
import { marketEvents } from "./market-events.js";

export const builtInGenerators: Readonly<Record<string, BuiltInGenerator>> = {
  [marketEvents.name]: marketEvents,
};
