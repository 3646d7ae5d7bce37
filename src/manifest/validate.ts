/**
 * Judges one document by its kind, in three layers: parsed text, schema, checks. Returns every finding, in a fixed
 * order, and never throws for what a document holds.
 *
 * The order is the founding document's: not an object; missing fields; foreign keys; the fields it looks at first; then
 * everything else by pointer. Names within a group are sorted.
 */
import type { Finding } from "../errors.js";
import type { Check, EarlierVersions, Kind, Rules } from "./kind.js";
import { appendToPointer, parentOfPointer, valueAt } from "./pointer.js";
import { describe, schemaFindings } from "./schema.js";

type Document = Readonly<Record<string, unknown>>;

export function validateDocument(value: unknown, kind: Kind, rules: Rules): Finding[] {
  if (!isObject(value)) return [notAnObject(value, kind)];
  const earlier = earlierOf(value, kind);
  const schema = schemaFindings(earlier?.schema ?? kind.schema, value).map((finding) =>
    nameVersion(finding, value, kind),
  );
  const faults = [...schema, ...(kind.isClosed ? [] : extensionFindings(value, rules))];
  const checked =
    earlier === undefined
      ? checkCurrent(value, kind, rules, faults)
      : checkEarlier(value, earlier, kind, rules, faults);
  const said = new Set(faults.map(({ code, pointer }) => `${code} ${pointer}`));
  const unsaid = checked.filter(({ code, pointer }) => !said.has(`${code} ${pointer}`));
  return inOrder(
    [...faults, ...(kind.isClosed ? [] : foreignKeys(value, kind, rules)), ...unsaid].map((finding) =>
      tolerate(kind.isClosed ? refuseBesides(finding, kind) : finding, kind, rules),
    ),
    kind,
  );
}

/** A valid document in the shape of its kind's current version. */
export function currentShape(document: Document, kind: Kind): Document {
  return earlierOf(document, kind)?.upgrade(document).document ?? document;
}

function earlierOf(document: Document, { version, earlier }: Kind): EarlierVersions | undefined {
  const found = document[version.field] as number | string;
  return earlier?.versions.includes(found) ? earlier : undefined;
}

function checkCurrent(document: Document, kind: Kind, rules: Rules, faults: readonly Finding[]): Finding[] {
  const isSound = soundness(faults, rules);
  return kind.checks
    .filter(({ reads }) => isSound(reads))
    .flatMap((check) => checkFindings(check, document, rules, document));
}

/** The checks see the document in its present shape; what they find is told of the document as it stands on disk. */
function checkEarlier(
  recorded: Document,
  earlier: EarlierVersions,
  kind: Kind,
  rules: Rules,
  faults: readonly Finding[],
): Finding[] {
  const isSound = soundness(faults, rules);
  const upgraded = isSound(earlier.reads) ? earlier.upgrade(recorded) : undefined;
  const { document, defaulted } = upgraded ?? { document: recorded, defaulted: [] };
  return kind.checks
    .filter(({ reads }) => isSound(reads) && (upgraded !== undefined || reads.length === 0))
    .flatMap((check) => checkFindings(check, document, rules, recorded))
    .filter(({ pointer }) => !defaulted.includes(pointer))
    .map((finding) => ({ ...finding, pointer: pointerWithin(recorded, finding.pointer) }));
}

/** Whether the schemas accept these members: a check may rely on every type they promise for what it reads. */
function soundness(faults: readonly Finding[], { namespace }: Rules): (reads: readonly string[]) => boolean {
  const refused = new Set(faults.map(({ pointer }) => pointer.split("/")[1]));
  return (reads) =>
    !refused.has(undefined) &&
    reads.every((field) => !refused.has(field === "extension" ? namespace : field));
}

/** The pointer as far as the document has a place for it: at most its last segment names what is not there. */
function pointerWithin(document: Document, pointer: string): string {
  const parent = parentOfPointer(pointer);
  return pointer === "" || valueAt(document, parent) !== undefined
    ? pointer
    : pointerWithin(document, parent);
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

function foreignKeys(document: Document, kind: Kind, rules: Rules): Finding[] {
  const { namespace } = rules;
  const known = kind.fieldsOf?.(document, rules) ?? kind.fields;
  return Object.keys(document)
    .filter((key) => key !== namespace && !known.includes(key))
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

function checkFindings(
  { code, severity, hint, find }: Check,
  document: Document,
  rules: Rules,
  recorded: Document,
): Finding[] {
  return [...find(document, rules, recorded)].map(({ pointer, message }) => ({
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
function nameVersion(
  finding: Finding,
  document: Document,
  { name, version: { field, supported } }: Kind,
): Finding {
  if (finding.pointer !== `/${field}` || finding.code === "MISSING_FIELD") return finding;
  const known = supported.map((version) => JSON.stringify(version));
  const expected = known.length === 1 ? known[0] : `one of ${known.join(", ")}`;
  return {
    ...finding,
    code: "UNSUPPORTED_VERSION",
    message: `${field}: must be ${expected} for the ${name} kind, found ${describe(document[field])}`,
    hint: "If a newer Colophon wrote it, upgrade; the version is never guessed or converted.",
  };
}

/** Reading keeps what it does not know, and says so; what else is forgiven is the kind's matter. */
function tolerate(finding: Finding, { forgives }: Kind, { mode }: Rules): Finding {
  const forgiven =
    mode === "tolerant" &&
    (finding.code === "FOREIGN_KEY" || finding.code === "UNKNOWN_FIELD" || forgives?.(finding) === true);
  return forgiven ? { ...finding, severity: "warning" } : finding;
}

/** A closed document cannot be added to at all. */
function refuseBesides(finding: Finding, { name }: Kind): Finding {
  if (finding.code !== "UNKNOWN_FIELD") return finding;
  return {
    ...finding,
    hint: `Remove it; the ${name} kind is closed, and what else is known goes beside it.`,
  };
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
