/** Finds the file a command's first word names, as the system would. */
import { accessSync, closeSync, constants, openSync, readSync, realpathSync, statSync } from "node:fs";
import { basename, delimiter, join, resolve } from "node:path";

/** What `execvp` uses without a PATH. */
const defaultPath = "/bin:/usr/bin";

/** Absolute path of the program, symlinks kept: an environment is found through the link. */
export function locateProgram(word: string, cwd: string, env: NodeJS.ProcessEnv): string | undefined {
  if (word.includes("\0") || word === "") return undefined;
  if (word.includes("/")) return runnable(resolve(cwd, word));
  for (const folder of (env.PATH ?? defaultPath).split(delimiter)) {
    // An empty entry is the current folder.
    const found = runnable(resolve(cwd, folder, word));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `word` in the environment's own folder of programs, and nowhere else. */
export function locateInPrefix(prefix: string, word: string): string | undefined {
  return word.includes("/") ? undefined : runnable(join(prefix, "bin", word));
}

function runnable(file: string): string | undefined {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile() ? file : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A shim (pyenv, asdf, mise, volta) chooses the real interpreter by the folder it is called in: it is a script, or a link to a
 * program of another name.
 */
export function isShim(file: string, expectedName: RegExp): boolean {
  return readStart(file).startsWith("#!") || !expectedName.test(basename(realpathSync(file)));
}

const startLength = 1024;

/** The first bytes of a file, one character each; empty when it cannot be read. */
export function readStart(file: string, length = startLength): string {
  let descriptor: number;
  try {
    // A FIFO would wait for a writer.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return "";
  }
  try {
    const buffer = Buffer.allocUnsafe(length);
    return buffer.toString("latin1", 0, readSync(descriptor, buffer));
  } catch {
    return "";
  } finally {
    closeSync(descriptor);
  }
}
