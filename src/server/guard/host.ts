/** Which host a request may be for. A name that anybody's DNS may turn into 127.0.0.1 is none of ours. */
import type { IncomingMessage } from "node:http";
import { refuse } from "../answers/refusal.js";

const names = ["localhost", "127.0.0.1", "[::1]"];

/** The origins that are this server. */
export function ownOrigins(port: number): readonly string[] {
  return names.map((name) => `http://${name}${port === 80 ? "" : `:${port}`}`);
}

/** @throws Refusal */
export function guardHost({ rawHeaders, url = "" }: IncomingMessage, port: number): void {
  const hosts = rawHeaders.filter((_, index) => rawHeaders[index - 1]?.toLowerCase() === "host" && index % 2);
  const [host = ""] = hosts;
  // A proxy's form of the request line, which counts more than the header.
  const named = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(url)?.[1];
  if (hosts.length !== 1 || !isOwn(host, port)) throw refuse("FOREIGN_HOST");
  if (named !== undefined && !(url.startsWith("http://") && isOwn(named, port))) throw refuse("FOREIGN_HOST");
}

function isOwn(host: string, port: number): boolean {
  const lower = host.toLowerCase();
  return names.some((name) => lower === name || lower === `${name}:${port}`);
}
