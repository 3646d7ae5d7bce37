/** Every route, in one place. */
import type { ServePorts } from "../local-ports/serve/ports.js";
import type { Route } from "./route.js";

export function routes(_ports: ServePorts): readonly Route[] {
  return [
    // figurePageRoutes(ports) of page/ and figureTraceRoutes(ports) of figures/ stand here.
  ];
}
