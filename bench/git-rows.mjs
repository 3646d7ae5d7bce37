/** Git capture and snapshots in this process, against one raw `git status`. */
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
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
    const options = { env, cache: () => cache };
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
    await snapshotRow(folder, files, { options, status, short, library, row });
  }
}

/** Of edits to ten files and ten new ones, every time others. */
async function snapshotRow(folder, files, { options, status, short, library, row }) {
  let taken = 0;
  const edit = () => {
    taken += 1;
    for (let index = 0; index < 10; index += 1) {
      writeFileSync(join(folder, `d0/f${index}.txt`), `${taken}\n`);
      writeFileSync(join(folder, `new-${index}.txt`), `${taken}\n`);
    }
  };
  const snapshot = async () => {
    edit();
    const captured = await library.captureSource(folder, options);
    const suffix = taken.toString(36).padStart(6, "0");
    const request = {
      env: options.env,
      experimentId: `20261120T104207Z_${captured.git.sha.slice(0, 7)}_${suffix}`,
      scan: library.findSecretRules,
      now: Date.now,
    };
    let state;
    const time = await timedAsync(async () => {
      state = (await library.takeSnapshot(captured, request)).record.state;
    });
    if (state !== "stored") throw new Error(`the snapshot is ${state}`);
    return time;
  };
  await snapshot();
  row(
    `snapshot of 20 edits, ${files} files`,
    "one raw status",
    await pairs(snapshot, status, short ? 9 : 21),
    1.6,
  );
}
