/**
 * The server is a caller as the program is, and stands in a file of its own: neither imports the other, and no other command
 * parses it. What the two agree on stands here.
 */
import { existsSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { ColophonError, FileError } from "../../errors.js";

export interface ServeRequest {
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
  /** 0: one that is free. */
  readonly port: number;
  /** Relative to the project; `undefined`: that of its settings. */
  readonly artifacts: string | undefined;
  readonly onFault: (fault: unknown) => void;
}

export interface Serving {
  readonly port: number;
  readonly token: string;
  /** `127.0.0.1`, and `::1` where there is one. */
  readonly addresses: readonly string[];
  /** Whether this system tells whose connection it is, so that its user needs no token. */
  readonly knowsPeers: boolean;
  readonly close: () => Promise<void>;
}

/** The server's own errors are not instances of the program's: it gives them as values. */
export type Started =
  | { readonly serving: Serving }
  | { readonly refused: { readonly code: string; readonly message: string; readonly hint: string } };

export type StartServer = (request: ServeRequest) => Promise<Started>;

/** `program`: the file that this process runs. @throws FileError, and whatever the server refuses. */
export async function serve(request: ServeRequest, program: string): Promise<Serving> {
  // What npm puts on the path is a link.
  const file = join(dirname(realpathSync(program)), "server.cjs");
  if (!existsSync(file))
    throw new FileError("SERVER_MISSING", `${file} is not there; it is part of Colophon`, {
      hint: "Install Colophon again.",
    });
  const { startServer } = createRequire(file)(file) as { readonly startServer: StartServer };
  const onFault = (fault: unknown) => request.onFault(ownFault(fault));
  const started = await startServer({ ...request, onFault });
  if ("serving" in started) return started.serving;
  throw ownFault(started.refused);
}

/** An error of the server's as one of ours. */
function ownFault(fault: unknown): unknown {
  const { code, message, hint } = fault as Partial<ColophonError>;
  const isTold = code !== undefined && message !== undefined && hint !== undefined;
  return isTold ? new ColophonError(code, message, { hint }) : fault;
}
