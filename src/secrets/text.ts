/** Texts held as a whole: notes, tags, parameters, messages. */
import type { Setting } from "./judge.js";
import { createLineReader } from "./line.js";
import { mergeRedactions, type Redacted, type Redactions } from "./redactions.js";
import { countSecrets, replaceSecrets } from "./secret.js";
import { holdsTrigger } from "./triggers.js";

/** Every line keeps its number; a private key leaves one marker and empty lines. */
export function redactText(text: string): Redacted<string> {
  return redactLines(text, "prose");
}

export function redactLines(text: string, setting: Setting): Redacted<string> {
  if (!holdsTrigger(text)) return { value: text, redactions: {} };
  const reader = createLineReader(setting);
  const counts: Redactions[] = [];
  const value = text.replace(/[^\r\n]+|\r\n?|\n/g, (line) => {
    if (line === "\n" || line.startsWith("\r")) return line;
    if (!reader.insideKey && !holdsTrigger(line)) return line;
    const secrets = reader.find(line);
    counts.push(countSecrets(secrets));
    return replaceSecrets(line, secrets);
  });
  return { value, redactions: mergeRedactions(...counts) };
}
