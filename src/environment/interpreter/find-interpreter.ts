/** Which interpreter a command will run in, found without starting anything. What is not certain is not said. */
import { isShim, locateProgram } from "./locate-program.js";
import { findShebang } from "./shebang.js";
import { unwrap } from "./wrappers.js";

export interface FoundInterpreter {
  readonly name: "python" | "node";
  /** Absolute; the file that is started, symlinks kept. */
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
  /** The folder the choice depends on, when a shim makes it. */
  readonly shimFolder: string | undefined;
}

/** A command on its way to its interpreter: the words, where they start, and with which variables. */
export interface Command {
  readonly words: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

const names = {
  python: /^(?:python|pypy|graalpy)(?:\d+(?:\.\d+)*)?t?(?:-?dbg|d)?$/,
  node: /^(?:node|nodejs)$/,
} as const;

/** Wrappers and scripts lead to one another; nobody nests them deeper than this on purpose. */
const maximumSteps = 8;

export function findInterpreter(command: Command): FoundInterpreter | null {
  let current: Command | null = command;
  for (let step = 0; step < maximumSteps && current !== null; step++) {
    const word: string | undefined = current.words[0];
    const file: string | undefined =
      word === undefined ? undefined : locateProgram(word, current.cwd, current.env);
    if (file === undefined) return null;
    const base = file.slice(file.lastIndexOf("/") + 1);
    for (const name of ["python", "node"] as const) {
      if (!names[name].test(base)) continue;
      const shimFolder = isShim(file, names[name]) ? current.cwd : undefined;
      return { name, path: file, env: current.env, shimFolder };
    }
    const unwrapped = unwrap(base, current);
    current = unwrapped === undefined ? throughShebang(file, current) : unwrapped;
  }
  return null;
}

function throughShebang(file: string, command: Command): Command | null {
  const words = findShebang(file);
  return words === undefined ? null : { ...command, words: [...words, file, ...command.words.slice(1)] };
}
