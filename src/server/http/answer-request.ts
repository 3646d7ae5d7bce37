/** One request from its first line to its answer. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { ColophonError } from "../../errors.js";
import { answerToError } from "../answers/error-answer.js";
import { Refusal, refusalAnswer, refuse } from "../answers/refusal.js";
import type { Access } from "../guard/access.js";
import { guardHost } from "../guard/host.js";
import { guardOrigin } from "../guard/origin.js";
import { askForToken, sessionPath } from "../guard/sign-in.js";
import type { Answer, Route } from "../route.js";
import { findRoute } from "./find-route.js";
import { readBody } from "./read-body.js";
import { send } from "./send.js";

export interface Answering {
  readonly routes: readonly Route[];
  readonly access: Access;
  readonly port: () => number;
  /** Told what failed and was our own fault. */
  readonly onFault: (fault: unknown) => void;
}

/** Never throws. */
export async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  answering: Answering,
): Promise<void> {
  const answer = await answerTo(request, answering).catch((fault) => answerOf(fault, request, answering));
  try {
    // What was not read of the body would be taken for the next request.
    if (!request.complete) response.setHeader("Connection", "close");
    await send(response, answer, request.method === "HEAD");
  } catch (fault) {
    response.destroy();
    if (!isGone(fault)) answering.onFault(fault);
  }
}

async function answerTo(request: IncomingMessage, { routes, access, port }: Answering): Promise<Answer> {
  guardHost(request, port());
  guardOrigin(request, port());
  const { method = "", headers } = request;
  const { pathname, searchParams } = placeOf(request.url ?? "");
  if (!(method === "POST" && pathname === sessionPath)) access.guard(request, port());
  if (headers.upgrade !== undefined) throw refuse("NO_UPGRADE");
  const { route, params } = findRoute(routes, method, pathname);
  const body = route.method === "POST" ? await readBody(request) : undefined;
  return route.answer({ params, query: searchParams, body, accept: headers.accept ?? "*/*" });
}

/** The path as it was sent: what a URL parser makes of `/a/../b` is not what was asked. @throws Refusal */
function placeOf(url: string): { readonly pathname: string; readonly searchParams: URLSearchParams } {
  const rest = url.replace(/^http:\/\/[^/?#]*/i, "");
  const [, pathname, query = ""] = /^(\/[^?#]*)(?:\?([^#]*))?$/.exec(rest === "" ? "/" : rest) ?? [];
  if (pathname === undefined) throw refuse("BAD_REQUEST");
  return { pathname, searchParams: new URLSearchParams(query) };
}

function answerOf(fault: unknown, { headers }: IncomingMessage, { onFault }: Answering): Answer {
  if (fault instanceof Refusal)
    return fault.answer.status === 401 ? askForToken(headers.accept ?? "") : fault.answer;
  const answer = fault instanceof ColophonError ? answerToError(fault) : undefined;
  if (answer !== undefined) return answer;
  if (!isGone(fault)) onFault(fault);
  return refusalAnswer("SERVER_FAULT");
}

/** The other end went away before it had everything. */
function isGone(fault: unknown): boolean {
  const { code } = fault as NodeJS.ErrnoException;
  return code === "ERR_STREAM_PREMATURE_CLOSE" || code === "ECONNRESET" || code === "EPIPE";
}
