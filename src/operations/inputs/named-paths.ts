/** Which of the command's words name data: existing files and folders, but not the program, its script, or its configuration. */

/** Programs whose first plain word is a script of theirs. */
const interpreter =
  /^(python[0-9.]*|pypy[0-9.]*|node|nodejs|deno|bun|tsx|ts-node|Rscript|julia|ruby|perl|php|lua|bash|sh|zsh|dash|octave|matlab|java|ipython[0-9.]*)(\.exe)?$/;

/** Starters that put an interpreter behind them: `uv run python train.py`. */
const starters: Readonly<Record<string, number>> = {
  env: 1,
  nice: 1,
  time: 1,
  nohup: 1,
  uv: 2,
  poetry: 2,
  pipenv: 2,
  conda: 2,
  torchrun: 1,
  accelerate: 2,
  srun: 1,
  mpirun: 1,
};

/**
 * `exists` says whether a word, taken as a path from the current folder, is there. `configs` are the files that were
 * given to `--config`; words after the command's own `--config` are left out too. Order of the words, each path once.
 */
export function namedPaths(
  argv: readonly string[],
  configs: readonly string[],
  exists: (path: string) => boolean,
): string[] {
  const script = scriptAt(argv);
  const found = new Set<string>();
  for (const [index, word] of argv.entries()) {
    if (index <= script || index === 0) continue;
    const [flag, path] = splitFlag(word);
    const before = flag ?? argv[index - 1];
    if (path === "" || path.startsWith("-") || isConfigFlag(before) || configs.includes(path)) continue;
    if (exists(path)) found.add(path);
  }
  return [...found];
}

/** The index of the last word that is program rather than argument. */
function scriptAt(argv: readonly string[]): number {
  let program = 0;
  while (program < argv.length) {
    const skipped = starters[baseName(argv[program] as string)];
    if (skipped === undefined) break;
    program += skipped;
    while (program < argv.length && /^-|^[A-Za-z_]\w*=/.test(argv[program] as string)) program += 1;
  }
  const name = baseName(argv[program] ?? "");
  if (!interpreter.test(name))
    return /\.(py|sh|js|mjs|cjs|ts|R|jl|rb|pl)$/.test(name) ? program : Math.min(program, argv.length - 1);
  for (let index = program + 1; index < argv.length; index += 1) {
    const word = argv[index] as string;
    if (word === "-m" || word === "-c" || word === "-e") return index + 1;
    if (!word.startsWith("-")) return index;
  }
  return program;
}

function splitFlag(word: string): [string | undefined, string] {
  const joined = /^(--?[A-Za-z][\w.-]*)=(.*)$/s.exec(word);
  return joined === null ? [undefined, word] : [joined[1], joined[2] as string];
}

function isConfigFlag(word: string | undefined): boolean {
  return word === "--config" || word === "-config";
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
