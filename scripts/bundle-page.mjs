/** What the pages of figures load, as text in `src/generated/page.ts`: the server gives nothing that is not in it. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

export async function bundlePage(root, generated) {
  const source = join(root, "src/server/page");
  if (!existsSync(source)) return;
  const minified = async (file) => {
    const { outputFiles } = await build({
      entryPoints: [join(source, file)],
      bundle: true,
      write: false,
      minify: true,
      format: "iife",
      // The first that have light-dark().
      target: ["chrome123", "firefox120", "safari17.5"],
      legalComments: "none",
      logLevel: "warning",
    });
    return outputFiles[0].text;
  };
  const texts = {
    pageScript: await minified("client/page.ts"),
    pageStyle: await minified("page.css"),
    pageIcon: readFileSync(join(source, "icon.svg"), "utf8"),
  };
  const lines = Object.entries(texts).map(
    ([name, text]) => `export const ${name} = ${JSON.stringify(text)};`,
  );
  writeFileSync(
    join(generated, "page.ts"),
    `/** Written by scripts/build.mjs from src/server/page/. */\n${lines.join("\n")}\n`,
  );
}
