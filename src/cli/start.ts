/** The file behind the command `colophon`: starts the program for the first word, with code that the build has compiled for this very Node. */
import { readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { Script } from "node:vm";
import { version } from "../version.js";

/** Put in by the build: files beside this one, without their ending, by the first words that they are for, and the one for all others. */
declare const COLOPHON_PROGRAMS: Readonly<Record<string, string>>;
declare const COLOPHON_PROGRAM: string;

type Program = (require: NodeJS.Require, filename: string, loadPart: typeof load) => void;

/** Programs and parts, by the names of their files. */
const loaded: Record<string, unknown> = {};
const [, , word = ""] = process.argv;
if (word !== "--version" || !said(`${version}\n`)) start();

function start(): void {
  const program = Object.hasOwn(COLOPHON_PROGRAMS, word)
    ? (COLOPHON_PROGRAMS[word] as string)
    : COLOPHON_PROGRAM;
  const begin = load(program) as Program;
  begin(require, join(__dirname, `${program}.cjs`), load);
}

/** Gives what a program or a part evaluates to, which is read once. */
function load(name: string): unknown {
  loaded[name] ??= scriptOf(join(__dirname, name)).runInThisContext();
  return loaded[name];
}

function scriptOf(path: string): Script {
  const filename = `${path}.cjs`;
  // Its text is ASCII, which is read fastest this way.
  return new Script(readFileSync(filename, "latin1"), { filename, cachedData: compiledCode(path) });
}

/** For another Node there is none, and V8 refuses what was compiled with other flags: the program then starts 35 ms later, `run` 50. */
function compiledCode(path: string): Buffer | undefined {
  try {
    return readFileSync(`${path}-${process.version}-${process.arch}.cache`);
  } catch {
    return undefined;
  }
}

/** Where it cannot be written, the program says why. */
function said(text: string): boolean {
  try {
    return writeSync(1, text) === text.length;
  } catch {
    return false;
  }
}
