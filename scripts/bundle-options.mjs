/** How everything is bundled that is a file of its own beside the CLI. The API, the pages and the injected programs say their own. */

/** For esbuild. */
export const bundleOptions = {
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "none",
  logLevel: "warning",
};

/** Packages that only some calls need; they stay where npm put them, so that the others need not parse them. */
export const rarelyNeeded = [
  "systeminformation",
  "simple-git",
  "yaml",
  "smol-toml",
  "picomatch",
  "ml-matrix",
];

/** What esbuild leaves beyond ASCII stands in regular expressions, where an escape means the same. */
export function inAscii(text) {
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
