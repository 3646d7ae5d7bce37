/** Values of which nothing may stay. */
import { findSecrets } from "./line.js";
import { formatMarker, type Redacted } from "./redactions.js";

/** The marker in place of all of `value`, named by the kind of token it is where that can be seen. */
export function redactWhole(value: string, rule: string): Redacted<string> {
  const [secret] = findSecrets(value, "data");
  const known = secret?.start === 0 && secret.end === value.length && secret.rule !== null;
  const named = known ? secret.rule : rule;
  return { value: formatMarker(named), redactions: { [named]: 1 } };
}
