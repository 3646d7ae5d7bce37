/** The file behind the command `colophon`: starts the program for the first word, with code that the build has compiled for this very Node. */
import { readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { Script } from "node:vm";
import { version } from "../version.js";

/** Put in by the build: files beside this one, without their ending, by the first words that they are for, and the one for all others. */
declare const COLOPHON_PROGRAMS: Readonly<Record<string, string>>;
declare const COLOPHON_PROGRAM: string;

const [, , word = ""] = process.argv;
if (word !== "--version" || !said(`${version}\n`)) start();

function start(): void {
  const program = join(
    __dirname,
    Object.hasOwn(COLOPHON_PROGRAMS, word) ? (COLOPHON_PROGRAMS[word] as string) : COLOPHON_PROGRAM,
  );
  const filename = `${program}.cjs`;
  // Its text is ASCII, which is read fastest this way.
  const script = new Script(readFileSync(filename, "latin1"), {
    filename,
    cachedData: compiledCode(program),
  });
  script.runInThisContext()(require, filename);
}

/** For another Node there is none, and V8 refuses what was compiled with other flags: the program then starts 35 ms later, `run` 50. */
function compiledCode(program: string): Buffer | undefined {
  try {
    return readFileSync(`${program}-${process.version}-${process.arch}.cache`);
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
