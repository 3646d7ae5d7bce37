/** Puts an answer on the wire. */
import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { everyHeader } from "../answers/headers.js";
import type { Answer } from "../route.js";

/** A stream that fails half-way ends the connection, so that nobody takes the half for the whole. */
export async function send(response: ServerResponse, answer: Answer, isHead: boolean): Promise<void> {
  const { status, type, body, headers = {} } = answer;
  response.writeHead(status, { ...everyHeader, "Content-Type": type, ...headers, ...lengthOf(status, body) });
  if (isHead || status === 204) {
    if (isStream(body)) await body[Symbol.asyncIterator]().return?.(undefined);
    response.end();
  } else if (isStream(body)) {
    await pipeline(Readable.from(body, { objectMode: false }), response);
  } else {
    response.end(body);
  }
}

function lengthOf(status: number, body: Answer["body"]): Record<string, number> {
  return isStream(body) || status === 204 ? {} : { "Content-Length": Buffer.byteLength(body) };
}

function isStream(body: Answer["body"]): body is AsyncIterable<Uint8Array> {
  return typeof body !== "string" && !(body instanceof Uint8Array);
}
