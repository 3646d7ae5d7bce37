/** What a kind of manifest is. Adding one means writing one of these, its schema and its examples. */
import type { Severity } from "../errors.js";
import type { CompiledValidator } from "../generated/validators.js";

/** The reserved top-level key, unless a project chose another. */
export const defaultNamespace = "colophon";

export type Profile = "load" | "complete";

export interface Kind {
  readonly name: string;
  /** The name its files carry. */
  readonly fileName: string;
  readonly maximumBytes: number;
  readonly version: { readonly field: string; readonly supported: readonly (number | string)[] };
  readonly schema: CompiledValidator;
  /** The top-level members it knows besides the extension key; the compiled schema leaves the others to a check in code. */
  readonly fields: readonly string[];
  /** Top-level members whose findings come first, after missing and foreign ones, as in the founding document. */
  readonly leading: readonly string[];
  /** Pointers, with `*` for one segment, that are left out of the content id. */
  readonly volatile: readonly string[];
  readonly checks: readonly Check[];
  /** Whether a document means to be of this kind, judged by its structure, however faulty it is. */
  readonly recognise: (document: Readonly<Record<string, unknown>>) => boolean;
  /** One line about a valid document. */
  readonly summarize: (document: Readonly<Record<string, unknown>>) => string;
}

/** A rule that JSON Schema cannot state. It sees one document and nothing else. */
export interface Check {
  readonly code: string;
  /** The top-level members it looks at; it is asked only when its schema accepts each of them. */
  readonly reads: readonly string[];
  readonly severity: Severity;
  readonly hint: string;
  readonly find: (document: Readonly<Record<string, unknown>>, rules: Rules) => Iterable<Fault>;
}

export interface Fault {
  readonly pointer: string;
  readonly message: string;
}

/** What a document is judged by, besides its kind. */
export interface Rules {
  /** The one reserved top-level key, `colophon` unless a project chose another. */
  readonly namespace: string;
  readonly mode: "strict" | "tolerant";
  readonly profile: Profile;
  /** Schemas of Colophon's own entries under the extension key, by capability. */
  readonly capabilities: Readonly<Record<string, CompiledValidator>>;
}
