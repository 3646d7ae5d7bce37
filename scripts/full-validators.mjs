/** What looks for every error of an invalid document: a file of its own, which only such a document makes a bundle load. */
import { hash } from "node:crypto";
import { readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { bundleOptions } from "./bundle-options.mjs";

/** Gives the name of the file in `dist/`, without the ending, and the plugin by which a bundle leaves them there. */
export async function bundleFullValidators(root) {
  const { outputFiles } = await build({
    ...bundleOptions,
    stdin: everyOne("look", join(root, "src/generated/validators/full")),
    write: false,
  });
  const file = writeNamed("validators", outputFiles[0].text, root);
  return { file, plugin: leaveIn(file) };
}

/** The bundle needs a `require` that starts in `dist/`. */
function leaveIn(file) {
  return {
    name: "full-validators",
    setup: ({ onLoad, onResolve }) => {
      onLoad({ filter: /\/validators\/full\/\w+\.js$/ }, ({ path }) => ({
        contents: `export const look = () => require("./${file}.cjs").${basename(path, ".js")}();`,
      }));
      onResolve({ filter: /^\.\/validators-/ }, ({ path }) => ({ path, external: true }));
    },
  };
}

/** A module that exports `made` of every module of the folder under that one's name. */
export function everyOne(made, folder) {
  // Tests hold output to the schemas of the CLI; no program does.
  const names = readdirSync(folder)
    .filter((file) => file.endsWith(".js"))
    .map((file) => basename(file, ".js"))
    .filter((name) => !name.startsWith("cli_"));
  return {
    contents: names.map((name) => `export { ${made} as ${name} } from "./${name}.js";`).join("\n"),
    resolveDir: folder,
  };
}

/** Names a file of `dist/` by its text; gives the name without the ending. */
export function writeNamed(name, text, root) {
  const file = `${name}-${hash("sha256", text).slice(0, 8)}`;
  writeFileSync(join(root, "dist", `${file}.cjs`), text);
  return file;
}
