/** `/trace/{figure_id}` and `/trace/rows`: from a figure to the rows it was made from. */

import type { RowPorts } from "../operations/rows/ports.js";
import { readFigure } from "../operations/rows/recorded-figure.js";
import { readRowQuery } from "../operations/rows/row-query.js";
import { type RowFormat, type SelectedRows, selectRows } from "../operations/rows/select-rows.js";
import { formatFigureTrace } from "../operations/rows/trace-figure.js";
import { prefers } from "./answers/prefers.js";
import type { Answer, Route } from "./route.js";

export function figureTraceRoutes(ports: RowPorts): readonly Route[] {
  return [
    {
      method: "GET",
      path: "/trace/:figure_id",
      answer: async ({ params }) => jsonText(formatFigureTrace(params.figure_id as string, ports)),
    },
    {
      method: "GET",
      path: "/trace/:figure_id/manifest",
      answer: async ({ params }) => jsonText(readFigure(params.figure_id as string, ports).bytes),
    },
    {
      method: "POST",
      path: "/trace/rows",
      answer: async ({ body, accept }) => {
        const query = readRowQuery(body);
        const format = formatAsked(body, accept);
        return rowsAnswer(await selectRows(query, ports), format);
      },
    },
  ];
}

function jsonText(body: string | Uint8Array): Answer {
  return { status: 200, type: "application/json; charset=utf-8", body };
}

function formatAsked(body: unknown, accept: string): RowFormat {
  const { format } = body as { readonly format?: RowFormat };
  return format ?? (prefers(accept, "text/csv", "application/json") ? "csv" : "json");
}

const longestTold = 2048;

/** CSV has no place for what is missing, so the headers say it. */
function rowsAnswer(selected: SelectedRows, format: RowFormat): Answer {
  const { rowCount, missing } = selected;
  const first = missing
    .slice(0, 10)
    .map(({ fields, values }) => Object.fromEntries(fields.map((field, at) => [field, values[at]])));
  const told = encodeURIComponent(JSON.stringify(first).toWellFormed());
  return {
    status: 200,
    type: format === "csv" ? "text/csv; charset=utf-8; header=present" : "application/json; charset=utf-8",
    body: encoded(selected.text(format)),
    headers: {
      "Colophon-Rows": String(rowCount),
      "Colophon-Missing-Keys": String(missing.length),
      // Percent-encoded JSON: a header has no other place for a key.
      ...(missing.length > 0 && told.length <= longestTold && { "Colophon-First-Missing": told }),
      "Colophon-Table-Digest": `sha256:${selected.sha256}`,
    },
  };
}

async function* encoded(pieces: AsyncIterable<string>): AsyncIterable<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const piece of pieces) yield encoder.encode(piece);
}
