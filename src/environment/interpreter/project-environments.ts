/**
 * Where `uv run`, `poetry run`, `pipenv run` and `conda run` find their interpreter. They are never asked: they may create or change
 * an environment first. Only an environment that stands where each of them looks first is taken.
 */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import type { Command } from "./find-interpreter.js";
import { locateInPrefix, readStart } from "./locate-program.js";

/** Options of `uv run` that change neither the environment nor the interpreter. */
const harmlessToUv = new Set([
  "--",
  "--frozen",
  "--locked",
  "--no-sync",
  "--offline",
  "--quiet",
  "-q",
  "--verbose",
  "-v",
]);

export function unwrapUv(command: Command): Command | null {
  const words = wordsAfterRun(command, harmlessToUv);
  const { cwd, env } = command;
  const chosen = ["UV_PROJECT", "UV_PROJECT_ENVIRONMENT", "UV_PYTHON"].some((name) => env[name]);
  if (words === null || chosen) return null;
  const project = findUpward(cwd, "pyproject.toml");
  // Outside a project uv takes the active environment, within one only the project's own.
  const prefix =
    project === undefined ? (env.VIRTUAL_ENV ?? findUpward(cwd, ".venv")) : join(dirname(project), ".venv");
  if (!words[0]?.endsWith(".py")) return inEnvironment(prefix, words, command);
  const script = readStart(resolve(cwd, words[0]), 64 * 1024);
  // A script that lists its own requirements gets an environment of its own.
  if (script === "" || /^# \/\/\/ script\s*$/m.test(script)) return null;
  return inEnvironment(prefix, ["python", ...words], command);
}

export function unwrapPoetry(command: Command): Command | null {
  return inProjectEnvironment(command, "pyproject.toml");
}

export function unwrapPipenv(command: Command): Command | null {
  return command.env.PIPENV_IGNORE_VIRTUALENVS ? null : inProjectEnvironment(command, "Pipfile");
}

/** Both take an active environment first, then `.venv` beside the project's file; others lie in a cache under a name we do not rebuild. */
function inProjectEnvironment(command: Command, projectFile: string): Command | null {
  const words = wordsAfterRun(command, new Set(["--"]));
  const project = findUpward(command.cwd, projectFile);
  if (words === null || project === undefined) return null;
  return inEnvironment(command.env.VIRTUAL_ENV ?? join(dirname(project), ".venv"), words, command);
}

const harmlessToConda = new Set(["--no-capture-output", "--live-stream", "-v", "--"]);

/** `conda run [-n NAME | -p PREFIX] program …`; without either it takes the active environment. */
export function unwrapConda(command: Command): Command | null {
  const [, verb, ...words] = command.words;
  if (verb !== "run") return null;
  const { cwd, env } = command;
  let prefix = env.CONDA_PREFIX;
  while (words[0]?.startsWith("-")) {
    const option = words.shift()!;
    const [name, attached] = option.startsWith("--") && option.includes("=") ? splitOnce(option) : [option];
    if (name === "-n" || name === "--name")
      prefix = findCondaEnvironment(attached ?? words.shift() ?? "", env);
    else if (name === "-p" || name === "--prefix") prefix = resolve(cwd, attached ?? words.shift() ?? "");
    else if (!harmlessToConda.has(option)) return null;
  }
  return inEnvironment(prefix, words, command);
}

function findCondaEnvironment(name: string, env: NodeJS.ProcessEnv): string | undefined {
  if (name === "") return undefined;
  const roots = [env.MAMBA_ROOT_PREFIX, env.CONDA_EXE && dirname(dirname(env.CONDA_EXE))].filter(
    (root): root is string => Boolean(root),
  );
  if (name === "base") return roots[0];
  const folders = [
    ...(env.CONDA_ENVS_PATH ?? "").split(delimiter).filter(Boolean),
    ...roots.map((root) => join(root, "envs")),
    join(env.HOME || homedir(), ".conda", "envs"),
  ];
  const found = folders
    .map((folder) => join(folder, name))
    .filter((prefix) => existsSync(join(prefix, "conda-meta")));
  // Two environments of one name: which comes first is in a configuration file we do not read.
  return new Set(found).size === 1 ? found[0] : undefined;
}

/** The program must lie in the environment itself: anything else on the PATH would be a guess. */
function inEnvironment(
  prefix: string | undefined,
  words: readonly string[],
  command: Command,
): Command | null {
  const [word, ...rest] = words;
  const program = prefix === undefined || word === undefined ? undefined : locateInPrefix(prefix, word);
  if (prefix === undefined || program === undefined) return null;
  const path = [join(prefix, "bin"), command.env.PATH ?? ""].join(delimiter);
  return { words: [program, ...rest], cwd: command.cwd, env: { ...command.env, PATH: path } };
}

function wordsAfterRun(command: Command, harmless: ReadonlySet<string>): string[] | null {
  const [, verb, ...words] = command.words;
  if (verb !== "run") return null;
  while (words[0]?.startsWith("-")) {
    if (!harmless.has(words[0])) return null;
    if (words.shift() === "--") break;
  }
  return words;
}

function findUpward(folder: string, name: string): string | undefined {
  for (let current = resolve(folder); ; current = dirname(current)) {
    const file = join(current, name);
    if (existsSync(file)) return file;
    if (current === dirname(current)) return undefined;
  }
}

function splitOnce(option: string): [string, string] {
  const equals = option.indexOf("=");
  return [option.slice(0, equals), option.slice(equals + 1)];
}
