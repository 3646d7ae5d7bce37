/** Makes a fresh clone ready: installs what the lock file names and builds, each only when it is not already done. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const installed = join(root, "node_modules/.package-lock.json");

if (changed(installed) < changed(join(root, "package-lock.json"))) {
  // The lock file decides every version, and nothing is written to it. No install script of any package is needed, so none is run.
  run("npm", ["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
}
// The hooks of this repository itself. Outside a checkout (an archive, say) there is nothing to hook into.
if (existsSync(join(root, ".git"))) run(process.execPath, [join(root, "node_modules/husky/bin.js")]);
const isOld = newest(["src", "spec", "scripts", "package.json"]) > changed(join(root, "dist/colophon.cjs"));
// Another Node than the one that built cannot use the code that was compiled then.
if (isOld || !files(join(root, "dist")).some((file) => file.includes(`-${process.version}-`))) {
  run(process.execPath, [join(root, "scripts/build.mjs")]);
}

function run(program, words) {
  execFileSync(program, words, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
}

function newest(names) {
  return Math.max(...names.flatMap((name) => files(join(root, name)).map(changed)));
}

function files(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter(({ name }) => name !== "generated")
    .flatMap(({ name }) => files(join(path, name)));
}

function changed(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
