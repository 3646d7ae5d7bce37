/** Whether what a figure was made from is still what it was: tables, code, validators, slices, and the sum before aggregation. */
import { ColophonError } from "../../../errors.js";
import { hexOf } from "../../../kinds/figure/digests.js";
import { isInvariant } from "../../../kinds/figure/invariance.js";
import type { FigureManifest, Recording } from "../../../kinds/figure/kind.js";
import { codeHash, hashCode, schemaHash } from "../hash-code.js";
import { type FigureReading, recordingOf, type TableFacts } from "../ports.js";
import { sumColumn } from "../sums.js";
import { messageOf } from "./check-outputs.js";
import { type GateResult, gate } from "./gates.js";

const input = gate("inputs");

export async function checkInputs(figure: FigureManifest, ports: FigureReading): Promise<GateResult[]> {
  const recording = recordingOf(figure, ports.namespace);
  const tables: GateResult[] = [];
  for (const index of figure.inputs.tables.keys())
    tables.push(await checkTable(figure, index, recording, ports));
  if (recording === undefined) {
    const reason = "who recorded it did not say which files of code it was made by";
    return [...tables, input("code_hash", "unknown", { pointer: "/build/code_hash", reason })];
  }
  const base = `/${ports.namespace}/recording`;
  return [
    ...tables,
    ...hashResults(figure, recording),
    ...checkCode(recording.code, `${base}/code`, "code", ports),
    ...checkCode(recording.validators, `${base}/validators`, "a validator", ports),
    ...(await checkSlices(recording, `${base}/slices`, ports)),
    ...(await checkSumBefore(figure, recording, ports)),
  ];
}

async function checkTable(
  { inputs }: FigureManifest,
  index: number,
  recording: Recording | undefined,
  ports: FigureReading,
): Promise<GateResult> {
  const { path, sha256, row_count } = inputs.tables[index] as FigureManifest["inputs"]["tables"][number];
  const pointer = `/inputs/tables/${index}`;
  const hex = hexOf(sha256);
  const facts = await unlessGone(() => ports.digestTable(path));
  if (facts instanceof ColophonError) return input(path, "missing", { pointer, reason: facts.message });
  const found = `sha256:${facts.sha256}`;
  if (hex === undefined) return input(path, "unknown", { pointer, found, reason: "its digest is shortened" });
  const said = { pointer, expected: `sha256:${hex}`, found };
  if (facts.sha256 !== hex) {
    const columns = recording?.tables.find((table) => table.path === path)?.columns;
    return input(path, "stale", { ...said, reason: whatChanged(facts, row_count, columns) });
  }
  if (facts.shape?.row_count === row_count) return input(path, "ok", said);
  const reason = `${row_count} rows are recorded; it has ${facts.shape?.row_count ?? "none"}`;
  return input(path, "differs", { ...said, reason });
}

function whatChanged({ shape }: TableFacts, rows: number, columns: readonly string[] | undefined): string {
  if (shape === null) return "it is no table any more";
  if (columns !== undefined && columns.join("\0") !== shape.ordered_columns.join("\0"))
    return `its header is ${shape.ordered_columns.join(", ")}; it was ${columns.join(", ")}`;
  return shape.row_count === rows
    ? `values changed in its ${rows} rows`
    : `it has ${shape.row_count} rows; it had ${rows}`;
}

/** Whether the recorded hashes are those of the files that are recorded beside them. */
function hashResults({ build }: FigureManifest, recording: Recording): GateResult[] {
  const compare = (field: "code_hash" | "schema_hash", found: string) => {
    const expected = build[field];
    const agrees = hexOf(expected) === hexOf(found);
    const reason = agrees ? null : "it is not the hash of what is recorded beside it";
    return input(field, agrees ? "ok" : "differs", { pointer: `/build/${field}`, expected, found, reason });
  };
  return [compare("schema_hash", schemaHash(recording)), compare("code_hash", codeHash(recording.code))];
}

function checkCode(
  files: Recording["code"],
  base: string,
  what: string,
  { findBytes }: FigureReading,
): GateResult[] {
  return files.map(({ path, sha256 }, index) => {
    const pointer = `${base}/${index}/sha256`;
    const bytes = findBytes(path);
    if (bytes === undefined) return input(path, "missing", { pointer, reason: `${what}, and not there` });
    const found = hashCode(bytes);
    const isSame = found === sha256;
    return input(path, isSame ? "ok" : "stale", {
      pointer,
      expected: sha256,
      found,
      reason: isSame ? null : `${what} changed`,
    });
  });
}

/** What goes from one transform to the next is often made again and kept out of Git. */
async function checkSlices(
  { slices }: Recording,
  base: string,
  { digestFile }: FigureReading,
): Promise<GateResult[]> {
  const results: GateResult[] = [];
  for (const [index, { path, sha256 }] of slices.entries()) {
    const pointer = `${base}/${index}/sha256`;
    const digest = await unlessGone(() => digestFile(path));
    if (digest instanceof ColophonError) {
      results.push(input(path, "not-here", { pointer, expected: sha256, reason: digest.message }));
      continue;
    }
    const found = `sha256:${digest}`;
    const isSame = found === sha256;
    const reason = isSame ? null : "the transforms were given or left something else since";
    results.push(input(path, isSame ? "ok" : "stale", { pointer, expected: sha256, found, reason }));
  }
  return results;
}

async function checkSumBefore(
  { outputs: { numeric_invariance: sums } }: FigureManifest,
  { invariance: { table, column, scale } }: Recording,
  ports: FigureReading,
): Promise<GateResult[]> {
  const pointer = "/outputs/numeric_invariance/pre_agg_sum";
  const expected = String(sums.pre_agg_sum);
  const result = gate("invariance");
  if (table === null) {
    const reason = "a program held the rows before aggregation";
    return [result("pre_agg_sum", "not-here", { pointer, expected, reason })];
  }
  const gone = await unlessGone(() => ports.digestFile(table));
  if (gone instanceof ColophonError)
    return [result(table, "not-here", { pointer, expected, reason: gone.message })];
  try {
    const found = await sumColumn(table, column, scale, ports);
    const agrees = isInvariant({ ...sums, post_agg_sum: found });
    const reason = agrees ? null : `${column} comes to another sum now`;
    return [result(table, agrees ? "ok" : "stale", { pointer, expected, found: String(found), reason })];
  } catch (fault) {
    return [result(table, "stale", { pointer, expected, reason: messageOf(fault) })];
  }
}

async function unlessGone<T>(read: () => Promise<T>): Promise<T | ColophonError> {
  try {
    return await read();
  } catch (fault) {
    if (fault instanceof ColophonError) return fault;
    throw fault;
  }
}
