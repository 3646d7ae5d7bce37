/** The table of a figure, by the name that trace keys give it: whoever asks names no path. */
import { RefusedError, UsageError } from "../../errors.js";
import { hexOf } from "../../kinds/figure/digests.js";
import { nameOfTable } from "../../kinds/figure/paths.js";
import { recordingOf } from "../figures/ports.js";
import type { RowPorts } from "./ports.js";
import { listFigures, type RecordedFigure, readFigure } from "./recorded-figure.js";

export interface TableOfFigures {
  readonly name: string;
  readonly path: string;
  /** 64 hexadecimal digits; `undefined` where the manifest has a shortened one. */
  readonly sha256: string | undefined;
  /** Those that were made from this very content. */
  readonly figures: readonly {
    readonly figure: RecordedFigure;
    readonly keyFields: readonly string[] | null;
  }[];
}

/** @throws UsageError `NO_SUCH_FIGURE`, `NO_SUCH_TABLE`; RefusedError `TABLE_AMBIGUOUS` */
export function findTable(name: string, figureId: string | undefined, ports: RowPorts): TableOfFigures {
  const figures = figureId === undefined ? listFigures(ports) : [readFigure(figureId, ports)];
  const found = new Map<string, TableOfFigures>();
  for (const figure of figures) {
    const table = tableIn(figure, name, ports.namespace);
    if (table === undefined) continue;
    const key = `${table.sha256} ${table.path}`;
    const keys = figure.manifest.trace_keys.upstream_keys.find((one) => one.table === name);
    const known = found.get(key)?.figures ?? [];
    const keyFields = keys === undefined || keys.key_fields.length === 0 ? null : keys.key_fields;
    found.set(key, { name, ...table, figures: [...known, { figure, keyFields }] });
  }
  const [table, ...others] = found.values();
  if (table === undefined)
    throw new UsageError("NO_SUCH_TABLE", `no figure is made from a table named "${name}"`, {
      hint: "Name a table as the trace keys of the figure do: colophon trace FIGURE shows them.",
    });
  if (others.length > 0) throw ambiguous([table, ...others]);
  return table;
}

function tableIn({ manifest }: RecordedFigure, name: string, namespace: string) {
  const named = recordingOf(manifest, namespace)?.tables;
  const table = manifest.inputs.tables.find(
    ({ path }) => (named?.find((one) => one.path === path)?.name ?? nameOfTable(path)) === name,
  );
  return table === undefined ? undefined : { path: table.path, sha256: hexOf(table.sha256) };
}

function ambiguous(tables: readonly TableOfFigures[]): RefusedError {
  const told = tables.slice(0, 5).map(({ path, sha256, figures: [first] }) => {
    return `${first?.figure.id} from ${path} (sha256:${sha256?.slice(0, 12)})`;
  });
  return new RefusedError(
    "TABLE_AMBIGUOUS",
    `figures are made from ${tables.length} different tables of that name: ${told.join(", ")}`,
    { hint: "Say which figure is meant: figure_id in the request, or its id on the command line." },
  );
}
