/** The reading and writing of journals as processes of their own. */
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const place = realpathSync(mkdtempSync(join(tmpdir(), "colophon-journals-")));
export const program = join(place, "journal.mjs");

buildSync({
  entryPoints: [fileURLToPath(new URL("journal-entry.ts", import.meta.url))],
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  outfile: program,
  logLevel: "error",
});

export function makeFolder(): string {
  return mkdtempSync(join(place, "run-"));
}

export function removePlace(): void {
  rmSync(place, { recursive: true, force: true });
}

export const isLong = Boolean(process.env.COLOPHON_TEST_LONG);
