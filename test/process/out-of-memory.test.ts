import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { makeFolder, plainEnv, readEnd, removePlace, until, wordsOf } from "./wrapped.js";

const group = makeGroup();
// Where all tests of a file are skipped, nothing is called after them.
if (group === null) removePlace();

afterAll(async () => {
  removePlace();
  if (group === null) return;
  const isGone = () => {
    try {
      rmdirSync(group);
      return true;
    } catch {
      return false; // A process in it is still ending.
    }
  };
  await until(isGone, "the control group to be empty");
});

/** A control group of our own with 200 MiB, of either version; `null` without the right to make one. */
function makeGroup(): string | null {
  for (const [root, limit] of [
    ["/sys/fs/cgroup/memory", "memory.limit_in_bytes"],
    ["/sys/fs/cgroup", "memory.max"],
  ] as const) {
    const folder = join(root, `colophon-test-${process.pid}`);
    try {
      mkdirSync(folder);
    } catch {
      continue;
    }
    try {
      readFileSync(join(folder, limit));
      writeFileSync(join(folder, limit), String(200 * 1024 * 1024));
      return folder;
    } catch {
      rmdirSync(folder);
    }
  }
  return null;
}

function runInGroup(argv: readonly string[]) {
  const folder = makeFolder();
  const script = 'echo $$ >"$0/cgroup.procs" && exec "$@"';
  const words = ["-c", script, group ?? "", process.execPath, ...wordsOf(folder, argv)];
  const { status } = spawnSync("sh", words, { env: plainEnv });
  return { status, end: readEnd(folder) };
}

describe("the end of a command", () => {
  const permitted = group === null ? test.skip : test;
  permitted(
    `tells a kill for want of memory from any other${group === null ? " (skipped: no right to make a control group)" : ""}`,
    () => {
      const hungry =
        "const all = []; for (let n = 0; n < 400; n += 1) all.push(Buffer.alloc(1024 * 1024, 1)); console.log('enough')";
      const killed = runInGroup([process.execPath, "-e", hungry]);
      expect([killed.status, killed.end.signal, killed.end.oomKilled]).toEqual([137, "SIGKILL", true]);
      const other = runInGroup(["sh", "-c", "kill -KILL $$"]);
      expect([other.status, other.end.signal, other.end.oomKilled]).toEqual([137, "SIGKILL", false]);
    },
  );
});
