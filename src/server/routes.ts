/** Every route, in one place. */
import type { ServePorts } from "../local-ports/serve/ports.js";
import { figureTraceRoutes } from "./figures.js";
import { figurePageRoutes } from "./page/routes.js";
import type { Route } from "./route.js";

export function routes(ports: ServePorts): readonly Route[] {
  return [...figurePageRoutes(ports), ...figureTraceRoutes(ports)];
}
