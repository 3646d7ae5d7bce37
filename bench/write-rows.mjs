/** One atomic write, against the same system calls made by hand. */
import { closeSync, fsyncSync, openSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { pairs, timed } from "./measure.mjs";

const text = `${JSON.stringify({ manifest: "x".repeat(4000) })}\n`;

export async function writeRows({ scratch, short, library, row }) {
  const target = join(scratch, "atomic.json");
  const times = short ? 20 : 50;
  const repeat = (work) => () => timed(() => Array.from({ length: times }, work));
  const measured = await pairs(
    repeat(() => library.writeAtomic(target, text)),
    repeat((_, index) => byHand(scratch, join(scratch, "hand.json"), index)),
    short ? 5 : 15,
  );
  row(`${times} atomic writes of 4 KiB`, "open, write, fsync, rename, fsync", measured, 1.6);
}

function byHand(folder, target, index) {
  const temporary = `${target}.${index}.tmp`;
  const descriptor = openSync(temporary, "wx");
  writeSync(descriptor, text);
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(temporary, target);
  const parent = openSync(folder, "r");
  fsyncSync(parent);
  closeSync(parent);
}
