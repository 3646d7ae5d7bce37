/** The rows of input tables behind a drawn value, and the keys of a table. */
import { all, make } from "./elements.js";
import { bytesOf } from "./files.js";
import { type Asked, partOf } from "./trace.js";

type Row = Readonly<Record<string, unknown>>;

export function watchRows(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const mark = target.closest<SVGElement>(".mark[data-row]");
    const button = target.closest<HTMLElement>("button[data-rows], button[data-keys]");
    if (mark !== null) void showBehind(Number(mark.dataset.row));
    else if (button?.dataset.rows !== undefined) void showBehind(Number(button.dataset.rows));
    else if (button?.dataset.keys !== undefined)
      void showKeys(button.dataset.keys, JSON.parse(button.dataset.fields ?? "[]"));
  });
}

/** The latest question of each place: what was asked before it is not shown any more. */
const latest = new Map<HTMLElement, symbol>();

function askAt(place: HTMLElement): () => boolean {
  const turn = Symbol();
  latest.set(place, turn);
  return () => latest.get(place) === turn;
}

async function showBehind(index: number): Promise<void> {
  const place = document.getElementById("rows");
  if (place === null) return;
  const isLatest = askAt(place);
  choose(index);
  const button = document.querySelector(`button[data-rows="${index}"]`);
  const heading = make("h3", {}, button?.getAttribute("aria-label") ?? `Rows behind value ${index + 1}`);
  place.replaceChildren(heading, make("p", { role: "status" }, "asking …"));
  try {
    const asked = await askedBy(index);
    const parts = await Promise.all(asked.map(partOf));
    if (!isLatest()) return;
    place.replaceChildren(heading, ...parts);
    if (parts.length === 0)
      place.append(make("p", { role: "status" }, "The drawn row names no rows of input tables."));
    place.dataset.shown = String(index);
  } catch (fault) {
    if (!isLatest()) return;
    place.replaceChildren(heading, failure(fault));
  }
  place.scrollIntoView({ block: "nearest" });
}

/** The mark and its line of the table. */
function choose(index: number): void {
  for (const chosen of all(".chosen")) chosen.classList.remove("chosen");
  for (const mark of document.querySelectorAll(`[data-row="${index}"], [data-value="${index}"]`))
    mark.classList.add("chosen");
}

async function askedBy(index: number): Promise<Asked[]> {
  const payload = JSON.parse(new TextDecoder().decode(await bytesOf("data"))) as { data: Row[] };
  const named = (payload.data[index]?.row_keys ?? {}) as Record<string, unknown[][]>;
  return Object.entries(named).map(([table, keys]) => {
    const button = all("button[data-keys]").find(({ dataset }) => dataset.keys === table);
    return { table, fields: JSON.parse(button?.dataset.fields ?? "[]") as string[], keys: distinct(keys) };
  });
}

function distinct(keys: readonly unknown[][]): unknown[][] {
  return [...new Map(keys.map((key) => [JSON.stringify(key), key])).values()];
}

async function showKeys(table: string, fields: readonly string[]): Promise<void> {
  const place = document.getElementById("keys");
  if (place === null) return;
  const isLatest = askAt(place);
  place.replaceChildren(make("p", { role: "status" }, "asking …"));
  const part = await partOf({ table, fields, keys: null }).catch(failure);
  if (isLatest()) place.replaceChildren(part);
}

function failure(fault: unknown): HTMLElement {
  return make("p", { role: "status", class: "state bad" }, `✗ could not fetch: ${(fault as Error).message}`);
}
