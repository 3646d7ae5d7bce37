/** What is answered where nothing else can be: the same text for everybody, with no word of what was asked and no path of this machine. */
import type { Answer } from "../route.js";

interface Reason {
  readonly status: number;
  readonly message: string;
  readonly hint: string;
}

export const refusals = {
  BAD_REQUEST: {
    status: 400,
    message: "the request is not HTTP as it should be",
    hint: "Ask with an ordinary HTTP/1.1 client.",
  },
  BAD_BODY: {
    status: 400,
    message: "the body is not the JSON object that this address takes",
    hint: "See spec/README.md, Serving.",
  },
  TOKEN_NEEDED: {
    status: 401,
    message: "this server answers the user who started it",
    hint: "Send the token that it printed: Authorization: Bearer TOKEN",
  },
  FOREIGN_HOST: {
    status: 403,
    message: "the request names another host than this one",
    hint: "Ask http://127.0.0.1, http://localhost or http://[::1], at the port of this server.",
  },
  FOREIGN_ORIGIN: {
    status: 403,
    message: "the request comes from a page of another origin",
    hint: "Open the address of this server itself.",
  },
  NOTHING_HERE: {
    status: 404,
    message: "there is nothing at this address",
    hint: "The addresses are in spec/README.md, Serving.",
  },
  NO_SUCH_FIGURE: {
    status: 404,
    message: "there is no figure of that id",
    hint: "Type: colophon figure verify, for the ids there are",
  },
  NO_SUCH_TABLE: {
    status: 404,
    message: "no figure is made from a table of that name",
    hint: "Name a table as the trace keys of the figure do.",
  },
  OTHER_METHOD: {
    status: 405,
    message: "this address takes another method",
    hint: "The addresses are in spec/README.md, Serving.",
  },
  REQUEST_TOO_SLOW: {
    status: 408,
    message: "the request took too long to arrive",
    hint: "Send it again, whole.",
  },
  FIGURE_INVALID: {
    status: 409,
    message: "the manifest of this figure is not valid",
    hint: "Type: colophon figure verify",
  },
  FILE_REFUSED: {
    status: 409,
    message:
      "what the manifest names is no longer a regular file of the project, or changed while it was read",
    hint: "Type: colophon figure verify",
  },
  BODY_TOO_LARGE: {
    status: 413,
    message: "the body is longer than 1 MiB",
    hint: "Ask for fewer keys at once.",
  },
  JSON_NEEDED: {
    status: 415,
    message: "the body must be JSON",
    hint: "Send the header Content-Type: application/json",
  },
  NO_UPGRADE: {
    status: 426,
    message: "this server speaks HTTP/1.1 and nothing else",
    hint: "Leave out the header Upgrade.",
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    message: "the headers are longer than 8 KiB",
    hint: "Send fewer headers.",
  },
  SERVER_FAULT: {
    status: 500,
    message: "the server failed at this",
    hint: "It printed why in its terminal.",
  },
} as const satisfies Readonly<Record<string, Reason>>;

export type RefusalCode = keyof typeof refusals;

/** Thrown by a route or the guard; becomes its answer. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(readonly answer: Answer) {
    super(`answered with ${answer.status}`);
  }
}

export function refuse(code: RefusalCode): Refusal {
  return new Refusal(refusalAnswer(code));
}

export function refusalAnswer(code: RefusalCode): Answer {
  const { status, message, hint } = refusals[code];
  const headers = status === 401 ? { "WWW-Authenticate": 'Bearer realm="colophon"' } : {};
  return { ...errorAnswer(status, code, message, hint), headers };
}

/** `message` and `hint` name nothing but what a manifest names. */
export function errorAnswer(status: number, code: string, message: string, hint: string): Answer {
  return {
    status,
    type: "application/json; charset=utf-8",
    body: `${JSON.stringify({ error: { code, message, hint } })}\n`,
  };
}
