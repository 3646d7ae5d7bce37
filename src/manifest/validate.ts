/**
 * Judges one document by its kind, in three layers: parsed text, schema, checks. Returns every finding, in a fixed
 * order, and never throws for what a document holds.
 *
 * The order is the founding document's: not an object; missing fields; foreign keys; the fields it looks at first; then
 * everything else by pointer. Names within a group are sorted.
 */
import type { Finding } from "../errors.js";
import type { Check, Kind, Rules } from "./kind.js";
import { appendToPointer } from "./pointer.js";
import { describe, schemaFindings } from "./schema.js";

type Document = Readonly<Record<string, unknown>>;

export function validateDocument(value: unknown, kind: Kind, rules: Rules): Finding[] {
  if (!isObject(value)) return [notAnObject(value, kind)];
  const schema = schemaFindings(kind.schema, value).map((finding) => nameVersion(finding, kind));
  const extension = extensionFindings(value, rules);
  const findings = [...schema, ...foreignKeys(value, kind, rules), ...extension];
  // A check may rely on every type its schema promises for what it reads, so it is asked only where that holds.
  const refused = new Set([...schema, ...extension].map(({ pointer }) => pointer.split("/")[1]));
  const askable = ({ reads }: Check) =>
    !refused.has(undefined) &&
    reads.every((field) => !refused.has(field === "extension" ? rules.namespace : field));
  const checked = kind.checks.filter(askable).flatMap((check) => checkFindings(check, value, rules));
  return inOrder(
    [...findings, ...checked].map((finding) => tolerate(finding, rules)),
    kind,
  );
}

export function isObject(value: unknown): value is Document {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isValid(findings: readonly Finding[]): boolean {
  return findings.every(({ severity }) => severity !== "error");
}

function notAnObject(value: unknown, kind: Kind): Finding {
  return error(
    "NOT_AN_OBJECT",
    "",
    `${article(kind.name)} manifest must be an object, found ${describe(value)}`,
    "Write a JSON object.",
  );
}

function foreignKeys(document: Document, kind: Kind, { namespace }: Rules): Finding[] {
  return Object.keys(document)
    .filter((key) => key !== namespace && !kind.fields.includes(key))
    .map((key) =>
      error(
        "FOREIGN_KEY",
        appendToPointer("", key),
        `unexpected top-level key '${key}'; extension content must live under the reserved '${namespace}' key`,
        `Move it to ${namespace}.<capability>, or remove it.`,
      ),
    );
}

/** Under the reserved key: an object of objects, and Colophon's own entries as their schemas have them. */
function extensionFindings(document: Document, { namespace, capabilities }: Rules): Finding[] {
  if (!Object.hasOwn(document, namespace)) return [];
  const extension = document[namespace];
  const base = appendToPointer("", namespace);
  const shape = "Give {capability: {…}}.";
  if (!isObject(extension)) {
    return [
      error(
        "EXTENSION_NOT_OBJECT",
        base,
        `${namespace}: must be an object of objects, found ${describe(extension)}`,
        shape,
      ),
    ];
  }
  return Object.entries(extension).flatMap(([capability, content]) => {
    const pointer = appendToPointer(base, capability);
    if (!isObject(content)) {
      return [
        error(
          "EXTENSION_NOT_OBJECT",
          pointer,
          `${namespace}.${capability}: must be an object, found ${describe(content)}`,
          shape,
        ),
      ];
    }
    const schema = Object.hasOwn(capabilities, capability) ? capabilities[capability] : undefined;
    return schema === undefined ? [] : schemaFindings(schema, content, pointer);
  });
}

function checkFindings({ code, severity, hint, find }: Check, document: Document, rules: Rules): Finding[] {
  return [...find(document, rules)].map(({ pointer, message }) => ({
    code,
    severity,
    hint,
    pointer,
    message,
    line: null,
    column: null,
  }));
}

/** A version this program does not know is refused by name, and not as just another wrong value. */
function nameVersion(finding: Finding, { name, version }: Kind): Finding {
  if (finding.pointer !== `/${version.field}` || finding.code === "MISSING_FIELD") return finding;
  const supported = version.supported.map((known) => JSON.stringify(known)).join(", ");
  return {
    ...finding,
    code: "UNSUPPORTED_VERSION",
    message: `${finding.message} (versions of the ${name} kind that are read: ${supported})`,
    hint: "If a newer Colophon wrote it, upgrade; the version is never guessed or converted.",
  };
}

/** Reading keeps what it does not know, and says so; nothing else is forgiven. */
function tolerate(finding: Finding, { mode }: Rules): Finding {
  const forgiven =
    mode === "tolerant" && (finding.code === "FOREIGN_KEY" || finding.code === "UNKNOWN_FIELD");
  return forgiven ? { ...finding, severity: "warning" } : finding;
}

function inOrder(findings: readonly Finding[], { leading }: Kind): Finding[] {
  const rank = ({ code, pointer }: Finding): number => {
    const [, top = "", inner] = pointer.split("/");
    if (code === "MISSING_FIELD" && inner === undefined) return 0;
    if (code === "FOREIGN_KEY") return 1;
    return leading.includes(top) ? 2 : 3;
  };
  return findings
    .map((finding, index) => ({ finding, index, rank: rank(finding) }))
    .sort((a, b) => a.rank - b.rank || compare(a.finding.pointer, b.finding.pointer) || a.index - b.index)
    .map(({ finding }) => finding);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function error(code: string, pointer: string, message: string, hint: string): Finding {
  return { code, severity: "error", pointer, message, hint, line: null, column: null };
}

function article(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
}
