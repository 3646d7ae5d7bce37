/**
 * Bundles the CLI: `colophon.cjs` starts one of the programs beside it. A program's name holds the digest of its text, so that what is
 * compiled of it can never be taken for another text's.
 */
import { execFileSync } from "node:child_process";
import { hash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { bundleOptions, inAscii, rarelyNeeded } from "./bundle-options.mjs";
import { writeNamed } from "./full-validators.mjs";
import { generateRuns } from "./generate-runs.mjs";
import { bundleQuickValidators } from "./quick-validators.mjs";

/**
 * A start reads all of its program's text, so frequent commands have a program of their own, without the others. `words` are the first
 * words that it is for, those of its own processes and threads among them; the last program is for all other words. `calls` need most
 * of what such calls need. Where `quickValidators` names those that every call needs, the others are in the part, which `partCalls` need.
 */
const programs = [
  {
    name: "run",
    words: ["run", "__gather-slow-facts", "__read-console"],
    calls: ["run --synthetic-seed 1 -- true", "run --quiet --synthetic-seed 1 -- true"],
  },
  {
    name: "validate",
    words: ["validate", "__judge-files"],
    calls: ["validate records", "validate --staged"],
  },
  {
    name: "ls",
    words: ["ls"],
    quickValidators: ["config"],
    partCalls: ["ls --limit 1"],
    calls: [
      "ls --limit 5",
      "ls --where metrics.acc>0.5 --where params.lr=0.001 --sort -metrics.acc --limit 5 --columns params.lr,metrics.acc",
    ],
    prepare: manyRuns,
  },
  { name: "whole", words: [], calls: ["--help", "ls", "verify"] },
];

/** `validators` as `bundleFullValidators` gives them. */
export async function bundleCli(root, version, validators) {
  const dist = join(root, "dist");
  const define = {
    COLOPHON_VERSION: JSON.stringify(version),
    COLOPHON_SOURCE: JSON.stringify(digestOfSource(root)),
  };
  const quick = await bundleQuickValidators(root);
  const bundled = await Promise.all(
    programs.map(async (program) => ({
      ...program,
      file: await bundleProgram(program, { root, define, validators, quick }),
    })),
  );
  const outfile = join(dist, "colophon.cjs");
  await build({
    ...bundleOptions,
    entryPoints: [join(root, "src/cli/start.ts")],
    outfile,
    define: {
      ...define,
      COLOPHON_PROGRAMS: JSON.stringify(Object.fromEntries(bundled.flatMap(byWord))),
      COLOPHON_PROGRAM: JSON.stringify(bundled.at(-1).file),
    },
    banner: { js: "#!/usr/bin/env node" },
  });
  chmodSync(outfile, 0o755);
  const files = [validators.file, quick.file, ...bundled.map(({ file }) => file)];
  for (const file of readdirSync(dist)) {
    const isOurs = /^(program|validators)-/.test(file);
    if (isOurs && !files.some((name) => file.startsWith(name))) rmSync(join(dist, file));
  }
  compilePrograms(bundled, root);
}

function byWord({ words, file }) {
  return words.map((word) => [word, file]);
}

/** Gives the name of its file, without the ending. */
async function bundleProgram({ name, words, quickValidators }, { root, define, validators, quick }) {
  const { outputFiles } = await build({
    ...bundleOptions,
    entryPoints: [join(root, "src/cli/bin.ts")],
    write: false,
    external: rarelyNeeded,
    alias: {
      "signal-exit": join(root, "scripts/no-signal-exit.mjs"),
      worker_threads: join(root, "scripts/no-thread.mjs"),
    },
    plugins: [
      validators.plugin,
      ...(quickValidators === undefined ? [] : [quick.pluginKeeping(quickValidators)]),
      ...(words.length > 0 ? [onlyCommands(words)] : []),
    ],
    // A script of `node:vm` can only require.
    supported: { "dynamic-import": false },
    define,
    banner: { js: "(function (require, __filename, loadPart) {" },
    footer: { js: "})" },
  });
  return writeNamed(`program-${name}`, inAscii(outputFiles[0].text), root);
}

/** Leaves out the code of other commands, which is never asked for. */
function onlyCommands(words) {
  return {
    name: "only-commands",
    setup: ({ onResolve }) =>
      onResolve({ filter: /^\.\/commands\// }, ({ path }) =>
        words.includes(basename(path, ".js")) ? undefined : { path, external: true },
      ),
  };
}

/** What is kept is for lists of more runs than are looked at every time. The first list judges and remembers them. */
function manyRuns(folder, root) {
  const project = join(folder, "many");
  mkdirSync(project);
  writeFileSync(join(project, "colophon.json"), "{}\n");
  generateRuns(project, join(root, "spec"), 1100);
  return project;
}

/** Of everything that programs are made from: what one of them derives, the others may take for their own. */
function digestOfSource(root) {
  const folder = join(root, "src");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  const texts = files.sort().map((file) => `${file}\n${readFileSync(join(folder, file), "utf8")}`);
  return hash("sha256", texts.join("\n")).slice(0, 16);
}

/**
 * Uses the programs in a throw-away repository, and keeps the code that V8 compiled of them on the way. Where that fails, they are
 * compiled at every start.
 */
function compilePrograms(bundled, root) {
  const folder = mkdtempSync(join(tmpdir(), "colophon-build-"));
  const { PATH, TMPDIR } = process.env;
  const env = { PATH, TMPDIR, HOME: folder, GIT_CONFIG_NOSYSTEM: "1" };
  const call = (file, words, cwd = folder) => execFileSync(file, words, { cwd, env, stdio: "ignore" });
  const compiler = join(root, "scripts/compile-program.mjs");
  try {
    call("git", ["init", "--quiet"]);
    call("git", [
      "-c",
      "user.name=build",
      "-c",
      "user.email=@",
      "commit",
      "--allow-empty",
      "--message=Begin",
    ]);
    for (const { file, calls, partCalls = [], prepare } of bundled) {
      const program = join(root, "dist", file);
      const place = prepare?.(folder, root);
      const compile = (words) => call(process.execPath, [compiler, program, ...words.split(" ")], place);
      for (const words of partCalls) {
        compile(words);
        // What this needs of the program itself, every start would take in.
        rmSync(`${program}-${process.version}-${process.arch}.cache`);
      }
      for (const words of calls) compile(words);
      call("git", ["add", "."]);
    }
  } catch (error) {
    console.warn(`the programs could not be compiled: ${error.message}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
