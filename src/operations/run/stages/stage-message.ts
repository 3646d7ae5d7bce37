import type { Redacted } from "../../../secrets/redactions.js";

const longest = 2000;

/** Why a stage failed or was skipped, fit for a record: without secrets, writable as JSON, and not a whole log. */
export function stageMessage(text: string, redactText: (text: string) => Redacted<string>): string {
  const secretless = redactText(text.toWellFormed()).value;
  if (secretless.length <= longest) return secretless;
  return `${secretless.slice(0, longest).toWellFormed()} … and ${secretless.length - longest} more characters`;
}
