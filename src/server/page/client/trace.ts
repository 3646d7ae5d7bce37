/** Questions to `/trace/rows`, and their answers as tables. */
import { parseCsv } from "./csv.js";
import { figureId, make } from "./elements.js";

export interface Asked {
  readonly table: string;
  readonly fields: readonly string[];
  /** Values of the fields; `null` asks for the rows that any drawn value names. */
  readonly keys: readonly (readonly unknown[])[] | null;
}

/** More are not put into the page; all are in the table itself. */
const mostRows = 200;

/** Rejects with the reason in words. */
export async function partOf(asked: Asked): Promise<HTMLElement> {
  const { columns, rows, missing, digest } = await ask(asked);
  const shown = rows.slice(0, mostRows);
  const label = [
    `${asked.table}: ${rows.length} row${rows.length === 1 ? "" : "s"} by ${asked.fields.join(", ")}`,
    ...(shown.length < rows.length ? [`the first ${mostRows} are shown`] : []),
    ...(missing === "0" ? [] : [`keys without a row: ${missing}`]),
    `the server read the table with its recorded digest ${digest.slice(7, 11)}…${digest.slice(-4)}`,
  ].join("; ");
  const head = make("tr", {}, ...columns.map((column) => make("th", { scope: "col" }, column)));
  const body = shown.map((row) => make("tr", {}, ...row.map((value) => make("td", {}, value))));
  const table = make("table", {}, make("thead", {}, head), make("tbody", {}, ...body));
  const named = {
    class: "wide",
    role: "region",
    "aria-label": `Rows of ${asked.table}, as a table`,
    tabindex: "0",
  };
  return make(
    "div",
    { class: "part", "data-table": asked.table },
    make("p", { role: "status" }, label),
    make("div", named, table),
  );
}

interface Answered {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly missing: string;
  readonly digest: string;
}

/** As CSV: its cells are texts as they stand in the table, where JSON would turn long numbers into other ones. */
async function ask({ table, fields, keys }: Asked): Promise<Answered> {
  const question = { figure_id: figureId(), table, key_fields: fields };
  const response = await fetch("../trace/rows", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "text/csv" },
    body: JSON.stringify(keys === null ? question : { ...question, keys }),
  }).catch(() => {
    throw new Error("the server did not answer");
  });
  if (!response.ok) {
    const answer = await response.json().catch(() => ({}));
    throw new Error(answer.error?.message ?? `the server answered ${response.status}`);
  }
  const text = await response.text().catch(() => {
    throw new Error("the answer broke off");
  });
  const [columns = [], ...rows] = parseCsv(text);
  const header = (name: string) => response.headers.get(name) ?? "";
  return { columns, rows, missing: header("Colophon-Missing-Keys"), digest: header("Colophon-Table-Digest") };
}
