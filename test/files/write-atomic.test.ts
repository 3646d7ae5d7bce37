import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { buildSync } from "esbuild";
import { writeAtomic, writeNew } from "../../src/files/write-atomic.js";
import { codeOf, faultOf, hasProgram, isLinux, isRoot, makePipe, scratchFolder, testIf } from "./scratch.js";

const root = scratchFolder();
const program = join(root, "write-program.cjs");
const modeOf = (path: string) => statSync(path).mode & 0o7777;
const newFolder = () => mkdtempSync(join(root, "case-"));

const canTrace = hasProgram("strace") && spawnSync("strace", ["-f", "true"]).status === 0;
const canMount = spawnSync("unshare", ["-rm", "sh", "-c", `mount -t tmpfs tmpfs ${root}`]).status === 0;

beforeAll(() => {
  const entry = fileURLToPath(new URL("./write-program.ts", import.meta.url));
  buildSync({
    entryPoints: [entry],
    bundle: true,
    platform: "node",
    format: "cjs",
    outfile: program,
    logLevel: "error",
  });
});

/** Runs the program under strace; answers with what it printed and the traced calls. */
function trace(target: string, options: readonly string[], text = "new"): { printed: string; calls: string } {
  const log = join(newFolder(), "calls");
  const { stdout } = spawnSync("strace", [
    "-f",
    "-o",
    log,
    ...options,
    process.execPath,
    program,
    target,
    text,
  ]);
  return { printed: stdout.toString(), calls: readFileSync(log, "utf8") };
}

describe("writeAtomic", () => {
  test("creates a file with the permissions of the umask", () => {
    const path = join(newFolder(), "manifest.json");
    writeAtomic(path, "{}\n");
    expect(readFileSync(path, "utf8")).toBe("{}\n");
    expect(modeOf(path)).toBe(0o666 & ~process.umask());
  });

  test("replaces a file, keeps its permissions and leaves nothing beside it", () => {
    const folder = newFolder();
    const path = join(folder, "manifest.json");
    writeFileSync(path, "old and longer");
    chmodSync(path, 0o640);
    writeAtomic(path, "new");
    expect(readFileSync(path, "utf8")).toBe("new");
    expect(modeOf(path)).toBe(0o640);
    expect(readdirSync(folder)).toEqual(["manifest.json"]);
  });

  test("gives the permissions that were asked for, whatever the umask", () => {
    const path = join(newFolder(), "log");
    writeAtomic(path, "private", { mode: 0o602 });
    expect(modeOf(path)).toBe(0o602);
  });

  test("takes bytes, a view of bytes, an empty text and a URL", () => {
    const path = join(newFolder(), "name with blank");
    writeAtomic(pathToFileURL(path), Buffer.from("abcdef").subarray(2, 4));
    expect(readFileSync(path, "utf8")).toBe("cd");
    writeAtomic(path, new Uint8Array([0xff, 0]));
    expect([...readFileSync(path)]).toEqual([0xff, 0]);
    writeAtomic(path, "");
    expect(readFileSync(path)).toHaveLength(0);
  });

  test("refuses a link, to a file or to nothing, and leaves what it points to alone", async () => {
    const folder = newFolder();
    writeFileSync(join(folder, "target"), "precious");
    symlinkSync("target", join(folder, "link"));
    symlinkSync("nothing", join(folder, "dangling"));
    expect(await codeOf(() => writeAtomic(join(folder, "link"), "new"))).toBe("SYMLINK_AT_TARGET");
    expect(await codeOf(() => writeAtomic(join(folder, "dangling"), "new"))).toBe("SYMLINK_AT_TARGET");
    expect(readFileSync(join(folder, "target"), "utf8")).toBe("precious");
    expect(existsSync(join(folder, "nothing"))).toBe(false);
  });

  test("refuses a folder and a pipe in the place of the file", async () => {
    const folder = newFolder();
    mkdirSync(join(folder, "inner"));
    makePipe(join(folder, "pipe"));
    expect(await codeOf(() => writeAtomic(join(folder, "inner"), "new"))).toBe("TARGET_NOT_A_FILE");
    expect(await codeOf(() => writeAtomic(join(folder, "pipe"), "new"))).toBe("TARGET_NOT_A_FILE");
    expect(readdirSync(folder).sort()).toEqual(["inner", "pipe"]);
  });

  test("never makes a folder, and says which one is missing (Y36, C11)", async () => {
    const folder = newFolder();
    writeFileSync(join(folder, "file"), "");
    const missing = await faultOf(() => writeAtomic(join(folder, "it's", "manifest.json"), "new"));
    expect(missing.code).toBe("PARENT_MISSING");
    expect(missing.message).toContain(join(folder, "it's"));
    expect(missing.hint).toContain(`mkdir -p '${folder}/it'\\''s'`);
    expect(await codeOf(() => writeAtomic(join(folder, "file", "manifest.json"), "new"))).toBe(
      "PARENT_MISSING",
    );
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  testIf(isLinux, "needs /sys")(
    "says that the system refuses, and keeps the first error as cause (Y35)",
    async () => {
      const fault = await faultOf(() => writeAtomic("/sys/kernel/colophon.json", "new"));
      expect(fault.code).toBe("WRITE_REFUSED");
      expect((fault.cause as NodeJS.ErrnoException).syscall).toBe("open");
    },
  );

  testIf(!isRoot, "root may write anywhere")("leaves a file in a read-only folder as it is", async () => {
    const folder = newFolder();
    const path = join(folder, "manifest.json");
    writeFileSync(path, "old");
    chmodSync(folder, 0o555);
    expect(await codeOf(() => writeAtomic(path, "new"))).toBe("WRITE_REFUSED");
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(readdirSync(folder)).toEqual(["manifest.json"]);
    chmodSync(folder, 0o755);
  });

  test("reports a name that is too long", async () => {
    expect(await codeOf(() => writeAtomic(join(newFolder(), "n".repeat(250)), "new"))).toBe("WRITE_FAILED");
  });

  test("shows a reader the old text or the new, never a part of one", async () => {
    const turns = process.env.COLOPHON_TEST_LONG ? 4000 : 400;
    const path = join(newFolder(), "manifest.json");
    writeFileSync(path, "x".repeat(4096));
    const writer = spawn(process.execPath, [program, path, "x", String(turns)]);
    const ended = new Promise<string>((resolve) => writer.stdout.on("data", (data) => resolve(String(data))));
    let running = true;
    void ended.then(() => {
      running = false;
    });
    let reads = 0;
    const seen = new Set<string>();
    while (running) {
      seen.add(readFileSync(path, "utf8"));
      reads++;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await ended).toBe("written");
    console.log(`${reads} reads during ${turns} writes, ${seen.size} different texts`);
    expect([...seen].filter((text) => !/^(x{4096}|X{4096})$/.test(text))).toEqual([]);
    expect(reads).toBeGreaterThan(0);
  });

  testIf(canTrace, "strace does not work here")(
    "syncs twice: the new file before the rename, its folder after it",
    () => {
      const folder = newFolder();
      const { printed, calls } = trace(join(folder, "manifest.json"), [
        "-y",
        "-e",
        "trace=fsync,fdatasync,rename,renameat2",
      ]);
      expect(printed).toBe("written");
      const order = calls
        .split("\n")
        .filter((line) => line.includes(folder))
        .map((line) => /(fsync|rename)\w*\(/.exec(line)?.[1]);
      expect(order).toEqual(["fsync", "rename", "rename", "fsync"]);
      expect(calls).toContain(`${folder}>)`);
    },
  );

  testIf(canTrace, "strace does not work here")(
    "writes beside the target under a name that cannot be guessed (F2, Y32)",
    () => {
      const folder = newFolder();
      const { calls } = trace(join(folder, "manifest.json"), ["-e", "trace=open,openat"]);
      const names = calls.split("\n").filter((line) => line.includes("O_CREAT") && line.includes(folder));
      expect(names).toHaveLength(1);
      expect(names[0]).toMatch(/manifest\.json\.[0-9a-f]{32}\.tmp/);
    },
  );

  for (const [errno, code] of [
    ["ENOSPC", "DISK_FULL"],
    ["EDQUOT", "DISK_FULL"],
    ["EROFS", "WRITE_REFUSED"],
    ["ESTALE", "WRITE_FAILED"],
    ["EIO", "WRITE_FAILED"],
  ] as const) {
    testIf(canTrace, "strace does not work here")(
      `leaves the old file and no other when syncing ends with ${errno}`,
      () => {
        const folder = newFolder();
        const path = join(folder, "manifest.json");
        writeFileSync(path, "old");
        const { printed } = trace(path, ["-e", "trace=fsync", "-e", `inject=fsync:error=${errno}:when=1`]);
        expect(printed).toMatch(new RegExp(`^FileError ${code} `));
        expect(readFileSync(path, "utf8")).toBe("old");
        expect(readdirSync(folder)).toEqual(["manifest.json"]);
      },
    );
  }

  testIf(canTrace, "strace does not work here")(
    "says when the folder could not be synced, and accepts a file system that has no such call",
    () => {
      const path = join(newFolder(), "manifest.json");
      const { printed } = trace(path, ["-e", "trace=fsync", "-e", "inject=fsync:error=EIO:when=2"]);
      expect(printed).toMatch(/^FileError NOT_SYNCED /);
      expect(readFileSync(path, "utf8")).toHaveLength(3 * 4096);
      expect(trace(path, ["-e", "trace=fsync", "-e", "inject=fsync:error=EINVAL:when=2"]).printed).toBe(
        "written",
      );
    },
  );

  testIf(canMount, "unprivileged mounts are not allowed here")(
    "refuses the beginning of a file when the disk is full",
    () => {
      const folder = newFolder();
      const script = `mount -t tmpfs -o size=64k tmpfs "$1" && printf old > "$1/f" && "$2" "$3" "$1/f" "${"n".repeat(64)}"; echo; cat "$1/f"; echo; ls -A "$1"`;
      const printed = execFileSync("unshare", [
        "-rm",
        "sh",
        "-c",
        script,
        "sh",
        folder,
        process.execPath,
        program,
      ]).toString();
      expect(printed.split("\n").slice(0, 3)).toEqual([
        expect.stringMatching(/^FileError DISK_FULL .*bytes were written$/),
        "old",
        "f",
      ]);
    },
  );
});

describe("writeNew", () => {
  test("creates a file, and refuses a name that is taken, even by a link to nothing", async () => {
    const folder = newFolder();
    writeNew(join(folder, "facts.json"), "{}\n", 0o600);
    expect(readFileSync(join(folder, "facts.json"), "utf8")).toBe("{}\n");
    expect(modeOf(join(folder, "facts.json"))).toBe(0o600 & ~process.umask());
    symlinkSync("nothing", join(folder, "link"));
    expect(await codeOf(() => writeNew(join(folder, "facts.json"), "new"))).toBe("FILE_EXISTS");
    expect(await codeOf(() => writeNew(join(folder, "link"), "new"))).toBe("FILE_EXISTS");
    expect(await codeOf(() => writeNew(join(folder, "none", "facts.json"), "new"))).toBe("PARENT_MISSING");
    expect(existsSync(join(folder, "nothing"))).toBe(false);
  });
});
