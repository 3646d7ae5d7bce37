/** SHA-256 of bytes and of values. Inside the program a digest is `sha256:<64 hex>`; each kind writes its own spelling. */
import { createHash, hash } from "node:crypto";
import { formatCanonical } from "./canonical.js";

/** The digest of nothing: an input with it is an empty file, which is almost always a mistake. */
export const digestOfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** 64 lower-case hexadecimal digits. */
export function sha256(content: string | Uint8Array): string {
  return hash("sha256", content);
}

export interface RunningDigest {
  readonly add: (content: string | Uint8Array) => void;
  /** Of all that was added; nothing can be added any more. */
  readonly hex: () => string;
}

/** SHA-256 of what comes piece by piece. */
export function runningDigest(): RunningDigest {
  const running = createHash("sha256");
  return { add: (content) => void running.update(content), hex: () => running.digest("hex") };
}

/** The identity of a file: of its bytes as they stand. */
export function digestOfBytes(bytes: Uint8Array): string {
  return `sha256:${sha256(bytes)}`;
}

/** The identity of a value, however its file is spelled: of its canonical form. */
export function digestOfValue(value: unknown): string {
  return `sha256:${sha256(formatCanonical(value))}`;
}

/**
 * The identity of what a document says, whenever and wherever it was written: of the canonical form without the
 * kind's volatile members. Patterns are JSON Pointers in which `*` stands for any one segment.
 */
export function contentId(value: unknown, volatile: readonly string[]): string {
  const patterns = volatile.map((pattern) => pattern.slice(1).split("/"));
  return digestOfValue(without(value, patterns));
}

function without(value: unknown, patterns: readonly (readonly string[])[]): unknown {
  if (patterns.length === 0 || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item, index) => without(item, below(patterns, String(index))));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !below(patterns, key).some((rest) => rest.length === 0))
      .map(([key, member]) => [key, without(member, below(patterns, key))]),
  );
}

function below(patterns: readonly (readonly string[])[], key: string): (readonly string[])[] {
  return patterns.filter(([head]) => head === "*" || head === key).map((pattern) => pattern.slice(1));
}
