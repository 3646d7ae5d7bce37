/** Parameters from three places: `--param` wins over `--config`, `--config` over the command's own words. */
import { UsageError } from "../../errors.js";
import { parseText } from "../../manifest/parse.js";
import { isObject } from "../../manifest/validate.js";

export interface Clash {
  readonly name: string;
  readonly used: "param" | "config";
  readonly ignored: "config" | "argv";
}

export interface Parameters {
  /** For the manifest: `--config` and `--param` merged, and the command's own words as strings under `argv`. */
  readonly params: Record<string, unknown>;
  /** The same parameter with another value in a place that counts less. */
  readonly clashes: readonly Clash[];
}

export interface ParameterSources {
  /** As typed: `lr=3e-4`, `layers:=[64,64]`; or as values, by name. */
  readonly flags: readonly string[] | Readonly<Record<string, unknown>>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly argv: readonly string[];
}

export function resolveParameters({ flags, config, argv }: ParameterSources): Parameters {
  const given: Readonly<Record<string, unknown>> = Array.isArray(flags)
    ? Object.fromEntries(flags.map(parseParameter))
    : (flags as Readonly<Record<string, unknown>>);
  const words = namedWords(argv);
  const params: Record<string, unknown> = { ...config, ...given };
  const clashes: Clash[] = [];
  for (const name of Object.keys(params).sort()) {
    const used = Object.hasOwn(given, name) ? "param" : "config";
    if (used === "param" && Object.hasOwn(config, name) && !isSame(config[name], given[name])) {
      clashes.push({ name, used, ignored: "config" });
    }
    const word = words.get(name);
    if (word !== undefined && !isSame(typedValue(word), params[name]))
      clashes.push({ name, used, ignored: "argv" });
  }
  return { params: { ...params, argv: [...argv] }, clashes };
}

/** `k=v` takes JSON numbers, booleans and null as such and everything else as a string; `k:=json` forces JSON. */
export function parseParameter(text: string): [string, unknown] {
  const at = text.indexOf("=");
  const forced = at > 0 && text[at - 1] === ":";
  const name = text.slice(0, forced ? at - 1 : at);
  if (at < 1 || name === "") {
    throw new UsageError("BAD_PARAMETER", `--param takes NAME=VALUE; found "${text}"`, {
      hint: "Type: --param lr=3e-4, or --param layers:=[64,64] for JSON",
    });
  }
  if (name === "argv" || name === "__proto__") {
    throw new UsageError(
      "BAD_PARAMETER",
      `--param cannot set "${name}": the command's own words stand there`,
      {
        hint: "Choose another name.",
      },
    );
  }
  const value = text.slice(at + 1);
  return [name, forced ? parseForced(name, value) : typedValue(value)];
}

function parseForced(name: string, value: string): unknown {
  const parsed = parseText(value);
  if (parsed.ok) return parsed.value;
  throw new UsageError(
    "BAD_PARAMETER",
    `--param ${name}:= takes JSON; ${parsed.findings[0]?.message ?? "this is none"}`,
    {
      hint: `Type: --param '${name}:=[1, 2]', or --param ${name}=… for a string`,
    },
  );
}

/** A number is taken as one only if nothing of it is lost: `9007199254740993` and `007` stay strings. */
function typedValue(text: string): unknown {
  if (text === "true") return true;
  if (text === "false") return false;
  if (text === "null") return null;
  if (!/^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/.test(text)) return text;
  const parsed = parseText(text);
  return parsed.ok ? parsed.value : text;
}

/** `--lr 3e-4`, `--lr=3e-4`, `lr=3e-4` in the command's words: names without dashes, `-` read as `_`. */
function namedWords(argv: readonly string[]): Map<string, string> {
  const named = new Map<string, string>();
  for (const [index, word] of argv.entries()) {
    const joined = /^(?:--?)?([A-Za-z_][\w.-]*)=(.*)$/s.exec(word);
    const bare = /^--([A-Za-z_][\w.-]*)$/.exec(word);
    const next = argv[index + 1];
    if (joined !== null) named.set(nameOf(joined[1] as string), joined[2] as string);
    else if (bare !== null && next !== undefined && !/^--?[A-Za-z]/.test(next))
      named.set(nameOf(bare[1] as string), next);
  }
  return named;
}

function nameOf(flag: string): string {
  return flag.replaceAll("-", "_");
}

function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) || isObject(a)) return JSON.stringify(a) === JSON.stringify(b);
  return a === b || String(a) === String(b);
}
