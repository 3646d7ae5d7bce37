/** Jest's transform: esbuild strips the types and leaves the ES modules as they are, save that no two of them are imported at once. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { transformSync } from "esbuild";

const require = createRequire(import.meta.url);
const ownText = readFileSync(new URL(import.meta.url));

export default {
  process(source, filename) {
    const { code, map } = transformSync(importingInTurn(source, filename), {
      loader: "ts",
      format: "esm",
      target: "node20",
      sourcefile: filename,
      sourcemap: "inline",
    });
    return { code, map: map || null };
  },
  /** What another version of this file made is not taken from the cache. */
  getCacheKey(source, filename) {
    return createHash("sha256").update(ownText).update(`\0${filename}\0${source}`).digest("hex");
  },
};

/**
 * Jest links the modules of each `import()` by itself. Where two are under way at once, and share a module that is not linked yet, Node before
 * 24.9 fails one of them with "request for … is not in cache", now and then. So each waits here for the one before it. The bundles are
 * a file each, and Node links what it imports itself: they need no such thing.
 */
function importingInTurn(source, filename) {
  if (!source.includes("import(")) return source;
  let text = source;
  for (const [start, end] of importCalls(source, filename).reverse())
    text = `${text.slice(0, start)}importInTurn(() => ${text.slice(start, end)})${text.slice(end)}`;
  return `${text}\n${importInTurn}`;
}

/** Where each dynamic import stands: only a parser tells it from a text or a type that looks the same. */
function importCalls(source, filename) {
  const ts = require("typescript");
  const tree = ts.createSourceFile(filename, source, ts.ScriptTarget.Latest);
  const found = [];
  const visit = (node) => {
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      found.push([node.getStart(tree), node.end]);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

function importInTurn(load) {
  globalThis.lastImport = Promise.resolve(globalThis.lastImport).then(load, load);
  return globalThis.lastImport;
}
