/** Jest's transform: esbuild strips the types and leaves the ES modules as they are. */
import { transformSync } from "esbuild";

export default {
  process(source, filename) {
    const { code, map } = transformSync(source, {
      loader: "ts",
      format: "esm",
      target: "node20",
      sourcefile: filename,
      sourcemap: "inline",
    });
    return { code, map: map || null };
  },
};
