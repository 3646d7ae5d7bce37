/** What the server answers: one route a kind of question. A route has no part in who may ask; the guard in front of all has judged that. */

export interface RouteRequest {
  /** Segments of the path that the route names with a colon, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The parsed body of a POST; `undefined` for a GET. */
  readonly body: unknown;
  /** The header `Accept`, any type where there is none. */
  readonly accept: string;
}

export interface Answer {
  readonly status: number;
  /** The media type, with its character set. */
  readonly type: string;
  readonly body: string | Uint8Array | AsyncIterable<Uint8Array>;
  /** On top of those that every answer has. Of them, only the policy for content may be given anew, and only a stricter one. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Route {
  readonly method: "GET" | "POST";
  /** `/trace/:figure_id` */
  readonly path: string;
  /** @throws Refusal, and any `ColophonError` of what it asks. */
  answer(request: RouteRequest): Promise<Answer>;
}
