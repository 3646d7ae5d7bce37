/** Pages of other origins are answered nothing, those of another port of this machine included. */
import type { IncomingMessage } from "node:http";
import { refuse } from "../answers/refusal.js";
import { ownOrigins } from "./host.js";

/** @throws Refusal */
export function guardOrigin({ headers, method, url = "" }: IncomingMessage, port: number): void {
  const { origin } = headers;
  if (origin !== undefined && !ownOrigins(port).includes(origin.toLowerCase()))
    throw refuse("FOREIGN_ORIGIN");
  const site = headers["sec-fetch-site"];
  if (site === undefined || site === "same-origin" || site === "none") return;
  const isOpening =
    method === "GET" &&
    /^\/(?:\?|$)/.test(url) &&
    origin === undefined &&
    headers["sec-fetch-mode"] === "navigate" &&
    headers["sec-fetch-dest"] === "document";
  // A link that leads to the first page is followed as one that was typed.
  if (!isOpening) throw refuse("FOREIGN_ORIGIN");
}
