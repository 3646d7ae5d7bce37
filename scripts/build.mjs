/** Builds everything that is derived: validators and types from `spec/`, then the CLI, the API and its declarations. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Ajv2020 from "ajv/dist/2020.js";
import standaloneCode from "ajv/dist/standalone/index.js";
import { build } from "esbuild";
import { compile } from "json-schema-to-typescript";

const root = fileURLToPath(new URL("..", import.meta.url));
const generated = join(root, "src/generated");
const packageFile = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** Packages that only some calls need; they stay where npm put them, so that the others need not parse them. */
const rarelyNeeded = ["systeminformation", "simple-git", "yaml", "smol-toml", "hyparquet", "picomatch"];

const schemas = readSchemas();
mkdirSync(generated, { recursive: true });
await Promise.all([compileValidators(), writeTypes()]);
if (!process.argv.includes("--generated-only")) {
  await Promise.all([bundleCli(), bundleApi(), declareTypes()]);
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

/** One CJS file that starts fast; what a subcommand needs is initialised only when it is asked for. */
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
    external: rarelyNeeded,
    define: { COLOPHON_VERSION: JSON.stringify(packageFile.version) },
  };
  const outfile = join(root, "dist/colophon.cjs");
  await build({
    ...options,
    entryPoints: [join(root, "src/cli/bin.ts")],
    outfile,
    banner: { js: "#!/usr/bin/env node" },
  });
  chmodSync(outfile, 0o755);
}

async function bundleApi() {
  await build({
    entryPoints: [join(root, "src/index.ts")],
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    outfile: join(root, "dist/index.js"),
    legalComments: "none",
    logLevel: "warning",
    define: { COLOPHON_VERSION: JSON.stringify(packageFile.version) },
  });
}

async function declareTypes() {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const outDir = join(root, "dist/types");
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
