/** `name = value`, `"name": "value"`, `--name value`, `?name=value`: secrets that only their name gives away. */
import { judgeValue, looksRandom, type Setting } from "./judge.js";
import { findNameRule } from "./names.js";
import type { Secret } from "./secret.js";
import { measureValue } from "./value-end.js";

export function findAssignments(line: string, setting: Setting): Secret[] {
  const found: Secret[] = [];
  assignment.lastIndex = 0;
  for (let match = assignment.exec(line); match !== null; match = assignment.exec(line)) {
    const name = withoutEscape(line, match.index, match[1] ?? match[2]!);
    const inQuery = line[match.index - 1] === "?" || line[match.index - 1] === "&";
    const signs = inQuery && queryNames.has(name.toLowerCase());
    if (!signs && findNameRule(name) === undefined) continue;
    const extent = measureValue(line, assignment.lastIndex);
    if (extent === undefined) continue;
    const value = line.slice(extent.start, extent.end);
    const rule =
      judgeValue(name, value, inQuery ? "data" : setting) ??
      (signs && looksRandom(value) ? "url-query" : undefined);
    if (rule === undefined) continue;
    found.push({ start: extent.start, end: extent.end, rule });
    assignment.lastIndex = extent.end;
  }
  return found;
}

/** A name is never entered in its middle, so a line is read once however long its words are. */
const assignment = (() => {
  const gap = String.raw`(?:[ \t]|\x1b\[[0-9;]{0,12}m){0,8}`;
  const closingQuote = String.raw`\\{0,7}["'${"`"}]?\]?`;
  const sign = `${closingQuote}${gap}(?:=>|:=|==?|:)${gap}`;
  const afterFlag = String.raw`[ \t]{1,8}(?!-)|\\{0,7}["'],[ \t]{0,8}(?=\\{0,7}["'][^-])`;
  const flag = String.raw`(-+\w[\w.-]*)(?:${sign}|${afterFlag})`;
  const name = String.raw`((?:(?:api|access|secret|private|account) )?\w[\w.-]*)${sign}`;
  return new RegExp(String.raw`(?<![\w.-])(?:${flag}|${name})`, "gi");
})();

/** What signs or opens a link without being called a secret. */
const queryNames = new Set([
  "key",
  "sig",
  "signature",
  "x-amz-signature",
  "x-amz-credential",
  "x-goog-signature",
  "x-goog-credential",
  "awsaccesskeyid",
]);

/** In `\npassword` and in the colour `[32mtoken` the first letters belong to what stands before the name. */
function withoutEscape(line: string, at: number, name: string): string {
  const before = line[at - 1];
  if (before === "\\") return name.replace(/^[nrt]/, "");
  if (before === "[" || before === ";") return name.replace(/^\d{1,3}m/, "");
  return name;
}
