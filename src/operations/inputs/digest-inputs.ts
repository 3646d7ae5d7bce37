/** Turns what was said about the data into digests: reads what can be read, and takes what was declared as declared. */
import { RefusedError, UsageError } from "../../errors.js";
import type { InputDataProvenance } from "../../generated/types.js";
import { type DataProvenance, external, synthetic } from "../../kinds/experiment.js";
import { checkDigest, type ProvenanceRequest } from "./request-provenance.js";

export interface DigestedInput {
  readonly form: "file" | "folder";
  readonly resolvedPath: string;
  /** Bare hexadecimal. */
  readonly sha256: string;
  readonly size_bytes: number;
  readonly mtime_utc: string;
  readonly table: {
    readonly row_count: number;
    readonly column_count: number;
    readonly ordered_columns: readonly string[];
  } | null;
}

export interface DigestPorts {
  readonly resolve: (path: string) => string;
  readonly resolveFromRoot: (path: string) => string;
  /** Throws `FileError` when the path is not there or cannot be read. */
  readonly digestInput: (path: string) => Promise<DigestedInput>;
  readonly readSums: (path: string) => readonly { readonly path: string; readonly sha256: string }[];
  /** Whether a text holds what looks like a secret. */
  readonly holdsSecret: (text: string) => boolean;
  /** Whether a folder holds the repository or the project itself, whose content moves with every run. */
  readonly holdsProject: (path: string) => boolean;
}

export interface DigestedInputs {
  readonly provenance: DataProvenance;
  /** The content of `input_data_provenance.json`. */
  readonly record: InputDataProvenance;
  readonly forms: Readonly<Record<string, "file" | "folder" | "declared">>;
  readonly sizes: Readonly<Record<string, { readonly bytes: number; readonly rows: number | null }>>;
}

type InputRecord = Extract<InputDataProvenance, { sha256: string }>;

const provenanceVersion = 1;

export async function digestInputs(request: ProvenanceRequest, ports: DigestPorts): Promise<DigestedInputs> {
  refuseSecretNames(request, ports);
  if (request.kind === "synthetic") {
    const { seed } = request;
    const record = { provenance_version: provenanceVersion, kind: "synthetic", seed } as const;
    return { provenance: synthetic(seed), record, forms: {}, sizes: {} };
  }
  const records = new Map<string, InputRecord>();
  const forms: Record<string, "file" | "folder" | "declared"> = {};
  const sizes: Record<string, { bytes: number; rows: number | null }> = {};
  for (const [name, path] of request.paths) {
    const place = request.ofProject.has(name) ? ports.resolveFromRoot(path) : ports.resolve(path);
    const digested = await digestOne(name, path, place, ports);
    records.set(name, recordOf(path, digested));
    forms[name] = digested.form;
    sizes[name] = { bytes: digested.size_bytes, rows: digested.table?.row_count ?? null };
  }
  for (const [name, sha256] of declaredDigests(request, ports)) {
    if (records.has(name)) {
      throw new UsageError("INPUT_TWICE", `the input "${name}" is given twice`, {
        hint: "Give every input a name of its own.",
      });
    }
    records.set(name, declaredRecord(sha256));
    forms[name] = "declared";
  }
  const hashes = Object.fromEntries([...records].map(([name, { sha256 }]) => [name, sha256]));
  return { provenance: external(hashes), record: together(records), forms, sizes };
}

/** An input is recorded by name and path, so neither may be a secret; with a marker in its place it could not be found again. */
function refuseSecretNames(request: ProvenanceRequest, { holdsSecret }: DigestPorts): void {
  if (request.kind === "synthetic") return;
  const named = [...[...request.paths].flat(), ...request.declared.keys(), ...request.sums];
  const secrets = named.filter(holdsSecret).length;
  if (secrets === 0) return;
  throw new RefusedError(
    "SECRET_IN_INPUT",
    "the name or path of an input holds what looks like a secret, and would be recorded",
    {
      hint: "Rename the file, or give the input another name.",
    },
  );
}

async function digestOne(
  name: string,
  path: string,
  place: string,
  ports: DigestPorts,
): Promise<DigestedInput> {
  if (ports.holdsProject(place)) {
    throw new RefusedError(
      "DATA_HOLDS_PROJECT",
      `the input ${name}=${path} holds the project itself, which changes with every run`,
      {
        hint: "Name the folder or file that holds only the data.",
      },
    );
  }
  return ports.digestInput(place);
}

/** `--data-hash`, then every line of the files given with `--data-sums`, under the path that the line names. */
function declaredDigests(
  { declared, sums, ofProject }: Extract<ProvenanceRequest, { kind: "external" }>,
  ports: DigestPorts,
): Map<string, string> {
  const all = new Map(declared);
  for (const file of sums) {
    const lines = ports.readSums(ofProject.has(file) ? ports.resolveFromRoot(file) : ports.resolve(file));
    if (lines.length === 0) {
      throw new RefusedError("NO_SUMS", `${file} holds no line of sha256sum's`, {
        hint: `Make it with: sha256sum DATA… > ${file}`,
      });
    }
    for (const { path, sha256 } of lines) {
      if (all.has(path)) {
        throw new UsageError("INPUT_TWICE", `the input "${path}" is given twice, again in ${file}`, {
          hint: "Remove one of the two.",
        });
      }
      all.set(path, checkDigest(path, sha256));
    }
  }
  return all;
}

function recordOf(
  path: string,
  { resolvedPath, sha256, size_bytes, mtime_utc, table }: DigestedInput,
): InputRecord {
  return {
    provenance_version: provenanceVersion,
    authored_path: path,
    resolved_path: resolvedPath,
    sha256,
    size_bytes,
    mtime_utc,
    row_count: table?.row_count ?? null,
    column_count: table?.column_count ?? null,
    ordered_columns: table === null ? null : [...table.ordered_columns],
  };
}

function declaredRecord(sha256: string): InputRecord {
  return {
    provenance_version: provenanceVersion,
    authored_path: null,
    resolved_path: null,
    sha256,
    size_bytes: null,
    mtime_utc: null,
    row_count: null,
    column_count: null,
    ordered_columns: null,
  };
}

/** One input stands alone, as in the founding document; several stand under their names. */
function together(records: ReadonlyMap<string, InputRecord>): InputDataProvenance {
  const [only, ...others] = records.values();
  if (only !== undefined && others.length === 0) return only;
  return { provenance_version: provenanceVersion, inputs: Object.fromEntries(records) };
}
