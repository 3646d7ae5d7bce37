/** The body of a POST: JSON, and no more than 1 MiB of it. */
import type { IncomingMessage } from "node:http";
import { parseJson } from "../../manifest/parse.js";
import { refuse } from "../answers/refusal.js";

const longestBody = 1024 * 1024;

/** @throws Refusal */
export async function readBody(request: IncomingMessage): Promise<unknown> {
  // Forms of other pages can be sent without asking; JSON cannot.
  if (!/^application\/json\s*(?:;|$)/i.test(request.headers["content-type"] ?? ""))
    throw refuse("JSON_NEEDED");
  if (Number(request.headers["content-length"] ?? 0) > longestBody) throw refuse("BODY_TOO_LARGE");
  const parsed = parseJson(await collect(request));
  if (!parsed.ok) throw refuse("BAD_BODY");
  return parsed.value;
}

async function collect(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestBody) throw refuse("BODY_TOO_LARGE");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
