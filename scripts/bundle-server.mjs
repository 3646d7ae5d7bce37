/** Bundles the server: `colophon serve` loads it from beside the program. Nothing else needs it, and the rest is built without it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { bundleOptions, rarelyNeeded } from "./bundle-options.mjs";

export async function bundleServer(root, version, { plugin }) {
  const start = join(root, "src/server/start.ts");
  if (!existsSync(start)) return;
  await build({
    ...bundleOptions,
    entryPoints: [start],
    external: rarelyNeeded,
    plugins: [plugin],
    outfile: join(root, "dist/server.cjs"),
    define: { COLOPHON_VERSION: JSON.stringify(version) },
  });
}
