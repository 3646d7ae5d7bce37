/** Listens on the loopback addresses of this machine and on no other. */
import { createServer, type Server, STATUS_CODES } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { FileError } from "../../errors.js";
import { everyHeader } from "../answers/headers.js";
import { type RefusalCode, refusalAnswer } from "../answers/refusal.js";
import { type Answering, answerRequest } from "./answer-request.js";
import { limitConnections } from "./limit-connections.js";

export interface Listening {
  readonly port: number;
  /** `127.0.0.1`, and `::1` where there is one. */
  readonly addresses: readonly string[];
  readonly close: () => Promise<void>;
}

export interface Limits {
  readonly headerBytes: number;
  /** Milliseconds until all of a request must be there, and its headers. */
  readonly request: number;
  readonly headers: number;
  readonly connections: number;
}

export const limits: Limits = { headerBytes: 8 * 1024, request: 30_000, headers: 10_000, connections: 256 };

/** `port` 0: one that is free. @throws FileError `PORT_TAKEN` */
export async function listen(
  port: number,
  answering: Omit<Answering, "port">,
  within: Limits = limits,
): Promise<Listening> {
  for (let attempt = 1; ; attempt += 1) {
    const listening = await listenOnBoth(port, answering, within);
    if (listening !== undefined) return listening;
    // Somebody has ::1 at that port, and `localhost` may mean either: another port is free on both.
    if (port !== 0 || attempt === 20) throw taken(port);
  }
}

async function listenOnBoth(
  wanted: number,
  answering: Omit<Answering, "port">,
  within: Limits,
): Promise<Listening | undefined> {
  let port = wanted;
  const limit = limitConnections(within.connections);
  const servers = [newServer(), newServer()] as const;
  function newServer(): Server {
    const server = createServer(
      {
        maxHeaderSize: within.headerBytes,
        requireHostHeader: false,
        connectionsCheckingInterval: Math.min(1_000, within.headers),
        // Node itself refuses a time for headers that is longer than that for the whole.
        requestTimeout: within.request,
        headersTimeout: within.headers,
      },
      (request, response) => void answerRequest(request, response, { ...answering, port: () => port }),
    );
    server.keepAliveTimeout = 5_000;
    server.on("clientError", answerFault);
    server.on("checkExpectation", (request, response) => {
      void answerRequest(request, response, { ...answering, port: () => port });
    });
    limit(server);
    return server;
  }
  const close = async () => {
    await Promise.all(servers.map(closeServer));
  };
  const [four, six] = servers;
  if ((await bind(four, "127.0.0.1", wanted)) === "EADDRINUSE") throw taken(wanted);
  port = (four.address() as AddressInfo).port;
  const fault = await bind(six, "::1", port);
  if (fault === "EADDRINUSE") {
    await close();
    return undefined;
  }
  return { port, addresses: ["127.0.0.1", ...(fault === undefined ? ["::1"] : [])], close };
}

/** Gives the code of what went wrong where that is no reason to give up. */
function bind(server: Server, host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const isAbsent = host === "::1" && ["EADDRNOTAVAIL", "EAFNOSUPPORT"].includes(error.code ?? "");
      if (isAbsent || error.code === "EADDRINUSE") resolve(error.code);
      else
        reject(
          new FileError("PORT_TAKEN", `the server cannot listen at port ${port}: ${error.message}`, {
            hint: "Type: colophon serve --port 0, for one that is free",
            cause: error,
          }),
        );
    });
    server.listen({ host, port, exclusive: true, ipv6Only: host === "::1" }, () => resolve(undefined));
  });
}

function taken(port: number): FileError {
  return new FileError("PORT_TAKEN", `another program listens at port ${port}`, {
    hint: "Type: colophon serve --port 0, for one that is free",
  });
}

/** Answers what is no HTTP, is too long or never ends, as far as there is anybody to answer. */
function answerFault(error: NodeJS.ErrnoException, socket: Socket): void {
  const known: Readonly<Record<string, RefusalCode>> = {
    HPE_HEADER_OVERFLOW: "HEADERS_TOO_LARGE",
    ERR_HTTP_REQUEST_TIMEOUT: "REQUEST_TOO_SLOW",
  };
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const { status, type, body } = refusalAnswer(known[error.code ?? ""] ?? "BAD_REQUEST");
  const headers = {
    ...everyHeader,
    "Content-Type": type,
    "Content-Length": String(Buffer.byteLength(body as string)),
    Connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${body}`, () =>
    socket.destroy(),
  );
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
