/** Asks a server byte by byte, so that a request may be anything, and starts servers of a project. */
import { spawnSync } from "node:child_process";
import { connect } from "node:net";
import type { Serving } from "../../src/local-ports/serve/load-server.js";
import { startServer } from "../../src/server/start.js";

export interface Reply {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly raw: string;
}

/** Sends the bytes, and gives what came until the server closed the connection. */
export function exchange(port: number, text: string | Uint8Array, host = "127.0.0.1"): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect({ port, host }, () => socket.write(text));
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "ECONNRESET" && error.code !== "EPIPE") reject(error);
    });
    socket.on("close", () => resolve(parseReply(Buffer.concat(chunks).toString("latin1"))));
  });
}

export interface Ask {
  readonly method?: string;
  readonly path?: string;
  readonly host?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
}

/** One request on a connection of its own. */
export function ask(
  port: number,
  { method = "GET", path = "/", host, headers = [], body }: Ask = {},
): Promise<Reply> {
  const length = body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  const lines = [
    `${method} ${path} HTTP/1.1`,
    ...(host === "" ? [] : [`Host: ${host ?? `127.0.0.1:${port}`}`]),
    "Connection: close",
    ...headers,
    ...length,
  ];
  return exchange(port, `${lines.join("\r\n")}\r\n\r\n${body ?? ""}`);
}

/** A POST of JSON. */
export function post(
  port: number,
  path: string,
  value: unknown,
  headers: readonly string[] = [],
): Promise<Reply> {
  const body = typeof value === "string" ? value : JSON.stringify(value);
  return ask(port, { method: "POST", path, body, headers: ["Content-Type: application/json", ...headers] });
}

function parseReply(raw: string): Reply {
  const [head = "", ...rest] = raw.split("\r\n\r\n");
  const [first = "", ...lines] = head.split("\r\n");
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(":")).toLowerCase(),
      line.slice(line.indexOf(":") + 1).trim(),
    ]),
  );
  const text = rest.join("\r\n\r\n");
  const body = headers["transfer-encoding"] === "chunked" ? unchunked(text) : text;
  return {
    status: Number(first.split(" ")[1] ?? 0),
    headers,
    body: Buffer.from(body, "latin1").toString(),
    raw,
  };
}

function unchunked(text: string): string {
  let rest = text;
  let body = "";
  for (;;) {
    const end = rest.indexOf("\r\n");
    const size = Number.parseInt(rest.slice(0, end), 16);
    if (!(size > 0)) return body;
    body += rest.slice(end + 2, end + 2 + size);
    rest = rest.slice(end + 2 + size + 2);
  }
}

export interface Started extends Serving {
  readonly faults: unknown[];
}

export async function startIn(
  directory: string,
  more: { port?: number; artifacts?: string } = {},
): Promise<Started> {
  const faults: unknown[] = [];
  const started = await startServer({
    directory,
    env: process.env,
    port: more.port ?? 0,
    artifacts: more.artifacts,
    onFault: (fault) => faults.push(fault),
  });
  if ("refused" in started) throw Object.assign(new Error(started.refused.message), started.refused);
  return { ...started.serving, faults };
}

/** Whether a program can be run here as another user. */
export const canBeSomebodyElse =
  process.getuid?.() === 0 &&
  spawnSync("setpriv", ["--reuid", "65533", "--clear-groups", process.execPath, "--version"]).status === 0;
