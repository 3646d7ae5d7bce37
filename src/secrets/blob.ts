/** What must not become an object of the repository: snapshots travel with a push and outlive the file. */
import { findTokens } from "./families.js";
import { mergeRedactions, type Redactions } from "./redactions.js";
import { countSecrets } from "./secret.js";

/** Files that exist to hold secrets, by their path in the repository; such a file is left out unread. */
export function isSecretPath(path: string): boolean {
  const segments = path.toLowerCase().split("/");
  const name = segments.at(-1)!;
  if (segments.slice(0, -1).some((folder) => secretFolders.has(folder))) return true;
  return secretNames.test(name) || (/credentials|service[-_]?account/.test(name) && !program.test(name));
}

const secretFolders = new Set([".aws", ".ssh", ".gnupg", ".kube", ".docker", ".azure"]);

/** `id_*` are the keys of SSH, which have no extension; `id_mapping.py` is a program. */
const secretNames =
  /^(?:\.env.*|id_[^.]*|\.netrc|_netrc|\.npmrc|\.pypirc|\.git-credentials|\.pgpass|\.htpasswd|kubeconfig.*|.*\.(?:pem|key|p12|pfx|jks|keystore|kdbx|ppk|kubeconfig))$/;

/** What reads credentials is code that ran. Its content is searched like any other. */
const program = /\.(?:py|pyi|ipynb|[cm]?[jt]sx?|r|jl|sh|go|rs|java|kt|scala|c|cc|cpp|h|hpp|cu|rb|md|rst)$/;

/**
 * Tokens and private keys in the bytes of a file. Names do not count here: `password = ask()` is a program, and a program
 * left out of the snapshot could not be run again.
 */
export function countBlobSecrets(content: Uint8Array): Redactions {
  const text = Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString("latin1");
  const keys = text.match(keyWithBody)?.length ?? 0;
  return mergeRedactions(countSecrets(findTokens(text)), keys === 0 ? {} : { "private-key": keys });
}

/** A header that no key follows is a constant of a program. */
const keyWithBody =
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:(?!-----END )[\s\S]){0,200}?[A-Za-z0-9+/]{40}/g;
