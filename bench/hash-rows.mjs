/** Hashing: one big file and many small ones against OpenSSL, and unchanged data again against a pass of `stat`. */
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { pairs, processTime, timed, timedAsync } from "./measure.mjs";

export async function hashRows({ scratch, short, library, row }) {
  if (spawnSync("openssl", ["version"]).status !== 0) {
    console.log("hashing: skipped, openssl is not on this machine");
    return;
  }
  const big = join(scratch, "big.bin");
  const bytes = (short ? 128 : 1024) * 1024 * 1024;
  writeBig(big, bytes);
  const bigRow = await pairs(
    () => timedAsync(() => library.digestFile(big)),
    async () => processTime("openssl", ["dgst", "-sha256", big]),
    short ? 3 : 7,
    1,
  );
  row(`hash one file of ${bytes / 2 ** 20} MiB`, "openssl dgst", bigRow, 1.0);

  const many = join(scratch, "many");
  const files = short ? 2000 : 20_000;
  writeMany(many, files);
  const floor = async () =>
    processTime("sh", ["-c", "find . -type f -print0 | xargs -0 openssl dgst -sha256"], { cwd: many });
  row(
    `hash ${files} small files`,
    "xargs openssl dgst",
    await pairs(() => timedAsync(() => library.digestFolder(many)), floor, short ? 3 : 9, 1),
    1.15,
  );

  const cacheFolder = join(scratch, "digests");
  mkdirSync(cacheFolder);
  // A file that changed just now is not remembered, as it could change again within the same tick of the clock.
  await setTimeout(3000);
  await library.digestInput(many, { cache: library.openStatCache(cacheFolder) });
  const again = () =>
    timedAsync(() => library.digestInput(many, { cache: library.openStatCache(cacheFolder) }));
  row(
    `hash ${files} unchanged files again`,
    "a stat pass",
    await pairs(again, async () => timed(() => statAll(many)), short ? 3 : 15, 1),
    1.6,
  );
}

function writeBig(file, bytes) {
  const block = randomBytes(1 << 20);
  const descriptor = openSync(file, "w");
  for (let written = 0; written < bytes; written += block.length) writeSync(descriptor, block);
  closeSync(descriptor);
}

/** Old enough that a cache may trust their times. */
function writeMany(folder, files) {
  for (let index = 0; index < files; index += 1) {
    const inside = join(folder, `d${Math.floor(index / 200)}`);
    if (index % 200 === 0) mkdirSync(inside, { recursive: true });
    const file = join(inside, `f${index}.bin`);
    writeFileSync(file, randomBytes(4096));
    utimesSync(file, 1_700_000_000, 1_700_000_000);
  }
}

function statAll(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) statAll(path);
    else statSync(path, { bigint: true });
  }
}
