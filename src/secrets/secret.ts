/** A stretch of one line that must not be written down. */
import { formatMarker, mergeRedactions, type Redactions } from "./redactions.js";

export interface Secret {
  readonly start: number;
  readonly end: number;
  /** `null` is the rest of a secret already counted on an earlier line: it vanishes without a marker. */
  readonly rule: string | null;
}

/** In order, none over another: those that overlap become one, named by the wider and, of equals, by the first given. */
export function joinOverlapping(secrets: readonly Secret[]): Secret[] {
  const joined: Secret[] = [];
  let widest = 0;
  for (const secret of [...secrets].sort((a, b) => a.start - b.start)) {
    const last = joined.at(-1);
    const width = secret.end - secret.start;
    if (last === undefined || secret.start >= last.end) {
      joined.push(secret);
      widest = width;
      continue;
    }
    joined[joined.length - 1] = {
      start: last.start,
      end: Math.max(last.end, secret.end),
      rule: width > widest ? secret.rule : last.rule,
    };
    widest = Math.max(widest, width);
  }
  return joined;
}

/** `format` writes the marker; logs need its bytes, texts its characters. */
export function replaceSecrets(text: string, secrets: readonly Secret[], format = formatMarker): string {
  let written = "";
  let from = 0;
  for (const { start, end, rule } of secrets) {
    written += text.slice(from, start) + (rule === null ? "" : format(rule));
    from = end;
  }
  return written + text.slice(from);
}

export function countSecrets(secrets: readonly Secret[]): Redactions {
  return mergeRedactions(...secrets.map(({ rule }) => (rule === null ? {} : { [rule]: 1 })));
}
