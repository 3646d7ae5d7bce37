/**
 * `compile-program.mjs PROGRAM WORD …` calls the program with these words, and adds what V8 compiled for that to the code that is
 * kept for it and its parts. PROGRAM is the path of the program without its ending.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { Script } from "node:vm";

const [, , program, ...words] = process.argv;
const dist = dirname(program);
const loaded = {};
/** By the files that their code is kept in. */
const scripts = new Map();
process.on("exit", () => {
  setFlagsFromString("--flush-bytecode");
  for (const [cache, script] of scripts) {
    // The name belongs to this text, but a start at this moment must not find half of the code.
    writeFileSync(`${cache}.tmp`, script.createCachedData());
    renameSync(`${cache}.tmp`, cache);
  }
});
process.argv = [process.execPath, join(dist, "colophon.cjs"), ...words];
const filename = `${program}.cjs`;
load(basename(program))(createRequire(filename), filename, load);

/** As `src/cli/start.ts` does. */
function load(name) {
  loaded[name] ??= scriptOf(join(dist, name)).runInThisContext();
  return loaded[name];
}

function scriptOf(path) {
  const filename = `${path}.cjs`;
  const cache = `${path}-${process.version}-${process.arch}.cache`;
  // V8 drops the code of functions that were not called for a while. Its flags must be what they were when code is read and written.
  setFlagsFromString("--flush-bytecode");
  const script = new Script(readFileSync(filename, "latin1"), { filename, cachedData: readIfThere(cache) });
  setFlagsFromString("--no-flush-bytecode");
  scripts.set(cache, script);
  return script;
}

function readIfThere(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
