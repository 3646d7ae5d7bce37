/**
 * `compile-program.mjs PROGRAM WORD …` calls the program with these words, and adds what V8 compiled for that to the code that is
 * kept for it. PROGRAM is the path of the program without its ending.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { Script } from "node:vm";

const [, , program, ...words] = process.argv;
const filename = `${program}.cjs`;
const cache = `${program}-${process.version}-${process.arch}.cache`;
const script = new Script(readFileSync(filename, "latin1"), { filename, cachedData: readIfThere(cache) });
// V8 drops the code of functions that were not called for a while. Its flags must be what they were when the code is written.
setFlagsFromString("--no-flush-bytecode");
process.on("exit", () => {
  setFlagsFromString("--flush-bytecode");
  // The name belongs to this text, but a start at this moment must not find half of the code.
  writeFileSync(`${cache}.tmp`, script.createCachedData());
  renameSync(`${cache}.tmp`, cache);
});
process.argv = [process.execPath, join(dirname(program), "colophon.cjs"), ...words];
script.runInThisContext()(createRequire(filename), filename);

function readIfThere(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
