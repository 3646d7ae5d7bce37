import { exitStatus, UsageError } from "../../errors.js";
import { rowPorts } from "../../local-ports/figures/rows.js";
import { findManifest, listManifests } from "../../operations/figures/check/verify-figures.js";
import { readFigure } from "../../operations/rows/recorded-figure.js";
import { type SelectedRows, selectRows } from "../../operations/rows/select-rows.js";
import { counted } from "../terminal/counted.js";
import { errPaint, printable } from "../terminal/paint.js";
import type { Streams } from "../terminal/streams.js";

export interface RowWords {
  readonly figure: string;
  readonly table: string;
  /** `COLUMN=VALUE`, as typed. */
  readonly keys: readonly string[];
  readonly json: boolean;
}

/** Gives the exit status: findings when a key has no row. */
export async function traceRows({ figure, table, keys, json }: RowWords, streams: Streams): Promise<number> {
  const ports = rowPorts(streams.directory, streams.env);
  const { id } = readFigure(idOf(findManifest(figure, listManifests(ports), ports)), ports);
  const asked = keys.length === 0 ? undefined : keysOf(keys);
  const selected = await selectRows({ table, figureId: id, fields: undefined, keys: asked }, ports);
  for await (const piece of selected.text(json ? "json" : "csv")) streams.out(piece);
  tell(selected, streams);
  return selected.missing.length === 0 ? exitStatus.fine : exitStatus.findings;
}

function idOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/\.manifest\.json$/, "");
}

/** A column that comes again begins another key. */
function keysOf(words: readonly string[]): Readonly<Record<string, string>>[] {
  const keys: Record<string, string>[] = [];
  for (const word of words) {
    const at = word.indexOf("=");
    if (at <= 0)
      throw new UsageError("BAD_FLAG_VALUE", `--key takes COLUMN=VALUE; found "${word}"`, {
        hint: "Type: colophon trace FIGURE --rows emission_factors --key ef_id=EF.1",
      });
    const column = word.slice(0, at);
    const last = keys.at(-1);
    const key = last === undefined || Object.hasOwn(last, column) ? {} : last;
    if (key !== last) keys.push(key);
    Object.defineProperty(key, column, { value: word.slice(at + 1), enumerable: true, writable: true });
  }
  return keys;
}

function tell({ path, sha256, rowCount, asked, missing }: SelectedRows, streams: Streams): void {
  const paint = errPaint(streams);
  const { rule, ok, bad } = paint.glyphs;
  const of = asked === null ? ", all of them" : ` for ${counted(asked, "key")}`;
  streams.err(
    `${rule} ${paint.green(ok)} ${counted(rowCount, "row")} of ${printable(path)}${of}; sha256:${sha256.slice(0, 12)}, as recorded\n`,
  );
  for (const { fields, values } of missing.slice(0, 10)) {
    const key = fields.map((field, index) => `${field}=${values[index]}`).join(" ");
    streams.err(`${rule} ${paint.red(bad)} no row has ${printable(key)}\n`);
  }
  if (missing.length > 10)
    streams.err(`${rule}   and ${counted(missing.length - 10, "more key")} without a row\n`);
}
