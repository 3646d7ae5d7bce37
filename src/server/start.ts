/** The server as the program loads it. */
import { existsSync } from "node:fs";
import { ColophonError } from "../errors.js";
import type { StartServer } from "../local-ports/serve/load-server.js";
import { servePorts } from "../local-ports/serve/ports.js";
import { newAccess } from "./guard/access.js";
import { sessionRoute } from "./guard/sign-in.js";
import { listen } from "./http/listen.js";
import { routes } from "./routes.js";

export const startServer: StartServer = async ({ directory, env, port, artifacts, onFault }) => {
  try {
    const access = newAccess();
    const ports = servePorts(directory, env, artifacts);
    let actual = port;
    const all = [...routes(ports), sessionRoute(access, () => actual)];
    const listening = await listen(port, { routes: all, access, onFault });
    actual = listening.port;
    const knowsPeers = process.getuid !== undefined && existsSync("/proc/self/net/tcp");
    return { serving: { ...listening, token: access.token, knowsPeers } };
  } catch (fault) {
    if (!(fault instanceof ColophonError)) throw fault;
    const { code, message, hint } = fault;
    return { refused: { code, message, hint } };
  }
};
