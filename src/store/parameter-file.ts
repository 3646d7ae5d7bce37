/** Reads `--config`: parameters from JSON, YAML or TOML, with the same strictness whatever the form. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { extname } from "node:path";
import { FileError } from "../errors.js";
import { formatCanonical } from "../manifest/canonical.js";
import { defaultMaximumBytes, parseJson } from "../manifest/parse.js";
import { isObject } from "../manifest/validate.js";

export interface ParameterFile {
  readonly values: Readonly<Record<string, unknown>>;
  /** As it stands in the file. */
  readonly text: string;
  /** The name of the copy in the record. */
  readonly name: string;
}

/** `shown` is the path as typed. */
export async function readParameterFile(path: string, shown: string): Promise<ParameterFile> {
  const extension = extname(path).toLowerCase();
  const parse = parsers[extension];
  if (parse === undefined)
    throw bad(shown, `ends in "${extension}"`, "Give a file that ends in .json, .yaml, .yml or .toml.");
  if (!existsSync(path))
    throw new FileError("CONFIG_NOT_FOUND", `--config ${shown} does not exist`, { hint: "Check the path." });
  if (!statSync(path).isFile()) throw bad(shown, "is not a file", "Name a file.");
  const bytes = readFileSync(path);
  if (bytes.length > defaultMaximumBytes)
    throw bad(
      shown,
      `is ${bytes.length} bytes long; at most ${defaultMaximumBytes} are read`,
      "Name a smaller file.",
    );
  const values = await parse(bytes, shown);
  if (!isObject(values))
    throw bad(shown, "holds no object of parameters at its top", "Write NAME: VALUE lines.");
  if (Object.hasOwn(values, "argv"))
    throw bad(shown, 'has a parameter "argv", where the command\'s own words stand', "Rename it.");
  writable(values, shown);
  return { values, text: bytes.toString("utf8"), name: `config.source${extension}` };
}

const parsers: Readonly<Record<string, (bytes: Buffer, shown: string) => unknown>> = {
  ".json": (bytes, shown) => {
    const parsed = parseJson(bytes);
    if (parsed.ok) return parsed.value;
    const [{ line, column, message, hint } = unknownFault] = parsed.findings;
    throw bad(shown, `${line ?? 1}:${column ?? 1} ${message}`, hint);
  },
  ".yaml": parseYaml,
  ".yml": parseYaml,
  ".toml": async (bytes, shown) => {
    const { parse, TomlDate } = await import("smol-toml");
    try {
      return plain(parse(decode(bytes, shown)), (value) =>
        value instanceof TomlDate ? value.toISOString() : value,
      );
    } catch (cause) {
      if (cause instanceof FileError) throw cause;
      throw bad(shown, firstLine(cause), "Correct the TOML.", cause);
    }
  },
};

const unknownFault = { line: null, column: null, message: "is not JSON", hint: "Correct it." };

async function parseYaml(bytes: Buffer, shown: string): Promise<unknown> {
  const { parseDocument } = await import("yaml");
  // The core schema of YAML 1.2: no dates, no `yes` for true. Integers come as they are written, so that none is rounded.
  const document = parseDocument(decode(bytes, shown), {
    schema: "core",
    uniqueKeys: true,
    strict: true,
    intAsBigInt: true,
  });
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault !== undefined) throw bad(shown, firstLine(fault), "Correct the YAML.", fault);
  try {
    // Aliases are bounded, so no file unfolds without end.
    return plain(document.toJS({ maxAliasCount: 100 }), (value) =>
      typeof value === "bigint" ? exact(value, shown) : value,
    );
  } catch (cause) {
    if (cause instanceof FileError) throw cause;
    throw bad(shown, firstLine(cause), "Correct the YAML.", cause);
  }
}

function exact(value: bigint, shown: string): number {
  if (String(Number(value)) === String(value)) return Number(value);
  throw bad(shown, `${value} cannot be kept exactly`, "Write it as a string.");
}

function decode(bytes: Buffer, shown: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw bad(shown, "is not UTF-8", "Save the file as UTF-8.", cause);
  }
}

/** Parameters end in a manifest, so what JSON cannot hold is refused here, by name, and not altered. */
function writable(values: object, shown: string): void {
  try {
    formatCanonical(values);
  } catch (cause) {
    throw bad(
      shown,
      (cause as Error).message.replace(/^cannot write /, ""),
      "Write such a value as a string.",
      cause,
    );
  }
}

function plain(value: unknown, leaf: (value: unknown) => unknown): unknown {
  const replaced = leaf(value);
  if (replaced !== value || typeof value !== "object" || value === null) return replaced;
  if (Array.isArray(value)) return value.map((item) => plain(item, leaf));
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member, leaf)]));
}

function firstLine(cause: unknown): string {
  return cause instanceof Error ? (cause.message.split("\n")[0] ?? cause.message) : String(cause);
}

function bad(shown: string, what: string, hint: string, cause?: unknown): FileError {
  return new FileError("BAD_CONFIG_FILE", `--config ${shown}: ${what}`, { hint, cause });
}
