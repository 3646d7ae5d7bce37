/** Where two values differ, by the names of their members. */
import { formatCanonical } from "../../manifest/canonical.js";
import { isObject } from "../../manifest/validate.js";

export interface Difference {
  /** Such as `seed_bundle.seed`. */
  readonly field: string;
  /** `undefined` where it is not there. */
  readonly a: unknown;
  readonly b: unknown;
}

/** Member by member, as deep as both are objects; sorted by name. */
export function differences(a: unknown, b: unknown, field = ""): Difference[] {
  if (!isObject(a) || !isObject(b)) {
    const isSame =
      a === b || (a !== undefined && b !== undefined && formatCanonical(a) === formatCanonical(b));
    return isSame ? [] : [{ field, a, b }];
  }
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return names.flatMap((name) => differences(a[name], b[name], field === "" ? name : `${field}.${name}`));
}
