/**
 * Compiles schemas into validators. Ajv at run time costs about 100 ms a process; compiled here, a validator loads in a millisecond.
 * Each schema becomes a module of its own, so that a bundle holds only those it uses.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020.js";
import standaloneCode from "ajv/dist/standalone/index.js";
import { build } from "esbuild";

/** `schemas` are `{name, schema}`; the modules go into the folder `generated`. */
export async function compileValidators(schemas, generated) {
  const quick = compiler(schemas, false);
  const full = compiler(schemas, true);
  // Every module in there is bundled, whoever left it.
  rmSync(join(generated, "validators"), { recursive: true, force: true });
  mkdirSync(join(generated, "validators/full"), { recursive: true });
  await Promise.all(
    schemas.map(async ({ name, schema }) => {
      const [glance, look] = await Promise.all([
        // What it says of errors nobody reads.
        factory(standaloneCode.default(quick, { validate: schema.$id }).replaceAll(errorObject, "0")),
        factory(standaloneCode.default(full, { validate: schema.$id })),
      ]);
      writeFileSync(join(generated, `validators/${name}.js`), moduleOf(name, glance));
      writeFileSync(join(generated, `validators/full/${name}.js`), `export const look = ${look};\n`);
    }),
  );
  writeFileSync(join(generated, "validators.js"), reexports(schemas));
  writeFileSync(join(generated, "validators.d.ts"), declarations(schemas));
}

function compiler(schemas, allErrors) {
  return new Ajv2020.default({
    schemas: schemas.map(({ schema }) => withoutDescriptions(schema)),
    // Findings have words of their own, and people read descriptions in spec/.
    messages: false,
    loopRequired: 2,
    strict: true,
    // A cell or a key may be of several types.
    allowUnionTypes: true,
    allErrors,
    discriminator: true,
    ownProperties: true,
    code: { source: true, lines: false, esm: true },
  });
}

/** As Ajv spells it, with at most one object inside. */
const errorObject = /\{instancePath[,:](?:[^{}]|\{[^{}]*\})*\}/g;

/** An expression that gives the validator. The standalone code still calls `require` for Ajv's run-time helpers, so it is bundled. */
async function factory(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname, loader: "js" },
    bundle: true,
    format: "iife",
    globalName: "made",
    platform: "node",
    target: "node20",
    // Nobody reads this code, but every start of the CLI reads past it.
    minify: true,
    write: false,
    logLevel: "warning",
  });
  return `() => {${outputFiles[0].text}return made.validate;}`;
}

/**
 * Nearly all documents are valid, and that is asked by code of half the size that stops at the first error. Only what it refuses is
 * looked at for every error, and that look decides. Code that nobody calls is never compiled. `glance` is an expression that gives the
 * quick one.
 */
export function moduleOf(name, glance) {
  return `import { look } from "./full/${name}.js";
export const glance = ${glance};
let isValid;
let validate;
export function ${name}(value) {
  isValid ??= glance();
  ${name}.errors = null;
  if (isValid(value)) return true;
  validate ??= look();
  const valid = validate(value);
  ${name}.errors = validate.errors;
  return valid;
}
`;
}

function reexports(schemas) {
  const lines = schemas.map(({ name }) => `export { ${name} } from "./validators/${name}.js";`);
  return `/** Written by scripts/compile-validators.mjs from spec/. */\n${lines.join("\n")}\n`;
}

function declarations(schemas) {
  const lines = schemas.map(({ name }) => `export const ${name}: CompiledValidator;`);
  return `/** Written by scripts/compile-validators.mjs from spec/. */
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
${lines.join("\n")}
`;
}

function withoutDescriptions(schema) {
  if (Array.isArray(schema)) return schema.map(withoutDescriptions);
  if (typeof schema !== "object" || schema === null) return schema;
  const entries = Object.entries(schema).filter(
    ([key, value]) => key !== "description" || typeof value !== "string",
  );
  return Object.fromEntries(entries.map(([key, value]) => [key, withoutDescriptions(value)]));
}
