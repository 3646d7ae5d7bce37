/** Files of the figure, fetched once. */
import { figureId } from "./elements.js";

const fetched = new Map<string, Promise<ArrayBuffer>>();

/** Rejects with the reason in words. */
export function bytesOf(name: string): Promise<ArrayBuffer> {
  const known = fetched.get(name) ?? ask(name);
  fetched.set(name, known);
  // What failed once is asked for again.
  known.catch(() => fetched.delete(name));
  return known;
}

export function forget(name: string): void {
  fetched.delete(name);
}

async function ask(name: string): Promise<ArrayBuffer> {
  const address = `${encodeURIComponent(figureId() ?? "")}/files/${encodeURIComponent(name)}`;
  const response = await fetch(address, { cache: "no-store" }).catch(() => {
    throw new Error("the server did not answer");
  });
  if (!response.ok)
    throw new Error(
      response.status === 404 ? "the file is not there" : `the server answered ${response.status}`,
    );
  return response.arrayBuffer().catch(() => {
    throw new Error("the answer broke off");
  });
}

/** `undefined` where the browser computes no digests: on a page that is neither HTTPS nor of this machine. */
export async function digestOf(bytes: ArrayBuffer): Promise<string | undefined> {
  const { subtle } = globalThis.crypto as { subtle?: SubtleCrypto };
  if (subtle === undefined) return undefined;
  const digest = new Uint8Array(await subtle.digest("SHA-256", bytes));
  return `sha256:${[...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
