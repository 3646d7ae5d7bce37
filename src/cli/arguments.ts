/** Flags of one command, parsed by Node's own parser, with errors that say what was typed and what to type. */
import { type ParseArgsConfig, parseArgs } from "node:util";
import { UsageError } from "../errors.js";

export interface Flag {
  /** Absent for a switch that takes no value. */
  readonly value?: string;
  /** What the flag means without a value, which then has to stand behind `=`. */
  readonly alone?: string;
  readonly repeat?: true;
  readonly short?: string;
  readonly about: string;
  /** Its value may begin with a dash that is no flag's. */
  readonly dashed?: true;
  /** The only values it takes. */
  readonly choices?: readonly string[];
}

export type Flags = Readonly<Record<string, Flag>>;

export interface Arguments {
  readonly paths: readonly string[];
  readonly has: (flag: string) => boolean;
  readonly value: (flag: string) => string | undefined;
  readonly values: (flag: string) => readonly string[];
}

export function parseArguments(command: string, words: readonly string[], flags: Flags): Arguments {
  const options: NonNullable<ParseArgsConfig["options"]> = {};
  for (const [name, { value, repeat, short }] of Object.entries(flags)) {
    options[name] = {
      type: value === undefined ? "boolean" : "string",
      multiple: repeat === true,
      ...(short && { short }),
    };
  }
  const { values, positionals } = parseOrExplain(
    command,
    joinNegatives(words, flags).map((word) => withValue(word, flags)),
    options,
    flags,
  );
  for (const [name, { choices }] of Object.entries(flags)) {
    const given = values[name];
    if (choices !== undefined && typeof given === "string" && !choices.includes(given)) {
      throw new UsageError("BAD_FLAG_VALUE", `--${name} takes ${choices.join(", ")}; found "${given}"`, {
        hint: `Type: colophon ${command} --${name} ${choices[0]}`,
      });
    }
  }
  return {
    paths: positionals,
    has: (flag) => values[flag] === true,
    value: (flag) => values[flag] as string | undefined,
    values: (flag) => (values[flag] as string[] | undefined) ?? [],
  };
}

function parseOrExplain(
  command: string,
  args: string[],
  options: NonNullable<ParseArgsConfig["options"]>,
  flags: Flags,
) {
  try {
    const parsed = parseArgs({ args, options, allowPositionals: true, strict: true, tokens: true });
    refuseRepeated(command, parsed.tokens, flags);
    return parsed as { values: Record<string, unknown>; positionals: string[] };
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    const flag = /'(--?[^\s'=]+)/.exec(message)?.[1] ?? "";
    if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") {
      const near = nearest(flag.replace(/^-+/, ""), Object.keys(flags));
      throw new UsageError("UNKNOWN_FLAG", `colophon ${command} has no flag ${flag}`, {
        hint:
          near === undefined
            ? `See: colophon ${command} --help`
            : `Did you mean --${near}? See: colophon ${command} --help`,
        cause,
      });
    }
    throw new UsageError("BAD_FLAG_VALUE", `colophon ${command}: ${message.split("\n")[0]}`, {
      hint: `See: colophon ${command} --help`,
      cause,
    });
  }
}

/** A flag that takes one value and is given two has no meaning that would not be a guess. */
function refuseRepeated(
  command: string,
  tokens: readonly { kind: string; name?: string }[],
  flags: Flags,
): void {
  const seen = new Set<string>();
  for (const { kind, name } of tokens) {
    if (kind !== "option" || name === undefined || flags[name]?.value === undefined || flags[name]?.repeat)
      continue;
    if (seen.has(name)) {
      throw new UsageError("FLAG_TWICE", `--${name} is given twice`, {
        hint: `Give it once. See: colophon ${command} --help`,
      });
    }
    seen.add(name);
  }
}

function withValue(word: string, flags: Flags): string {
  const alone = word.startsWith("--") ? flags[word.slice(2)]?.alone : undefined;
  return alone === undefined ? word : `${word}=${alone}`;
}

/** `--synthetic-seed -7`: a negative number behind a flag that takes a value is that value, not another flag. */
function joinNegatives(words: readonly string[], flags: Flags): string[] {
  const joined: string[] = [];
  for (const word of words) {
    const before = joined.at(-1);
    const flag = before?.startsWith("--") ? flags[before.slice(2)] : undefined;
    if (flag?.value !== undefined && (flag.dashed ? /^-[^-]/ : /^-[0-9.]/).test(word))
      joined[joined.length - 1] = `${before}=${word}`;
    else joined.push(word);
  }
  return joined;
}

/** The known name that is fewest edits away, if it is near enough to be what was meant. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((name) => ({ name, distance: editDistance(word, name) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.max(1, Math.floor(best.name.length / 3))
    ? best.name
    : undefined;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[j] as number) + 1, (current[j - 1] as number) + 1));
    }
    previous = current;
  }
  return previous[b.length] as number;
}
