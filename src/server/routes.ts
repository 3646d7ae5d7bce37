/** Every route, in one place. */
import type { ServePorts } from "../local-ports/serve/ports.js";
import { figureTraceRoutes } from "./figures.js";
import type { Route } from "./route.js";

export function routes(ports: ServePorts): readonly Route[] {
  return [...figureTraceRoutes(ports)];
}
