/** What `colophon plot` works with besides the records: pictures are written, and turned into pixels by a program that is there. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileError } from "../../errors.js";
import { writeAtomic } from "../../files/write-atomic.js";
import { findRepositoryHint } from "../../git/repository/find-repository.js";
import type { VisitBlocks } from "../../operations/plot/plot-runs.js";
import { type ColumnPlace, leastBytes, visitBlocks } from "../../store/metrics/visit-blocks.js";
import { openProject } from "../../store/project.js";
import { openStateFolder, stateFolderOf } from "../../store/state-folder.js";
import { sourceDigest, version } from "../../version.js";

/** Of runs anywhere; what is derived of them is kept in the project around the folder. */
export function openPoints(directory: string): VisitBlocks {
  const { root } = openProject(directory, findRepositoryHint(directory));
  const place: ColumnPlace = {
    root,
    stateFolder: stateFolderOf(root),
    openStateFolder: () => openStateFolder(root),
    fingerprint: JSON.stringify([version, sourceDigest, process.getuid?.() ?? null]),
    now: Date.now,
    leastBytes,
  };
  return (folder, asked, begin) => visitBlocks(folder, asked, begin, place);
}

export function writePicture(path: string, bytes: string | Uint8Array): void {
  writeAtomic(path, typeof bytes === "string" ? bytes : Buffer.from(bytes));
}

/** Words before the file of the SVG and, behind it, that of the PNG. */
const renderers: readonly (readonly [program: string, words: (from: string, to: string) => string[]])[] = [
  ["rsvg-convert", (from, to) => ["--zoom", "2", "--output", to, from]],
  ["resvg", (from, to) => ["--zoom", "2", from, to]],
  ["inkscape", (from, to) => [from, "--export-dpi=192", `--export-filename=${to}`]],
];

/** Twice as many pixels as the SVG has units. @throws FileError without a program that can do it. */
export function renderPng(svg: string, env: NodeJS.ProcessEnv): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "colophon-plot-"));
  const [from, to] = [join(folder, "plot.svg"), join(folder, "plot.png")];
  try {
    writeFileSync(from, svg);
    const faults: string[] = [];
    for (const [program, words] of renderers) {
      const { error, status, stderr } = spawnSync(program, words(from, to), {
        env,
        encoding: "utf8",
        timeout: 60_000,
      });
      if (error === undefined && status === 0) return readFileSync(to);
      if ((error as NodeJS.ErrnoException | undefined)?.code !== "ENOENT")
        faults.push(`${program}: ${error?.message ?? stderr.trim()}`);
    }
    const why = faults.length > 0 ? `; ${faults.join("; ")}` : "";
    throw new FileError(
      "NO_RENDERER",
      `no program that draws SVG is here (${renderers.map(([name]) => name).join(", ")})${why}`,
      {
        hint: "Install librsvg (apt install librsvg2-bin, brew install librsvg), or write SVG: --output plot.svg",
      },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
