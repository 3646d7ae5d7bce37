/** Loaded before a tracker: kills it at the n-th step of a kind, `KILL_AT=kind,n,when` with `before`, `half` or `after`. */
const fs = require("node:fs");

const [kind, number, when] = process.env.KILL_AT.split(",");
const { writeSync, ftruncateSync } = fs;
let count = 0;

function step(name, half, whole) {
  if (name !== kind) return whole();
  count += 1;
  if (count !== Number(number)) return whole();
  if (when === "half") half();
  if (when === "after") whole();
  process.kill(process.pid, "SIGKILL");
}

/** A note goes to the beginning of the spool, what is held back is moved behind it, and all else goes to the log. */
function kindOf(text, position) {
  if (typeof text === "string") return "note";
  return position === undefined || position === null ? "log" : "move";
}

fs.writeSync = (descriptor, bytes, from, length, position) =>
  step(
    kindOf(bytes, position),
    () => writeSync(descriptor, bytes, from, length >> 1, position),
    () => writeSync(descriptor, bytes, from, length, position),
  );
fs.ftruncateSync = (descriptor, length) =>
  step(
    "truncate",
    () => {},
    () => ftruncateSync(descriptor, length),
  );
