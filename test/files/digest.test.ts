import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { digestBytes, digestFile } from "../../src/files/digest.js";
import { codeOf, faultOf, hasProgram, isLinux, isRoot, makePipe, scratchFolder, testIf } from "./scratch.js";

const root = scratchFolder();
const reference = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

function make(name: string, content: string | Uint8Array): string {
  const path = join(root, name);
  writeFileSync(path, content);
  utimesSync(path, 1e9, 1e9);
  return path;
}

describe("digestFile", () => {
  test("knows the digests of nothing and of abc", async () => {
    expect((await digestFile(make("empty", ""))).sha256).toBe(
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    );
    expect((await digestFile(make("abc", "abc"))).sha256).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
    expect(digestBytes(Buffer.from("abc"))).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });

  test("agrees with the digest of the whole content around the size of a block, and passes every byte on", async () => {
    const block = 512 * 1024;
    for (const size of [1, block - 1, block, block + 1, 2 * block, 5 * block + 7]) {
      const content = randomBytes(size);
      const chunks: Buffer[] = [];
      let progress = 0;
      const digest = await digestFile(make("sized", content), {
        onChunk: (chunk) => chunks.push(Buffer.from(chunk)),
        onProgress: (bytes) => {
          progress += bytes;
        },
      });
      expect(digest.sha256).toBe(reference(content));
      expect(digest.size_bytes).toBe(size);
      expect(Buffer.concat(chunks).equals(content)).toBe(true);
      expect(progress).toBe(size);
    }
  });

  testIf(hasProgram("sha256sum"), "no sha256sum")("agrees with sha256sum", async () => {
    const path = make("tool", randomBytes(3_000_001));
    expect(`${(await digestFile(path)).sha256}  ${path}\n`).toBe(
      execFileSync("sha256sum", [path]).toString(),
    );
  });

  test("tells when the file was modified, cut to milliseconds", async () => {
    const path = make("dated", "x");
    utimesSync(path, 1_700_000_000.9996, 1_700_000_000.9996);
    const { mtime_utc, mtime_ns } = await digestFile(path);
    expect(mtime_utc).toBe("2023-11-14T22:13:20.999Z");
    expect(mtime_ns / 1_000_000n).toBe(1_700_000_000_999n);
  });

  test("follows a link that was named", async () => {
    make("content", "abc");
    symlinkSync("content", join(root, "link"));
    expect((await digestFile(join(root, "link"))).sha256).toBe(reference(Buffer.from("abc")));
  });

  test("refuses what has no end or no content: a folder, a pipe, a device, a socket", async () => {
    mkdirSync(join(root, "folder"));
    makePipe(join(root, "pipe"));
    const server = createServer().listen(join(root, "socket"));
    await new Promise((resolve) => server.on("listening", resolve));
    for (const [path, found] of [
      [join(root, "folder"), "a folder"],
      [join(root, "pipe"), "a pipe"],
      ["/dev/null", "a device"],
      [join(root, "socket"), "a socket"],
    ] as const) {
      const fault = await faultOf(() => digestFile(path));
      expect(fault.code).toBe("NOT_A_FILE");
      expect(fault.message).toContain(`${path} is ${found}`);
    }
    server.close();
  });

  test("names what is not there", async () => {
    const path = join(root, "missing.csv");
    const fault = await faultOf(() => digestFile(path));
    expect(fault.code).toBe("DATA_NOT_FOUND");
    expect(fault.message).toContain(path);
    make("plain", "x");
    expect(await codeOf(() => digestFile(join(root, "plain", "inner")))).toBe("DATA_NOT_FOUND");
  });

  testIf(!isRoot, "root may read anything")("names what this user may not read", async () => {
    const path = make("locked", "x");
    chmodSync(path, 0);
    expect(await codeOf(() => digestFile(path))).toBe("DATA_UNREADABLE");
  });

  testIf(isLinux, "needs /proc")("reports a read that fails", async () => {
    expect(await codeOf(() => digestFile("/proc/self/mem"))).toBe("DATA_UNREADABLE");
  });

  testIf(isLinux, "needs /proc")("does not believe a size that is not true", async () => {
    expect(await codeOf(() => digestFile("/proc/self/status"))).toBe("DATA_CHANGED");
  });

  test("refuses a file that grows, shrinks or is written over while it is read", async () => {
    const changes: ((path: string) => void)[] = [
      (path) => appendFileSync(path, "more"),
      (path) => truncateSync(path, 10),
      (path) => writeFileSync(path, randomBytes(1), { flag: "r+" }),
    ];
    for (const change of changes) {
      const path = make("moving", randomBytes(2_000_000));
      let changed = false;
      const onChunk = () => {
        if (!changed) change(path);
        changed = true;
      };
      expect(await codeOf(() => digestFile(path, { onChunk }))).toBe("DATA_CHANGED");
    }
  });

  test("lets timers run while it reads, and stops with the signal's reason", async () => {
    const path = make("large", "");
    truncateSync(path, 512 * 1024 * 1024);
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const complete = await digestFile(path);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
    expect(complete.size_bytes).toBe(512 * 1024 * 1024);
    const stop = new AbortController();
    let read = 0;
    const digest = digestFile(path, {
      signal: stop.signal,
      onProgress: (bytes) => {
        read += bytes;
        stop.abort("enough");
      },
    });
    await expect(digest).rejects.toBe("enough");
    expect(read).toBeLessThan(complete.size_bytes);
    await expect(digestFile(path, { signal: AbortSignal.abort("not at all") })).rejects.toBe("not at all");
  });

  test("digests several files at once", async () => {
    const contents = Array.from({ length: 4 }, () => randomBytes(4_000_000));
    const digests = await Promise.all(
      contents.map((content, index) => digestFile(make(`many${index}`, content))),
    );
    expect(digests.map(({ sha256 }) => sha256)).toEqual(contents.map(reference));
    expect(readFileSync(join(root, "many0")).equals(contents[0]!)).toBe(true);
  });
});
