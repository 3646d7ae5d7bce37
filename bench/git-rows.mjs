/** Git capture in this process, against one raw `git status`. */
import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { pairs, timedAsync } from "./measure.mjs";
import { makeRepository } from "./repository.mjs";

const run = promisify(execFile);

export async function gitRows({ scratch, short, library, env, row, count }) {
  for (const files of short ? [20] : [20, 20_000]) {
    const folder = makeRepository(join(scratch, `capture-${files}`), files, env);
    const cache = join(scratch, `cache-${files}`);
    mkdirSync(cache);
    const options = { env, isOwn: () => false, cache: () => cache };
    const capture = () => timedAsync(() => library.captureSource(folder, options));
    const status = () =>
      timedAsync(() =>
        run("git", ["--no-optional-locks", "status", "--porcelain=v2", "--branch", "-z", "-uall"], {
          cwd: folder,
          env,
          maxBuffer: 1 << 28,
        }),
      );
    await capture();
    // Stamps are trusted once they are a while old, as Git does it.
    await setTimeout(3000);
    await capture();
    const before = library.spawnCount();
    await capture();
    count(`processes of a Git capture, warm, ${files} files`, library.spawnCount() - before, 2);
    row(
      `Git capture in process, ${files} files`,
      "one raw status",
      await pairs(capture, status, short ? 9 : 21),
      1.15,
    );
  }
}
