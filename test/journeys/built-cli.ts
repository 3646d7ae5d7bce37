/** The program as users get it: `dist/colophon.cjs`, built when it is missing or older than what it is made from. */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const program = join(root, "dist/colophon.cjs");
const lock = join(root, "dist/.building");

/** Gives its absolute path. Jest's workers are processes: one of them builds, the others wait for it. */
export function builtCli(): string {
  mkdirSync(join(root, "dist"), { recursive: true });
  takeLock();
  try {
    if (!isFresh())
      execFileSync(process.execPath, [join(root, "scripts/build.mjs")], { cwd: root, stdio: "pipe" });
  } finally {
    releaseLock();
  }
  return program;
}

function isFresh(): boolean {
  const built = statSync(program, { throwIfNoEntry: false })?.mtimeMs;
  if (built === undefined) return false;
  const files = ["src", "spec", "scripts"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((file) => `${folder}/${file}`),
  );
  // The build writes src/generated itself, before the program; what it is generated from stands in spec/.
  return [...files, "package.json"]
    .filter((file) => !file.startsWith("src/generated") && !file.startsWith("spec/examples"))
    .every((file) => statSync(join(root, file)).mtimeMs <= built);
}

function takeLock(): void {
  for (;;) {
    try {
      mkdirSync(lock);
      writeFileSync(join(lock, "pid"), String(process.pid));
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      if (holderIsGone()) releaseLock();
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    }
  }
}

/** A worker that was killed while it built left its lock behind. */
function holderIsGone(): boolean {
  const file = join(lock, "pid");
  try {
    // The holder writes its number right after it made the folder; between the two it is not gone.
    if (!existsSync(file)) return Date.now() - statSync(lock).mtimeMs > 10_000;
    process.kill(Number(readFileSync(file, "utf8")), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

function releaseLock(): void {
  try {
    rmSync(join(lock, "pid"), { force: true });
    rmdirSync(lock);
  } catch (error) {
    // Another worker came first.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
