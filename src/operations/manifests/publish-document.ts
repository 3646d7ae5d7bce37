/** Publish = validate, check, write, read back. What was published is valid, whole, and what was meant. */
import { FileError, ValidationError } from "../../errors.js";
import { formatDisk } from "../../manifest/canonical.js";
import type { Kind, Rules } from "../../manifest/kind.js";
import { isValid, validateDocument } from "../../manifest/validate.js";
import { type FrozenPorts, refuseFrozen } from "./refuse-frozen.js";

export interface PublishPorts extends FrozenPorts {
  readonly writeAtomic: (path: string, text: string, options?: { readonly syncFolder?: boolean }) => void;
  readonly readText: (path: string) => string;
}

export function publishDocument(
  document: object,
  kind: Kind,
  path: string,
  rules: Rules,
  ports: PublishPorts,
  options?: Parameters<PublishPorts["writeAtomic"]>[2],
): void {
  const findings = validateDocument(document, kind, { ...rules, mode: "strict" });
  if (!isValid(findings)) throw new ValidationError(`the ${kind.name} manifest for ${path}`, findings);
  const text = formatDisk(document);
  refuseFrozen(path, text, ports);
  ports.writeAtomic(path, text, options);
  if (ports.readText(path) !== text) {
    throw new FileError("READ_BACK_DIFFERS", `${path} does not hold what was written to it`, {
      hint: "Check the file system; another program may be writing there.",
    });
  }
}
