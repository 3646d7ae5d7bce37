/** Builds everything that is derived: validators and types from `spec/`, then the CLI, the API and its declarations. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { compile } from "json-schema-to-typescript";
import { bundleCli } from "./bundle-cli.mjs";
import { bundlePage } from "./bundle-page.mjs";
import { bundleServer } from "./bundle-server.mjs";
import { compileValidators } from "./compile-validators.mjs";
import { bundleFullValidators } from "./full-validators.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const generated = join(root, "src/generated");
const dist = join(root, "dist");
const packageFile = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const schemas = readSchemas();
mkdirSync(generated, { recursive: true });
mkdirSync(dist, { recursive: true });
await Promise.all([compileValidators(schemas, generated), writeTypes(), bundlePage(root, generated)]);
if (!process.argv.includes("--generated-only")) {
  const validators = await bundleFullValidators(root);
  await Promise.all([
    copyInjected(),
    bundleCli(root, packageFile.version, validators),
    bundleServer(root, packageFile.version, validators),
    bundleApi(validators),
    declareTypes(),
  ]);
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

async function bundleApi({ plugin }) {
  await build({
    entryPoints: [join(root, "src/index.ts")],
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    outfile: join(dist, "index.js"),
    plugins: [plugin],
    banner: {
      js: 'import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);',
    },
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
    // `npm run types` judges them; here they are only written, in a third of the time.
    "--noCheck",
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
