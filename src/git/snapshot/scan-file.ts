/** The rules by which a file holds a secret, for whoever takes a snapshot. */
import { countBlobSecrets, isSecretPath } from "../../secrets/blob.js";

export function findSecretRules(path: string, content: Uint8Array): readonly string[] {
  return [...(isSecretPath(path) ? ["secret-path"] : []), ...Object.keys(countBlobSecrets(content))];
}
