/** Digests as figures spell them: with `sha256:`; the bare digits are read too, and what a document elided is told apart. */

const form = /^(?:sha256:)?([0-9a-f]{64})$/;

/** 64 lower-case hexadecimal digits, or `undefined`. */
export function hexOf(text: string): string | undefined {
  return form.exec(text)?.[1];
}

/** `sha256:a1...`, as in the founding document's own example: no digest, and not meant to be one. */
export function isElided(text: string): boolean {
  return /^(?:sha256:)?[0-9a-f]*(?:\.\.\.|…)[0-9a-f]*$/.test(text);
}

/** Whether two spellings name the same digest; elided ones do where they are spelled alike. */
export function isSameDigest(a: string, b: string): boolean {
  return a.replace(/^sha256:/, "") === b.replace(/^sha256:/, "");
}

/** The first 8 digits, which stand in ids and names. */
export function sha8Of(digest: string): string {
  return digest.replace(/^sha256:/, "").slice(0, 8);
}
