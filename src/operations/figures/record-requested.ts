/**
 * Records a figure that the command of a run asked for while it ran. Drawings that lie where they will not stay are copied to the figures;
 * what was copied for a figure that is then refused is taken away again.
 */
import { ColophonError, ConfigError, RefusedError } from "../../errors.js";
import type { FigureRequest } from "../../generated/types.js";
import { figure_request as validator } from "../../generated/validators.js";
import { sha256 } from "../../manifest/digest.js";
import { parseJson } from "../../manifest/parse.js";
import { schemaFindings } from "../../manifest/schema.js";
import { type FigurePorts, recordingOf } from "./ports.js";
import { type RecordedFigure, recordFigure } from "./record-figure.js";

export interface RequestedPorts extends FigurePorts {
  /** A whole path inside the project as one relative to it, POSIX; `undefined` for any other. */
  readonly withinProject: (path: string) => string | undefined;
  /** Whether a whole path lies in the folder of a run. */
  readonly isInRecords: (path: string) => boolean;
  /** Of a whole path. @throws FileError */
  readonly readDrawing: (path: string) => Uint8Array;
  readonly writeBytes: (path: string, bytes: Uint8Array) => void;
}

/** @throws ConfigError, RefusedError, FileError, ValidationError; no figure is written then. */
export async function recordRequested(
  bytes: Uint8Array,
  { name, named }: { readonly name: string; readonly named: string },
  ports: RequestedPorts,
): Promise<RecordedFigure> {
  const { spec, payload, before, accept = false, renderings = [] } = parseRequest(bytes, named);
  if (spec.name !== name) throw notWhole(named, ["spec.name: is not the name of the file"]);
  const drawings = renderings.map((path) => placeDrawing(path, name, ports));
  const whole = withoutWholePaths(
    { ...spec, renderings: [...listOf(spec.renderings), ...drawings.map(({ path }) => path)] },
    ports,
  );
  try {
    const recorded = await recordFigure(whole, { accept, named, payload, before: before as Rows }, ports);
    removeFormerDrawings(name, recorded, ports);
    return recorded;
  } catch (error) {
    for (const { path, isNew } of drawings) if (isNew) ports.remove(path);
    throw error instanceof ColophonError && error.code === "OUTPUT_DIFFERS" ? inAProgram(error) : error;
  }
}

/** Nobody is there to type anything. */
function inAProgram(cause: ColophonError): RefusedError {
  return new RefusedError(cause.code, cause.message, {
    hint: "Look at the difference, then say accept=True, or record it without a run: colophon figure record --accept",
    cause,
  });
}

type Rows = readonly Readonly<Record<string, unknown>>[] | undefined;

function parseRequest(bytes: Uint8Array, named: string): FigureRequest {
  const parsed = parseJson(bytes, bytes.length);
  const findings = parsed.ok ? schemaFindings(validator, parsed.value) : parsed.findings;
  if (parsed.ok && findings.length === 0) return parsed.value as FigureRequest;
  throw notWhole(
    named,
    findings.map(({ message }) => message),
  );
}

function notWhole(named: string, faults: readonly string[]): ConfigError {
  const lines = faults.map((fault) => `  ${fault}`).join("\n");
  return new ConfigError("BAD_FIGURE_SPEC", `${named} is not what it should be:\n${lines}`, {
    hint: "Compare it with spec/figure-request.schema.json.",
  });
}

interface Drawing {
  /** Relative to the project. */
  readonly path: string;
  readonly isNew: boolean;
}

const folderOf = ({ artifacts }: RequestedPorts) => `${artifacts}/renderings`;

function placeDrawing(path: string, name: string, ports: RequestedPorts): Drawing {
  const within = ports.withinProject(path);
  if (within !== undefined && !ports.isInRecords(path)) return { path: within, isNew: false };
  const bytes = ports.readDrawing(path);
  const suffix = /\.[A-Za-z0-9]{1,8}$/.exec(path)?.[0].toLowerCase() ?? "";
  const place = `${folderOf(ports)}/${name}.${sha256(bytes).slice(0, 8)}${suffix}`;
  if (ports.findBytes(place) !== undefined) return { path: place, isNew: false };
  ports.writeBytes(place, bytes);
  return { path: place, isNew: true };
}

/** Of the same figure, as it was before; named like ours, and by nobody any more. */
function removeFormerDrawings(name: string, { manifest }: RecordedFigure, ports: RequestedPorts): void {
  const folder = folderOf(ports);
  const kept = new Set(recordingOf(manifest, ports.namespace)?.renderings.map(({ path }) => path));
  const isOurs = (file: string) =>
    file.startsWith(`${name}.`) && /^[0-9a-f]{8}\.[a-z0-9]{1,8}$/.test(file.slice(name.length + 1));
  for (const file of ports.list(folder))
    if (isOurs(file) && !kept.has(`${folder}/${file}`)) ports.remove(`${folder}/${file}`);
}

/** A program knows where its files are, and mostly not where its project is. */
function withoutWholePaths(spec: Readonly<Record<string, unknown>>, ports: RequestedPorts): object {
  const relative = (path: unknown) =>
    (typeof path === "string" ? ports.withinProject(path) : undefined) ?? path;
  const tables = listOf(spec.tables).map((table) => withPath(table, "path", relative));
  return {
    ...spec,
    ...(spec.tables !== undefined && { tables }),
    ...(spec.code !== undefined && { code: listOf(spec.code).map(relative) }),
    ...(spec.invariance !== undefined && { invariance: withPath(spec.invariance, "table", relative) }),
  };
}

function withPath(value: unknown, member: string, relative: (path: unknown) => unknown): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, member)) return value;
  return { ...value, [member]: relative((value as Readonly<Record<string, unknown>>)[member]) };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
