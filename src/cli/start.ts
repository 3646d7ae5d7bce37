/** The file behind the command `colophon`: runs the program, with code that the build has compiled for this very Node. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Script } from "node:vm";

/** Put in by the build: the program's file beside this one, without its ending, and the first words that code was compiled for. */
declare const COLOPHON_PROGRAM: string;
declare const COLOPHON_COMPILED: readonly string[];

const program = join(__dirname, COLOPHON_PROGRAM);
const filename = `${program}.cjs`;
// Its text is ASCII, which is read fastest this way.
const script = new Script(readFileSync(filename, "latin1"), { filename, cachedData: compiledCode() });
script.runInThisContext()(require, filename);

/** For another Node there is none, and V8 refuses what was compiled with other flags: the program then starts 15 ms later, `run` 40. */
function compiledCode(): Buffer | undefined {
  const [, , word = ""] = process.argv;
  const use = COLOPHON_COMPILED.includes(word) ? word : COLOPHON_COMPILED[0];
  try {
    return readFileSync(`${program}-${process.version}-${process.arch}-${use}.cache`);
  } catch {
    return undefined;
  }
}
