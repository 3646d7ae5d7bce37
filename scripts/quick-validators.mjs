/** The quick validators as a part: a file of its own, which a program that seldom judges loads with `loadPart` when it does. */
import { basename, join } from "node:path";
import { build } from "esbuild";
import { bundleOptions, inAscii } from "./bundle-options.mjs";
import { moduleOf } from "./compile-validators.mjs";
import { everyOne, writeNamed } from "./full-validators.mjs";

/** Gives the name of the file in `dist/`, without the ending, and the plugin by which a program leaves all there but `kept`. */
export async function bundleQuickValidators(root) {
  const { outputFiles } = await build({
    ...bundleOptions,
    stdin: everyOne("glance", join(root, "src/generated/validators")),
    write: false,
    format: "iife",
    globalName: "quick",
    banner: { js: "(function () {" },
    footer: { js: "return quick;})()" },
  });
  const file = writeNamed("validators-quick", inAscii(outputFiles[0].text), root);
  return { file, pluginKeeping: (kept) => leaveIn(file, kept) };
}

function leaveIn(file, kept) {
  return {
    name: "quick-validators",
    setup: ({ onLoad }) =>
      onLoad({ filter: /\/generated\/validators\/\w+\.js$/ }, ({ path }) => {
        const name = basename(path, ".js");
        if (kept.includes(name)) return undefined;
        return { contents: moduleOf(name, `() => loadPart("${file}").${name}()`) };
      }),
  };
}
