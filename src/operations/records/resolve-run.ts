/** Which run somebody means: its id, the beginning or the end of it, or the path of its folder. */

import { UsageError } from "../../errors.js";
import { suffixOf } from "../../manifest/ids.js";

export function resolveRun(word: string, ids: readonly string[]): string {
  const name = word.replace(/\/+$/, "").split("/").at(-1) as string;
  const meant = ids.includes(name)
    ? [name]
    : ids.filter((id) => name !== "" && (id.startsWith(name) || id.endsWith(name)));
  const [only, ...others] = meant;
  if (only === undefined) throw noSuchRun(word, ids);
  if (others.length > 0) throw ambiguous(word, meant);
  return only;
}

function noSuchRun(word: string, ids: readonly string[]): UsageError {
  const found =
    ids.length === 0
      ? "there are no runs yet"
      : `${ids.length} ${ids.length === 1 ? "run is" : "runs are"} recorded here`;
  const newest = ids.toSorted().at(-1);
  return new UsageError("NO_SUCH_RUN", `no run begins or ends with "${word}"; ${found}`, {
    hint:
      newest === undefined
        ? "Record one: colophon run --synthetic-seed 1 -- COMMAND"
        : `Name a run by its id or the end of it, such as ${suffixOf(newest)} for the newest.`,
  });
}

function ambiguous(word: string, meant: readonly string[]): UsageError {
  const shown = meant.toSorted().slice(-10);
  const rest = meant.length - shown.length;
  const lines = [...shown, ...(rest > 0 ? [`and ${rest} older ${rest === 1 ? "one" : "ones"}`] : [])].map(
    (line) => `  ${line}`,
  );
  return new UsageError(
    "AMBIGUOUS_RUN",
    `"${word}" could be any of ${meant.length} runs:\n${lines.join("\n")}`,
    {
      hint: `Type more of it, or its last six characters, such as ${suffixOf(shown.at(-1) as string)}.`,
    },
  );
}
