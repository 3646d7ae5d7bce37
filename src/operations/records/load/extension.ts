/** What stands under the extension key of a recorded manifest, whichever key that is. */
import type { Kind } from "../../../manifest/kind.js";
import { isObject } from "../../../manifest/validate.js";

/** A valid document has one member of its own besides its kind's, and it is an object of objects. */
export function extensionKeyOf(document: Readonly<Record<string, unknown>>, { fields }: Kind): string | null {
  return Object.keys(document).find((name) => !fields.includes(name) && isObject(document[name])) ?? null;
}

export function capabilityOf(
  document: Readonly<Record<string, unknown>> | null,
  kind: Kind,
  name: string,
): Readonly<Record<string, unknown>> | null {
  const key = document === null ? null : extensionKeyOf(document, kind);
  const extension = key === null ? undefined : document?.[key];
  const capability = isObject(extension) && Object.hasOwn(extension, name) ? extension[name] : undefined;
  return isObject(capability) ? capability : null;
}
