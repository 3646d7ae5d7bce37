import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { describe, expect, test } from "@jest/globals";
import ts from "typescript";

interface Layer {
  /** Layers it may import as values and types. */
  readonly imports: readonly string[];
  /** Layers it may import as types only. */
  readonly types?: readonly string[];
  /** Packages; a trailing colon or slash stands for everything below. */
  readonly packages: readonly string[];
}

/** Who may import whom, from the inside out. A folder that is missing here fails. */
const layers: Record<string, Layer> = {
  errors: { imports: [], packages: [] },
  version: { imports: [], packages: [] },
  generated: { imports: [], packages: [] },
  manifest: { imports: ["errors", "generated"], packages: ["node:crypto"] },
  secrets: { imports: ["errors"], packages: [] },
  kinds: { imports: ["errors", "generated", "manifest"], packages: [] },
  query: { imports: ["errors"], packages: [] },
  draw: { imports: [], packages: [] },
  generators: { imports: ["errors", "generated", "manifest", "kinds"], packages: ["ml-matrix"] },
  files: { imports: ["errors", "manifest", "tables"], packages: ["node:", "write-file-atomic"] },
  tables: { imports: ["errors"], packages: ["node:", "hyparquet"] },
  git: {
    imports: ["errors", "generated", "manifest", "secrets"],
    packages: ["node:", "simple-git", "picomatch"],
  },
  environment: {
    imports: ["errors", "generated", "manifest", "secrets"],
    packages: ["node:", "systeminformation"],
  },
  process: { imports: ["errors", "secrets"], packages: ["node:"] },
  store: {
    imports: ["errors", "generated", "manifest", "files"],
    packages: ["node:", "picomatch", "yaml", "smol-toml"],
  },
  catalog: { imports: ["errors", "query"], packages: ["node:"] },
  operations: {
    imports: ["errors", "generated", "manifest", "kinds", "query", "draw", "generators"],
    types: ["secrets", "files", "tables", "git", "environment", "process", "store", "catalog"],
    packages: [],
  },
  "local-ports": {
    imports: [
      "errors",
      "version",
      "generated",
      "manifest",
      "kinds",
      "query",
      "secrets",
      "files",
      "tables",
      "git",
      "environment",
      "process",
      "store",
      "catalog",
      "operations",
    ],
    packages: ["node:", "nanoid"],
  },
  cli: {
    imports: [
      "errors",
      "version",
      "generated",
      "manifest",
      "kinds",
      "query",
      "draw",
      "generators",
      "operations",
      "local-ports",
    ],
    types: ["git", "process", "store", "environment", "catalog"],
    packages: ["node:"],
  },
  server: {
    imports: ["errors", "generated", "manifest", "kinds", "query", "draw", "operations", "local-ports"],
    packages: ["node:"],
  },
  api: {
    imports: ["errors", "generated", "manifest", "kinds", "operations", "local-ports"],
    packages: ["node:"],
  },
  index: {
    imports: ["api", "errors", "version", "generated", "manifest", "kinds", "operations", "local-ports"],
    packages: ["node:"],
  },
};

const source = new URL("../src/", import.meta.url);
const files = readdirSync(source, { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => file.endsWith(".ts") && !file.startsWith("generated/"));

interface Import {
  readonly from: string;
  readonly typeOnly: boolean;
}

function importsOf(file: string, text: string): Import[] {
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    if (
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
      node.moduleSpecifier !== undefined
    ) {
      found.push({ from: (node.moduleSpecifier as ts.StringLiteral).text, typeOnly: isTypeOnly(node) });
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      found.push({ from: (node.arguments[0] as ts.StringLiteral).text, typeOnly: false });
    } else if (ts.isCallExpression(node) && node.expression.getText(tree) === "require") {
      found.push({ from: (node.arguments[0] as ts.StringLiteral).text, typeOnly: false });
    } else if (ts.isImportTypeNode(node)) {
      found.push({
        from: ((node.argument as ts.LiteralTypeNode).literal as ts.StringLiteral).text,
        typeOnly: true,
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  const clause = node.importClause;
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  const named = clause.namedBindings;
  return (
    clause.name === undefined &&
    named !== undefined &&
    ts.isNamedImports(named) &&
    named.elements.length > 0 &&
    named.elements.every(({ isTypeOnly }) => isTypeOnly)
  );
}

function layerOf(path: string): string {
  return path.split("/")[0]!.replace(/\.(ts|js)$/, "");
}

/** What a file imports against the table, in words; empty when nothing. */
function trespasses(file: string, text: string): string[] {
  const name = layerOf(file);
  const layer = layers[name];
  if (layer === undefined) return [`${file} is in no layer of the table`];
  return importsOf(file, text).flatMap(({ from, typeOnly }) => {
    if (!from.startsWith(".")) {
      const allowed = layer.packages.some(
        (known) =>
          from === known || (/[:/]$/.test(known) && from.startsWith(known)) || from.startsWith(`${known}/`),
      );
      return allowed || typeOnly ? [] : [`${file} imports the package ${from}`];
    }
    const target = layerOf(posix.join(posix.dirname(file), from));
    const allowed = [name, ...layer.imports, ...(typeOnly ? (layer.types ?? []) : [])].includes(target);
    return allowed ? [] : [`${file} imports ${target} (${from})${typeOnly ? " as a type" : ""}`];
  });
}

describe("the layers of src", () => {
  test.each(files)("%s imports only what its layer may", (file) => {
    expect(trespasses(file, readFileSync(new URL(file, source), "utf8"))).toEqual([]);
  });

  test.each([
    ["operations/x.ts", 'import { captureSource } from "../git/capture.js";', 1],
    ["operations/x.ts", 'import type { Project } from "../store/project.js";', 0],
    ["operations/x.ts", 'import { type Project } from "../store/project.js";', 0],
    ["operations/x.ts", 'const git = await import("../git/capture.js");', 1],
    ["manifest/x.ts", 'import { readFileSync } from "node:fs";', 1],
    ["manifest/x.ts", 'export * from "../kinds/table.js";', 1],
    ["cli/x.ts", 'import { publishManifest } from "../index.js";', 1],
    ["kinds/x.ts", 'import git from "simple-git";', 1],
    ["cli/x.ts", 'import { startServer } from "../server/start.js";', 1],
    ["cli/x.ts", 'import type { Route } from "../server/route.js";', 1],
    ["server/x.ts", 'import { main } from "../cli/main.js";', 1],
    ["local-ports/x.ts", 'import { startServer } from "../server/start.js";', 1],
    ["helpers/x.ts", "", 1],
  ])("the test itself sees that %s with %j breaks %d rules", (file, text, count) => {
    expect(trespasses(file, text)).toHaveLength(count);
  });

  test("nothing needs the server: no layer may import it, and one file names it, for the command that starts it", () => {
    const named = files.filter((file) => readFileSync(new URL(file, source), "utf8").includes("server.cjs"));
    expect(named).toEqual(["local-ports/serve/load-server.ts"]);
    expect(
      Object.values(layers).filter(({ imports, types = [] }) => [...imports, ...types].includes("server")),
    ).toEqual([]);
  });

  test("no file is longer than 300 lines", () => {
    const long = files.filter((file) => readFileSync(new URL(file, source), "utf8").split("\n").length > 301);
    expect(long).toEqual([]);
  });

  test("pure layers ask nobody for the time, the environment or the current folder", () => {
    const pure = files.filter((file) =>
      ["errors", "manifest", "kinds", "generators", "secrets", "operations"].includes(layerOf(file)),
    );
    const asking = pure.filter((file) =>
      /\bDate\.now\(|\bnew Date\(\)|\bprocess\.|\bMath\.random\(/.test(
        readFileSync(new URL(file, source), "utf8"),
      ),
    );
    expect(asking).toEqual([]);
    expect(pure.length).toBeGreaterThan(20);
  });

  test("nothing is exported by default, and nothing evaluates text but the start, for the program, and a thread, for one call that can be stopped", () => {
    const text = files.map((file) => [file, readFileSync(new URL(file, source), "utf8")] as const);
    expect(text.filter(([, code]) => /^export default/m.test(code)).map(([file]) => file)).toEqual([]);
    expect(
      text
        .filter(([, code]) => /\beval\(|new Function\(|node:vm|shell: true/.test(code))
        .map(([file]) => file),
    ).toEqual(["cli/start.ts", "local-ports/run/console/thread.ts"]);
  });
});
