/** The calls every kind has in the API: validate, assert, read, write, publish; one set of functions a kind. */
import { FileError, type Finding, ValidationError } from "../../errors.js";
import { defaultRules } from "../../kinds/table.js";
import { findUnwritable, formatDisk } from "../../manifest/canonical.js";
import type { Kind, Profile, Rules } from "../../manifest/kind.js";
import { locateFindings, parseJson } from "../../manifest/parse.js";
import { currentShape, isObject, isValid, validateDocument } from "../../manifest/validate.js";
import { type PublishPorts, publishDocument } from "./publish-document.js";
import { refuseFrozen } from "./refuse-frozen.js";

export interface ValidationOptions {
  /** The extension key, default `colophon`; the origin project's manifests use `pytyche`. */
  readonly namespace?: string;
  /** `tolerant` keeps unknown fields and makes their findings warnings; default `strict`. */
  readonly mode?: "strict" | "tolerant";
  /** What a run is held to; default `load`. */
  readonly profile?: Profile;
}

export interface ReadOptions extends ValidationOptions {
  /** Largest file that is read, in bytes; default 8 MiB, 256 MiB for ground truth. */
  readonly maximumBytes?: number;
}

export interface DocumentPorts extends PublishPorts {
  /** The bytes, or the finding that says why there are none. */
  readonly readBytes: (path: string, maximumBytes: number) => Uint8Array | Finding;
  readonly pathOf: (path: string | URL) => string;
}

export interface DocumentCalls<M> {
  readonly validate: (value: unknown, options?: ValidationOptions) => Finding[];
  readonly assert: (value: unknown, options?: ValidationOptions) => asserts value is M;
  readonly read: (path: string | URL, options?: ReadOptions) => M;
  readonly write: (manifest: object, path: string | URL) => void;
  readonly publish: (manifest: object, path: string | URL, options?: ValidationOptions) => void;
}

export function documentCalls<M>(kind: Kind, ports: DocumentPorts): DocumentCalls<M> {
  const validate = (value: unknown, options?: ValidationOptions | null) => {
    const unwritable = unwritableFindings(value);
    const said = new Set(unwritable.map(({ pointer }) => pointer));
    const findings = validateDocument(value, kind, rulesOf(options ?? {}));
    return [
      ...findings.filter(({ pointer, code }) => code === "NOT_AN_OBJECT" || !said.has(pointer)),
      ...unwritable,
    ];
  };
  return {
    validate,
    assert: (value, options) => {
      const findings = validate(value, options);
      if (!isValid(findings)) throw new ValidationError(`the ${kind.name} manifest`, findings);
    },
    read: (path, options = {}) => {
      const shown = ports.pathOf(path);
      const bytes = ports.readBytes(shown, options.maximumBytes ?? kind.maximumBytes);
      if ("code" in bytes) throw unreadable(shown, bytes);
      const parsed = parseJson(bytes, options.maximumBytes ?? kind.maximumBytes);
      if (!parsed.ok) throw new ValidationError(shown, parsed.findings);
      const findings = validate(parsed.value, options);
      if (!isValid(findings)) throw new ValidationError(shown, locateFindings(parsed.text, findings));
      return currentShape(parsed.value as Readonly<Record<string, unknown>>, kind) as M;
    },
    write: (manifest, path) => {
      const [target, text] = [ports.pathOf(path), formatDisk(manifest)];
      refuseFrozen(target, text, ports);
      ports.writeAtomic(target, text);
    },
    publish: (manifest, path, options = {}) =>
      publishDocument(manifest, kind, ports.pathOf(path), rulesOf(options), ports),
  };
}

/** A value that did not come from a text may hold what no text can: NaN, a BigInt, a Date, itself. */
function unwritableFindings(value: unknown): Finding[] {
  const found = isObject(value) ? findUnwritable(value) : undefined;
  if (found === undefined) return [];
  const message = `${found.pointer.slice(1).replaceAll("/", ".")}: ${found.what}`;
  const hint = "Give strings, finite numbers, booleans, null, arrays and plain objects.";
  return [
    { code: "NOT_JSON", severity: "error", pointer: found.pointer, message, hint, line: null, column: null },
  ];
}

function rulesOf({ namespace, mode, profile }: ValidationOptions): Rules {
  return defaultRules({
    ...(namespace && { namespace }),
    ...(mode && { mode }),
    ...(profile && { profile }),
  });
}

function unreadable(path: string, { code, message, hint }: Finding): FileError {
  return new FileError(code, `${path} ${message}`, { hint });
}
