/** Is what stands behind a name a secret? */
import { findNameRule, type NameRule } from "./names.js";

/**
 * In data a name has one meaning: everything behind it goes, be it `1234`. In prose `token: the` and `auth: ok`
 * are sentences, so there the value must look like a key unless the name leaves no doubt.
 */
export type Setting = "data" | "prose";

export function judgeValue(name: string, value: string, setting: Setting): NameRule | undefined {
  const rule = findNameRule(name);
  if (rule === undefined || standsForNothing(value)) return undefined;
  if (/^-*pwd$/i.test(name) && /^(?:[/~.]|[A-Za-z]:\\)/.test(value)) return undefined;
  return setting === "data" || leavesNoDoubt(name, rule, value) || looksRandom(value) ? rule : undefined;
}

/** `HF_TOKEN` and `api_key` are no words of a sentence; `token`, `auth` and `API key` are. */
function leavesNoDoubt(name: string, rule: NameRule, value: string): boolean {
  if (rule === "named-password" || rule === "named-secret") return true;
  return (
    /^-*(?!-|(?:token|auth|authorization|credentials?|creds|bearer|cookie)$)[^ ]+$/i.test(name) ||
    schemes.test(value)
  );
}

const schemes = /^(?:bearer|basic|token|digest|negotiate|apikey)[ \t]/i;

/** Letters with digits, or longer than words are: what keys look like and sentences do not. */
export function looksRandom(value: string): boolean {
  return value.length >= 20 || (value.length >= 8 && /\d/.test(value) && /[A-Za-z]/.test(value));
}

/**
 * Empty, a switch, a mask, a special token, YAML's sign that the value follows, the name of the place where the secret is
 * really kept, or a marker of ours, in characters or in UTF-8 bytes read as latin1.
 */
export function standsForNothing(value: string): boolean {
  return (
    value === "" ||
    /^(?:true|false|yes|no|on|off|none|null|nil|undefined|nan|auto|~)$/i.test(value) ||
    /^(?:\*{3,}|\.{3,}|•{3,}|[xX]{3,})$/.test(value) ||
    /^<[\w |/-]{1,40}>$/.test(value) ||
    /^[|>][-+\d]{0,2}$/.test(value) ||
    /^\[[A-Z]{1,12}\]$/.test(value) ||
    /^(?:\$\{\{? ?[\w.:]{1,80} ?\}?\}|\{\{ ?[\w.]{1,80} ?\}\}|\$[A-Z][A-Z0-9]*_[A-Z0-9_]*)$/.test(value) ||
    /^(?:os\.(?:environ|getenv)|process\.env)\b[\w.("'[\])]*$/.test(value) ||
    /^Â?«redacted:[a-z0-9-]+Â?»$/.test(value)
  );
}
