/** The words of the recorded commands: those that were given again, those that cannot be run as they stand. */
import { UsageError } from "../../errors.js";
import { missing } from "./missing.js";
import type { Missing, RecordedCommand } from "./result.js";

/** `4`, or `20_fit:4`, to the word. 0 is the program. */
export type GivenArguments = ReadonlyMap<string, string>;

/** `--argument`, as typed. */
export function parseArguments(texts: readonly string[]): GivenArguments {
  const given = new Map<string, string>();
  for (const text of texts) {
    const [, key, value] = /^((?:[0-9]{2}_[^:=]+:)?[0-9]+)=(.*)$/s.exec(text) ?? [];
    if (key === undefined || value === undefined || given.has(key))
      throw new UsageError(
        "BAD_FLAG_VALUE",
        `--argument takes NUMBER=VALUE, each number once; found "${text}"`,
        {
          hint: "Type: --argument 4=VALUE; 0 is the program. Of a pipeline: --argument 20_fit:4=VALUE",
        },
      );
    given.set(key, value);
  }
  return given;
}

/** @throws UsageError for a number that the command does not have. */
export function giveArguments(
  commands: readonly RecordedCommand[],
  given: GivenArguments,
): RecordedCommand[] {
  const used = new Set<string>();
  const replaced = commands.map(({ stage, argv }) => ({
    stage,
    argv: argv.map((word, index) => {
      const key = keyOf(stage, index);
      if (!given.has(key)) return word;
      used.add(key);
      return given.get(key) as string;
    }),
  }));
  const stray = [...given.keys()].find((key) => !used.has(key));
  if (stray === undefined) return replaced;
  const known = commands.flatMap(({ stage, argv }) =>
    argv.length === 0 ? [] : [keyOf(stage, argv.length - 1)],
  );
  throw new UsageError("BAD_FLAG_VALUE", `--argument ${stray}: the recorded command has no such word`, {
    hint: `Numbers go up to ${known.join(", ") || "none"}; 0 is the program.`,
  });
}

function keyOf(stage: string | null, index: number): string {
  return stage === null ? String(index) : `${stage}:${index}`;
}

/** A word with a marker in the place of a secret is not the word that was run. */
export function findRedacted(commands: readonly RecordedCommand[]): Missing[] {
  return wordsOf(commands).flatMap(({ key, word }) =>
    word.includes("«redacted:")
      ? [
          missing(
            "argument",
            key,
            "was redacted",
            `Give it again: --argument ${key}=${word.replace(/«redacted:[^»]*»/g, "VALUE")}`,
          ),
        ]
      : [],
  );
}

/**
 * A word that leads into the user's own tree would run other code than the recorded, or write over their files. `below`: a path
 * relative to the root of that tree, or `undefined` when it lies elsewhere.
 */
export function findAbsolute(
  commands: readonly RecordedCommand[],
  below: (path: string) => string | undefined,
  inputs: ReadonlySet<string>,
): Missing[] {
  return wordsOf(commands).flatMap(({ key, word }) => {
    const paths = [...word.matchAll(/(?<![\w./-])\/[^\s"':,;=]+/g)].map(([path]) => path);
    const path = paths.find((one) => below(one) !== undefined && !inputs.has(one));
    if (path === undefined) return [];
    const hint = `Give it relative to where it ran: --argument ${key}=${word.replace(path, below(path) || ".")}`;
    return [
      missing("argument", key, `names ${path}, a place in your own tree, and not in the recorded one`, hint),
    ];
  });
}

function wordsOf(commands: readonly RecordedCommand[]): { readonly key: string; readonly word: string }[] {
  return commands.flatMap(({ stage, argv }) =>
    argv.map((word, index) => ({ key: keyOf(stage, index), word })),
  );
}
