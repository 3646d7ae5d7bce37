/** What a kind of manifest is. Adding one means writing one of these, its schema and its examples. */
import type { Severity } from "../errors.js";
import type { CompiledValidator } from "../generated/validators.js";

/** The reserved top-level key, unless a project chose another. */
export const defaultNamespace = "colophon";

export type Profile = "load" | "complete";

type Document = Readonly<Record<string, unknown>>;

export interface Kind {
  readonly name: string;
  /** The name its files carry. */
  readonly fileName: string;
  readonly maximumBytes: number;
  readonly version: { readonly field: string; readonly supported: readonly (number | string)[] };
  readonly schema: CompiledValidator;
  /** How earlier versions are read, where any are. */
  readonly earlier?: EarlierVersions;
  /** The top-level members it knows besides the extension key; the compiled schema leaves the others to a check in code. */
  readonly fields: readonly string[];
  /** The same of one document, where it depends on what the document says. */
  readonly fieldsOf?: (document: Document, rules: Rules) => readonly string[];
  /** Whether it has no place for the extension key, nor for any other member. */
  readonly isClosed?: true;
  /** Whether it holds an answer key, which must not be mixed with what a model is shown. */
  readonly containsGroundTruth?: true;
  /** Top-level members whose findings come first, after missing and foreign ones, as in the founding document. */
  readonly leading: readonly string[];
  /** Pointers, with `*` for one segment, that are left out of the content id. */
  readonly volatile: readonly string[];
  readonly checks: readonly Check[];
  /** Whether a document means to be of this kind, judged by its structure, however faulty it is. */
  readonly recognise: (document: Document) => boolean;
  /** What tolerant reading forgives beside unknown fields: findings become warnings. */
  readonly forgives?: (finding: { readonly code: string; readonly pointer: string }) => boolean;
  /** Whether a document, whatever it is, says that it will not change any more; absent where none of the kind does. */
  readonly isFrozen?: (document: unknown) => boolean;
  /** One line about a valid document. */
  readonly summarize: (document: Document) => string;
}

/** How many of these members a document has: what a kind is recognised by, also where much of it is at fault. */
export function countMembers(document: Document, names: readonly string[]): number {
  return names.filter((name) => Object.hasOwn(document, name)).length;
}

/** Versions before the current one. They have a schema of their own; the checks look at what they are upgraded to. */
export interface EarlierVersions {
  readonly versions: readonly (number | string)[];
  readonly schema: CompiledValidator;
  /** The top-level members the upgrade looks at; without them being right, only checks that read nothing are asked. */
  readonly reads: readonly string[];
  readonly upgrade: (document: Document) => Upgraded;
}

export interface Upgraded {
  /** In the shape of the current version. */
  readonly document: Document;
  /** Pointers into it whose values were not recorded. What is not the document's own is no fault of it. */
  readonly defaulted: readonly string[];
}

/** A rule that JSON Schema cannot state. It sees one document and nothing else. */
export interface Check {
  readonly code: string;
  /** The top-level members it looks at; it is asked only when its schema accepts each of them. */
  readonly reads: readonly string[];
  readonly severity: Severity;
  readonly hint: string;
  /** `document` is in the shape of the current version, `recorded` as it stands on disk. */
  readonly find: (document: Document, rules: Rules, recorded: Document) => Iterable<Fault>;
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
