/** Builds everything that is derived: validators and types from `spec/`, then the CLI, the API and its declarations. */
import { execFileSync } from "node:child_process";
import { hash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Ajv2020 from "ajv/dist/2020.js";
import standaloneCode from "ajv/dist/standalone/index.js";
import { build } from "esbuild";
import { compile } from "json-schema-to-typescript";

const root = fileURLToPath(new URL("..", import.meta.url));
const generated = join(root, "src/generated");
const dist = join(root, "dist");
const packageFile = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** Packages that only some calls need; they stay where npm put them, so that the others need not parse them. */
const rarelyNeeded = ["systeminformation", "simple-git", "yaml", "smol-toml", "picomatch"];

/** First words, and calls that need most of what such calls need; the first stands for every other word. */
const frequentUses = {
  "--version": ["--version"],
  run: ["run --synthetic-seed 1 -- true", "run --quiet --synthetic-seed 1 -- true"],
  validate: ["validate records", "validate --staged"],
};

const schemas = readSchemas();
mkdirSync(generated, { recursive: true });
mkdirSync(dist, { recursive: true });
await Promise.all([compileValidators(), writeTypes()]);
if (!process.argv.includes("--generated-only")) {
  await Promise.all([copyInjected(), bundleCli(), bundleApi(), declareTypes()]);
}

/** `experiment.schema.json` → `experiment`, `cli/validate.schema.json` → `cli_validate`. */
function readSchemas() {
  const files = readdirSync(join(root, "spec"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".schema.json") && !file.startsWith("examples"))
    .sort();
  return files.map((file) => ({
    name: file.replace(/\.schema\.json$/, "").replace(/[^A-Za-z0-9]+/g, "_"),
    schema: JSON.parse(readFileSync(join(root, "spec", file), "utf8")),
  }));
}

/**
 * Ajv at run time costs about 100 ms a process; compiled here, a validator loads in a millisecond. Each schema becomes a module
 * of its own, so that a bundle holds only those it uses.
 */
async function compileValidators() {
  const ajv = new Ajv2020.default({
    schemas: schemas.map(({ schema }) => withoutDescriptions(schema)),
    // Findings have words of their own, and people read descriptions in spec/.
    messages: false,
    loopRequired: 2,
    strict: true,
    // A cell or a key may be of several types.
    allowUnionTypes: true,
    allErrors: true,
    discriminator: true,
    ownProperties: true,
    code: { source: true, lines: false, esm: true },
  });
  await Promise.all(
    schemas.map(({ name, schema }) =>
      // The standalone code still calls `require` for Ajv's run-time helpers, so it is bundled.
      build({
        stdin: {
          contents: standaloneCode.default(ajv, { [name]: schema.$id }),
          resolveDir: root,
          loader: "js",
        },
        bundle: true,
        format: "esm",
        platform: "node",
        target: "node20",
        // Nobody reads this code, but every start of the CLI parses it.
        minify: true,
        outfile: join(generated, `validators/${name}.js`),
        logLevel: "warning",
      }),
    ),
  );
  const reexports = schemas
    .map(({ name }) => `export { ${name} } from "./validators/${name}.js";`)
    .join("\n");
  writeFileSync(
    join(generated, "validators.js"),
    `/** Written by scripts/build.mjs from spec/. */\n${reexports}\n`,
  );
  const declarations = schemas.map(({ name }) => `export const ${name}: CompiledValidator;`).join("\n");
  writeFileSync(
    join(generated, "validators.d.ts"),
    `/** Written by scripts/build.mjs from spec/. */
export interface SchemaError {
  keyword: string;
  instancePath: string;
  schemaPath: string;
  params: Record<string, unknown>;
  message?: string;
}
export interface CompiledValidator {
  (value: unknown): boolean;
  errors?: SchemaError[] | null;
}
${declarations}
`,
  );
}

function withoutDescriptions(schema) {
  if (Array.isArray(schema)) return schema.map(withoutDescriptions);
  if (typeof schema !== "object" || schema === null) return schema;
  const entries = Object.entries(schema).filter(
    ([key, value]) => key !== "description" || typeof value !== "string",
  );
  return Object.fromEntries(entries.map(([key, value]) => [key, withoutDescriptions(value)]));
}

async function writeTypes() {
  const parts = [];
  for (const { name, schema } of schemas) {
    parts.push(
      await compile(structuredClone(schema), name, {
        bannerComment: "",
        additionalProperties: false,
        declareExternallyReferenced: true,
        format: false,
        unknownAny: true,
      }),
    );
  }
  writeFileSync(
    join(generated, "types.ts"),
    `/** Written by scripts/build.mjs from spec/. */\n${parts.join("\n")}`,
  );
}

/**
 * `colophon.cjs` starts the program beside it. The program's name holds the digest of its text, so that what is compiled of it
 * can never be taken for another text's.
 */
async function bundleCli() {
  const options = {
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    logLevel: "warning",
  };
  const { outputFiles } = await build({
    ...options,
    entryPoints: [join(root, "src/cli/bin.ts")],
    write: false,
    external: rarelyNeeded,
    // A script of `node:vm` can only require.
    supported: { "dynamic-import": false },
    define: { COLOPHON_VERSION: JSON.stringify(packageFile.version) },
    banner: { js: "(function (require, __filename) {" },
    footer: { js: "})" },
  });
  const text = inAscii(outputFiles[0].text);
  const program = `program-${hash("sha256", text).slice(0, 8)}`;
  writeFileSync(join(dist, `${program}.cjs`), text);
  const outfile = join(dist, "colophon.cjs");
  await build({
    ...options,
    entryPoints: [join(root, "src/cli/start.ts")],
    outfile,
    define: {
      COLOPHON_PROGRAM: JSON.stringify(program),
      COLOPHON_COMPILED: JSON.stringify(Object.keys(frequentUses)),
    },
    banner: { js: "#!/usr/bin/env node" },
  });
  chmodSync(outfile, 0o755);
  const earlier = readdirSync(dist).filter((file) => /^program-/.test(file) && !file.startsWith(program));
  for (const file of earlier) rmSync(join(dist, file));
  compileProgram(join(dist, program));
}

/** The programs that observed commands load; `src/local-ports/run/observe.ts` looks for them beside the CLI. */
async function copyInjected() {
  const source = join(root, "src/process/observe/inject");
  const target = join(dist, "observe");
  rmSync(target, { recursive: true, force: true });
  cpSync(join(source, "python/sitecustomize.py"), join(target, "python/sitecustomize.py"));
  // NODE_OPTIONS came with Node 8; one that could not read the file would not start.
  await build({
    entryPoints: [join(source, "preload.cjs")],
    outfile: join(target, "preload.cjs"),
    platform: "node",
    format: "cjs",
    target: "node8",
    logLevel: "warning",
  });
}

/** What esbuild leaves beyond ASCII stands in regular expressions, where an escape means the same. */
function inAscii(text) {
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/**
 * Uses the program in a throw-away repository, and keeps the code that V8 compiled of it on the way. Where that fails, the
 * program is compiled at every start.
 */
function compileProgram(program) {
  const folder = mkdtempSync(join(tmpdir(), "colophon-build-"));
  const { PATH, TMPDIR } = process.env;
  const env = { PATH, TMPDIR, HOME: folder, GIT_CONFIG_NOSYSTEM: "1" };
  const call = (file, words) => execFileSync(file, words, { cwd: folder, env, stdio: "ignore" });
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
    for (const [use, calls] of Object.entries(frequentUses)) {
      for (const words of calls) call(process.execPath, [compiler, program, use, ...words.split(" ")]);
      call("git", ["add", "."]);
    }
  } catch (error) {
    console.warn(`the program could not be compiled: ${error.message}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function bundleApi() {
  await build({
    entryPoints: [join(root, "src/index.ts")],
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    outfile: join(dist, "index.js"),
    legalComments: "none",
    logLevel: "warning",
    define: { COLOPHON_VERSION: JSON.stringify(packageFile.version) },
  });
}

async function declareTypes() {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const outDir = join(dist, "types");
  const flags = [
    "--declaration",
    "--emitDeclarationOnly",
    "--noEmit",
    "false",
    "--rootDir",
    join(root, "src"),
    "--outDir",
    outDir,
  ];
  execFileSync(process.execPath, [tsc, "-p", join(root, "tsconfig.build.json"), ...flags], {
    stdio: "inherit",
    cwd: root,
  });
}
