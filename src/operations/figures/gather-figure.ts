/** Everything a figure is made from, read and digested: nothing of it is taken on anybody's word. */
import { RefusedError } from "../../errors.js";
import type { FigureSpec } from "../../generated/types.js";
import { nameOfTable } from "../../kinds/figure/paths.js";
import { bareCitation } from "../../kinds/figure/references.js";
import { mediaTypeOf, otherThan } from "../../kinds/figure/renderings.js";
import { sha256 } from "../../manifest/digest.js";
import { codeHash, type HashedFile, hashFiles, schemaHash } from "./hash-code.js";
import { orderReferences, type Payload, parsePayload, payloadOf } from "./payload.js";
import type { PipelineTransform } from "./pipeline.js";
import type { FigurePorts, RunLink } from "./ports.js";
import { sumColumn, sumDrawn, sumRows } from "./sums.js";
import { checkTraceKeys } from "./trace-keys.js";

export interface GatheredTable {
  readonly name: string;
  readonly path: string;
  readonly sha256: string;
  readonly row_count: number;
  readonly columns: readonly string[];
}

export interface Source {
  readonly source_id: string;
  readonly citation: string;
  readonly url: string;
}

export interface GatheredFigure {
  readonly payload: Payload;
  readonly tables: readonly GatheredTable[];
  readonly code: readonly HashedFile[];
  readonly validators: readonly HashedFile[];
  readonly codeHash: string;
  readonly schemaHash: string;
  readonly transforms: readonly PipelineTransform[];
  readonly slices: readonly HashedFile[];
  readonly order: readonly string[];
  readonly sources: readonly Source[];
  readonly sums: { readonly pre: number; readonly post: number };
  readonly renderings: readonly (HashedFile & { readonly media_type: string })[];
  readonly runs: readonly (RunLink & { readonly table: string })[];
  readonly packages: readonly string[];
}

/** What a program holds in memory, in place of files that the specification names. */
export interface InMemory {
  readonly payload?: object | undefined;
  readonly transforms?: readonly PipelineTransform[] | undefined;
  /** Rows before aggregation. */
  readonly before?: readonly Readonly<Record<string, unknown>>[] | undefined;
}

export const defaultSourceField = "source_ids";

/** @throws RefusedError, FileError */
export async function gatherFigure(
  spec: FigureSpec,
  memory: InMemory,
  ports: FigurePorts,
): Promise<GatheredFigure> {
  const payload = gatherPayload(spec, memory, ports);
  const tables: GatheredTable[] = [];
  for (const table of spec.tables) tables.push(await gatherTable(table, ports));
  const twice = tables.find(({ name }, index) => tables.findIndex((other) => other.name === name) !== index);
  if (twice !== undefined)
    throw refused(
      "BAD_FIGURE_SPEC",
      `two tables are named ${twice.name}`,
      'Give one of them a "name" of its own.',
    );
  const order = orderReferences(payload, spec.source_field ?? defaultSourceField);
  const sources = await gatherSources(spec, order, ports);
  const code = hashFiles(spec.code, ports);
  const validators = hashFiles(spec.validators ?? [], ports);
  const { transforms, slices } = await gatherChain(spec, memory, payload, ports);
  await checkTraceKeys(spec, payload, tables, ports);
  return {
    payload,
    tables,
    code,
    validators,
    codeHash: codeHash(code),
    schemaHash: schemaHash({ tables, enums: spec.enums ?? {}, validators }),
    transforms,
    slices,
    order,
    sources,
    sums: await gatherSums(spec, memory, payload, ports),
    renderings: await gatherRenderings(spec, ports),
    runs: linkRuns(tables, ports),
    packages: gatherPackages(spec, ports),
  };
}

function gatherPayload({ payload }: FigureSpec, memory: InMemory, { findBytes }: FigurePorts): Payload {
  if (memory.payload !== undefined) return payloadOf(memory.payload, "the payload");
  if (payload === undefined)
    throw refused(
      "BAD_FIGURE_SPEC",
      "no payload is named",
      'Name the file of the drawn data: "payload": "build/figure.json"',
    );
  const bytes = findBytes(payload);
  if (bytes === undefined)
    throw refused(
      "BAD_PAYLOAD",
      `${payload} does not exist`,
      "Make it first; its path is relative to the project.",
    );
  return parsePayload(bytes, payload);
}

async function gatherTable(
  { path, name, columns }: FigureSpec["tables"][number],
  { digestTable }: FigurePorts,
): Promise<GatheredTable> {
  const { sha256: digest, shape, reason } = await digestTable(path);
  if (shape === null)
    throw refused("NOT_A_TABLE", `${path} is no table: ${reason}`, "Give CSV, TSV, JSON Lines or Parquet.");
  const found = shape.ordered_columns;
  if (columns !== undefined && columns.join("\0") !== found.join("\0"))
    throw refused(
      "HEADER_CHANGED",
      `${path} has the header ${found.join(", ")}; expected ${columns.join(", ")}`,
      "Mend the table, or the columns in the specification.",
    );
  return {
    name: name ?? nameOfTable(path),
    path,
    sha256: `sha256:${digest}`,
    row_count: shape.row_count,
    columns: found,
  };
}

/** In the order in which they are cited. */
async function gatherSources(
  { sources, sources_table }: FigureSpec,
  order: readonly string[],
  ports: FigurePorts,
): Promise<Source[]> {
  if ((sources === undefined) === (sources_table === undefined))
    throw refused(
      "BAD_FIGURE_SPEC",
      "sources and sources_table: one of them is needed",
      'Give "sources": [] where nothing is cited.',
    );
  const known = new Map<string, Source>();
  for (const given of sources ?? (await readSources(sources_table as string, new Set(order), ports))) {
    const source = { ...given, citation: bareCitation(given.citation) };
    const { citation, url } = known.get(source.source_id) ?? source;
    if (citation !== source.citation || url !== source.url)
      throw refused(
        "BAD_FIGURE_SPEC",
        `${sources_table ?? "sources"} has ${source.source_id} twice, as ${JSON.stringify(citation)}, ${url} and as ${JSON.stringify(source.citation)}, ${source.url}`,
        "Keep one of them, or give the other an id of its own.",
      );
    known.set(source.source_id, source);
  }
  const unknown = order.filter((id) => !known.has(id));
  if (unknown.length > 0)
    throw refused(
      "REFERENCE_UNKNOWN",
      `drawn rows cite ${unknown.join(", ")}, which ${sources_table ?? "sources"} does not have`,
      "Add them to the sources, or mend the rows.",
    );
  const unused = [...known.keys()].filter((id) => !order.includes(id));
  if (unused.length > 0)
    throw refused(
      "REFERENCE_UNUSED",
      `no drawn row cites ${unused.join(", ")}`,
      "Leave such sources out; a figure lists what it is made of.",
    );
  return order.map((id) => known.get(id) as Source);
}

async function readSources(path: string, wanted: ReadonlySet<string>, ports: FigurePorts): Promise<Source[]> {
  const { shape, reason } = await ports.digestTable(path);
  const columns = ["source_id", "citation", "url"];
  const absent = columns.filter((column) => !shape?.ordered_columns.includes(column));
  if (absent.length > 0)
    throw refused(
      "NOT_A_TABLE",
      `${path} ${shape === null ? `is no table: ${reason}` : `has no column ${absent.join(", ")}`}`,
      `Give a table with the columns ${columns.join(", ")}.`,
    );
  const found: Source[] = [];
  await ports.readRows(path, columns, (values) => {
    const [source_id = "", citation = "", url = ""] = values.map((value) => String(value ?? ""));
    if (wanted.has(source_id)) found.push({ source_id, citation, url });
  });
  return found;
}

/** Each step begins with what the one before it left; the last one leaves the payload. */
async function gatherChain(
  spec: FigureSpec,
  memory: InMemory,
  payload: Payload,
  ports: FigurePorts,
): Promise<{ readonly transforms: PipelineTransform[]; readonly slices: HashedFile[] }> {
  const drawn = `sha256:${sha256(payload.text)}`;
  if (memory.transforms !== undefined) return { transforms: [...memory.transforms], slices: [] };
  const slices = new Map<string, string>();
  const digest = async (path: string) => {
    const known = slices.get(path) ?? `sha256:${await ports.digestFile(path)}`;
    slices.set(path, known);
    return known;
  };
  const steps = spec.transforms ?? [];
  const transforms: PipelineTransform[] = [];
  for (const [index, { name, version, params = {}, before, after }] of steps.entries()) {
    const isLast = index === steps.length - 1;
    const previous = transforms.at(-1)?.sha256_after;
    const sha256_before = before === undefined ? previous : await digest(before);
    if (sha256_before === undefined || (after === undefined) !== isLast)
      throw refused(
        "CHAIN_INCOMPLETE",
        `transform ${index + 1}, ${name}: ${sha256_before === undefined ? "the first one needs a file it was given" : isLast ? "the last one leaves the payload, and no other file" : "it needs the file it made"}`,
        'Give "before" to the first transform, and "after" to each but the last.',
      );
    if (previous !== undefined && sha256_before !== previous)
      throw refused(
        "CHAIN_BROKEN",
        `transform ${index + 1}, ${name}, began with ${before} (${sha256_before}), and ${transforms.at(-1)?.name} left ${previous}`,
        "Run the transforms again, one after the other.",
      );
    const sha256_after = after === undefined ? drawn : await digest(after);
    transforms.push({ name, version, params, sha256_before, sha256_after });
  }
  return { transforms, slices: [...slices].map(([path, sha256]) => ({ path, sha256 })) };
}

async function gatherSums(
  { invariance: { table, column, field, scale = 1 } }: FigureSpec,
  { before }: InMemory,
  payload: Payload,
  ports: FigurePorts,
): Promise<GatheredFigure["sums"]> {
  const post = sumDrawn(payload, field);
  if (table !== undefined) return { pre: await sumColumn(table, column, scale, ports), post };
  if (before !== undefined)
    return { pre: sumRows(before, column, scale, "the rows before aggregation"), post };
  throw refused(
    "BAD_FIGURE_SPEC",
    "invariance names no table",
    'Name the table before aggregation: "invariance": {"table": …}',
  );
}

/** A file that is not what its name says would stand in the record as a picture, and never be seen. */
async function gatherRenderings({ renderings = [] }: FigureSpec, { digestFile, findBytes }: FigurePorts) {
  const found: GatheredFigure["renderings"][number][] = [];
  for (const path of renderings) {
    const media_type = mediaTypeOf(path);
    if (media_type === undefined)
      throw refused("BAD_FIGURE_SPEC", `${path} is no rendering by its name`, "Give .png, .svg or .pdf.");
    found.push({ path, media_type, sha256: `sha256:${await digestFile(path)}` });
    const other = otherThan(media_type, findBytes(path) ?? new Uint8Array());
    if (other !== null)
      throw refused(
        "NOT_A_RENDERING",
        `${path} is ${media_type} by its name; its bytes are ${other}`,
        "Look at the file; draw it again, or give it the ending of what it is.",
      );
  }
  return found;
}

/** A table whose bytes are those of a run's artifact was made by that run. */
function linkRuns(tables: readonly GatheredTable[], { findRuns }: FigurePorts): GatheredFigure["runs"] {
  const links = findRuns(new Set(tables.map(({ sha256 }) => sha256)));
  return tables.flatMap(({ name, sha256 }) =>
    links.filter((link) => link.sha256 === sha256).map((link) => ({ table: name, ...link })),
  );
}

function gatherPackages({ tooling }: FigureSpec, { findBytes }: FigurePorts): string[] {
  const lines = (tooling?.packages ?? []).flatMap((path) => {
    const bytes = findBytes(path);
    if (bytes === undefined)
      throw refused("BAD_FIGURE_SPEC", `${path} under tooling.packages does not exist`, "Check the path.");
    return new TextDecoder().decode(bytes).match(/^[A-Za-z0-9][\w.-]*==[^\s;#\\]+/gm) ?? [];
  });
  return [...new Set(lines)].sort();
}

export function refused(code: string, message: string, hint: string): RefusedError {
  return new RefusedError(code, message, { hint });
}
