/** What fixtures are verified, loaded, compared and replayed with on this machine. */
import { existsSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Finding } from "../../errors.js";
import { resolveInside } from "../../files/contain.js";
import type { FixturePlace } from "../../operations/fixtures/read-fixture.js";
import type { ReplayPorts } from "../../operations/fixtures/replay-fixture.js";
import { readLines } from "../../store/fixtures/read-lines.js";
import { readOrdered } from "../../store/fixtures/read-ordered.js";
import { readDocument } from "../../store/read-document.js";

/** A parameter snapshot holds a profile, which may be of any size. */
const mostBytes = 256 << 20;

export const fixturePorts: ReplayPorts = {
  locate,
  readFile,
  openLines: (folder, name, onBytes) => {
    const path = resolveInside(folder, name);
    return existsSync(path) ? readLines(path, onBytes && { onBytes }) : undefined;
  },
  openOrdered: (folder, name, keysOf, compare) =>
    readOrdered(resolveInside(folder, name), { keysOf, compare }),
  clock: () => performance.now(),
  sleep: async (milliseconds, signal) => {
    await sleep(milliseconds, undefined, signal && { signal });
  },
};

/** A folder, or the manifest in it under whatever name. */
function locate(path: string): FixturePlace | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile()) return { folder: dirname(path), manifestName: basename(path) };
  if (!found?.isDirectory() || !existsSync(join(path, "manifest.json"))) return undefined;
  return { folder: path, manifestName: "manifest.json" };
}

function readFile(folder: string, name: string): Uint8Array | Finding {
  return readDocument(folder, resolveInside(folder, name), mostBytes);
}
