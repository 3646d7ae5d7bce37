/** Runs a compiled schema and says in words what it refused: what was found, what was expected, what to do. */
import type { Finding } from "../errors.js";
import type { CompiledValidator, SchemaError } from "../generated/validators.js";
import { appendToPointer, valueAt } from "./pointer.js";

export function schemaFindings(validator: CompiledValidator, value: unknown, base = ""): Finding[] {
  if (validator(value)) return [];
  // The tag of a union says more than the type of its member, so it speaks first; one finding a place is enough.
  const errors = [...(validator.errors ?? [])].sort((a, b) => Number(isTag(b)) - Number(isTag(a)));
  const said = new Set<string>();
  return errors
    .flatMap((error) => word(error, value, base))
    .filter(({ pointer }) => !said.has(pointer) && said.add(pointer));
}

function word(error: SchemaError, value: unknown, base: string): Finding[] {
  const wording = wordings[error.keyword];
  if (wording !== undefined) return wording(error, valueAt(value, error.instancePath), base);
  return [
    explain(
      error,
      base,
      "SCHEMA",
      error.message ?? "is refused by its schema",
      "Compare it with its schema in spec/.",
    ),
  ];
}

function isTag({ keyword }: SchemaError): boolean {
  return keyword === "discriminator";
}

/** The value as a reader would name it: its type, and the value itself where it is short. */
export function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object") return "an object";
  const spelled = typeof value === "string" ? JSON.stringify(value) : String(value);
  const shown = spelled.length > 60 ? `${spelled.slice(0, 60)}…` : spelled;
  if (typeof value === "number")
    return Number.isInteger(value) ? `the integer ${shown}` : `the number ${shown}`;
  return `the ${typeof value} ${shown}`;
}

type Wording = (error: SchemaError, found: unknown, base: string) => Finding[];

const wordings: Record<string, Wording> = {
  required: (error, _found, base) => {
    const field = String(error.params.missingProperty);
    return [
      explain(error, base, "MISSING_FIELD", `missing required field '${field}'`, `Add "${field}".`, field),
    ];
  },
  additionalProperties: (error, _found, base) => {
    const field = String(error.params.additionalProperty);
    return [
      explain(
        error,
        base,
        "UNKNOWN_FIELD",
        `unknown field '${field}'`,
        "Remove it, or move it under the extension key.",
        field,
      ),
    ];
  },
  propertyNames: () => [], // Its inner error says which name, and why.
  type: (error, found, base) => [
    explain(
      error,
      base,
      "WRONG_TYPE",
      `must be ${nameOfType(error.params.type)}, found ${describe(found)}`,
      "Change the value's type.",
    ),
  ],
  const: (error, found, base) => [
    explain(
      error,
      base,
      "WRONG_VALUE",
      `must be ${JSON.stringify(error.params.allowedValue)}, found ${describe(found)}`,
      "Change the value.",
    ),
  ],
  enum: (error, found, base) => [
    explain(
      error,
      base,
      "WRONG_VALUE",
      `must be one of ${list(error.params.allowedValues)}, found ${describe(found)}`,
      "Choose one of them.",
    ),
  ],
  pattern: (error, found, base) => {
    const name = error.params.pattern as string;
    return [
      explain(
        error,
        base,
        "WRONG_FORM",
        `has the wrong form: found ${describe(found)}, expected ${nameOfPattern(name)}`,
        "Change its spelling.",
      ),
    ];
  },
  minLength: (error, _found, base) => [
    explain(error, base, "EMPTY", "must not be empty", "Give it a value."),
  ],
  minProperties: (error, _found, base) => [
    explain(
      error,
      base,
      "EMPTY",
      `must have at least ${atLeast(error, "entry", "entries")}, found fewer`,
      "Add what is missing.",
    ),
  ],
  minItems: (error, _found, base) => [
    explain(
      error,
      base,
      "EMPTY",
      `must have at least ${atLeast(error, "item", "items")}, found fewer`,
      "Add what is missing.",
    ),
  ],
  minimum: (error, found, base) => [
    explain(
      error,
      base,
      "OUT_OF_RANGE",
      `must be at least ${error.params.limit}, found ${describe(found)}`,
      "Change the value; write integers beyond ±9007199254740991 as strings.",
    ),
  ],
  maximum: (error, found, base) => [
    explain(
      error,
      base,
      "OUT_OF_RANGE",
      `must be at most ${error.params.limit}, found ${describe(found)}`,
      "Change the value; write integers beyond ±9007199254740991 as strings.",
    ),
  ],
  exclusiveMinimum: (error, found, base) => [
    explain(
      error,
      base,
      "OUT_OF_RANGE",
      `must be above ${error.params.limit}, found ${describe(found)}`,
      "Change the value.",
    ),
  ],
  discriminator: (error, found, base) => discriminatorFindings(error, found, base),
  // The branches of a union speak for themselves.
  oneOf: (error, found, base) => unionFindings(error, found, base),
  anyOf: (error, found, base) => unionFindings(error, found, base),
};

function discriminatorFindings(error: SchemaError, found: unknown, base: string): Finding[] {
  const tag = String(error.params.tag);
  const value = error.params.tagValue ?? null;
  const allowed = tagValues[tag] ?? "";
  if (typeof found !== "object" || found === null) return []; // `type` has spoken.
  if (value === null) {
    return [
      explain(
        error,
        base,
        "MISSING_FIELD",
        `missing required '${tag}' discriminator${allowed && ` (expected one of: ${allowed})`}`,
        `Add "${tag}".`,
        tag,
      ),
    ];
  }
  return [
    explain(
      error,
      base,
      "WRONG_VALUE",
      `unknown '${tag}' value ${JSON.stringify(value)}${allowed && `; expected one of: ${allowed}`}`,
      `Change "${tag}".`,
      tag,
    ),
  ];
}

const tagValues: Record<string, string> = { kind: "'synthetic', 'external'" };

function unionFindings(error: SchemaError, found: unknown, base: string): Finding[] {
  return [
    explain(
      error,
      base,
      "WRONG_VALUE",
      `has none of the forms that are allowed there, found ${describe(found)}`,
      "Compare it with its schema in spec/.",
    ),
  ];
}

function explain(
  error: SchemaError,
  base: string,
  code: string,
  message: string,
  hint: string,
  member?: string,
): Finding {
  const at = base + error.instancePath;
  const pointer = member === undefined ? at : appendToPointer(at, member);
  return {
    code,
    severity: "error",
    pointer,
    message: `${named(pointer)}${message}`,
    hint,
    line: null,
    column: null,
  };
}

/** Every message names its field, so that it can be read without its pointer. */
function named(pointer: string): string {
  return pointer === ""
    ? ""
    : `${pointer.slice(1).replaceAll("/", ".").replaceAll("~1", "/").replaceAll("~0", "~")}: `;
}

function nameOfType(type: unknown): string {
  const names = (Array.isArray(type) ? type : [type]).map((name) =>
    name === "null" ? "null" : `${/^[aeio]/.test(String(name)) ? "an" : "a"} ${name}`,
  );
  return names.join(" or ");
}

/** The forms that occur in `spec/`, in words. */
function nameOfPattern(pattern: string): string {
  if (pattern === "^[0-9a-f]{64}$") return "64 lower-case hexadecimal digits (a SHA-256)";
  if (pattern === "^sha256:[0-9a-f]{64}$") return '"sha256:" and 64 lower-case hexadecimal digits';
  if (pattern === "^([0-9a-f]{40}|[0-9a-f]{64})$")
    return "40 or 64 lower-case hexadecimal digits (a Git object id)";
  if (pattern === "^[0-9]{2}_[a-z0-9_]+$") return "two digits and a lower-case name, such as 20_fit";
  if (pattern === "^[^.]+\\..+$") return "a table, a dot and a metric, such as fct_engagement.mrr";
  if (pattern === "^[a-z][a-z0-9_]*_version$") return 'lower-case words ending in "_version"';
  if (pattern.includes("T[0-9]{2}:")) return "a UTC time such as 2026-11-20T10:42:07.120Z";
  return `something that matches ${pattern}`;
}

function list(values: unknown): string {
  return (values as unknown[]).map((value) => JSON.stringify(value)).join(", ");
}

function atLeast({ params }: SchemaError, one: string, many: string): string {
  return `${params.limit} ${params.limit === 1 ? one : many}`;
}
