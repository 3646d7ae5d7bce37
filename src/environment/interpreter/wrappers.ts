/**
 * Programs that start the command named by their further words. Each entry either knows exactly what will be started or answers
 * `null`: a wrapper used in a way that is not known here hides the interpreter.
 */
import { resolve } from "node:path";
import type { Command } from "./find-interpreter.js";
import { unwrapConda, unwrapPipenv, unwrapPoetry, unwrapUv } from "./project-environments.js";

type Unwrap = (command: Command) => Command | null;

const wrappers: Readonly<Record<string, Unwrap>> = {
  env: unwrapEnv,
  uv: unwrapUv,
  poetry: unwrapPoetry,
  pipenv: unwrapPipenv,
  conda: unwrapConda,
  mamba: unwrapConda,
  micromamba: unwrapConda,
  nohup: skipOptions({ withValue: [], operands: 0 }),
  setsid: skipOptions({ withValue: [], operands: 0 }),
  nice: skipOptions({ withValue: ["-n"], operands: 0 }),
  stdbuf: skipOptions({ withValue: ["-i", "-o", "-e"], operands: 0 }),
  timeout: skipOptions({ withValue: ["-k", "-s"], operands: 1 }),
};

/** Python programs that run the command in an environment of their own choice: their own interpreter would be the wrong answer. */
const opaque: ReadonlySet<string> = new Set(["hatch", "nox", "pdm", "pipx", "rye", "tox"]);

/** `undefined` when the program is no wrapper, `null` when it hides what it starts. */
export function unwrap(program: string, command: Command): Command | null | undefined {
  if (opaque.has(program)) return null;
  return Object.hasOwn(wrappers, program) ? wrappers[program]!(command) : undefined;
}

/** Options known here, such as `-n 10`, `-oL`, `--preserve-status`; then so many operands; then the command. */
function skipOptions({ withValue, operands }: { withValue: readonly string[]; operands: number }): Unwrap {
  return (command) => {
    const words = command.words.slice(1);
    while (words[0]?.startsWith("-")) {
      const option = words.shift()!;
      if (option === "--") break;
      if (withValue.includes(option)) words.shift();
      else if (!option.includes("=") && !withValue.some((name) => option.startsWith(name))) return null;
    }
    return { ...command, words: words.slice(operands) };
  };
}

/** `env [-i] [-u NAME] [-C DIR] [-S "words"] [NAME=value …] program …`. */
function unwrapEnv(command: Command): Command | null {
  const words = command.words.slice(1);
  let { cwd, env } = command;
  for (;;) {
    const word = words.shift();
    if (word === undefined) return null;
    const assignment = /^([^=-][^=]*)=(.*)$/s.exec(word);
    if (assignment !== null) env = { ...env, [assignment[1]!]: assignment[2]! };
    else if (!word.startsWith("-")) return { words: [word, ...words], cwd, env };
    else if (word === "-i" || word === "-" || word === "--ignore-environment") env = {};
    else if (word === "-u") env = without(env, words.shift());
    else if (word.startsWith("--unset=")) env = without(env, word.slice(8));
    else if (word === "-C") cwd = resolve(cwd, words.shift() ?? "");
    else if (word.startsWith("--chdir=")) cwd = resolve(cwd, word.slice(8));
    else if (word.startsWith("-S")) {
      const text = word === "-S" ? words.shift() : word.slice(2);
      const split = text === undefined ? undefined : splitPlain(text);
      if (split === undefined) return null;
      words.unshift(...split);
    } else if (word !== "--") return null;
  }
}

/** Words without quotes, escapes and variables; env's own rules for those are not repeated here. */
function splitPlain(text: string): string[] | undefined {
  return /["'\\$#]/.test(text) ? undefined : text.split(/\s+/).filter((word) => word !== "");
}

function without(env: NodeJS.ProcessEnv, name: string | undefined): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([key]) => key !== name));
}
