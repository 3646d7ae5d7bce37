import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { digestLockFiles } from "../../src/environment/slow-facts/lock-files.js";
import { makeFolder, writeText } from "./scratch.js";

describe("digestLockFiles", () => {
  test("lists them by authority, then from the command's folder upward", () => {
    const root = makeFolder();
    const names = [
      "Cargo.lock",
      "package-lock.json",
      "requirements.txt",
      "requirements-dev.txt",
      "environment.yml",
    ];
    const further = [
      "conda-lock.yml",
      "pixi.lock",
      "Pipfile.lock",
      "pdm.lock",
      "poetry.lock",
      "pylock.dev.toml",
      "uv.lock",
    ];
    for (const name of [...names, ...further, "pyproject.toml", "my-uv.lock"]) writeText(root, name, name);
    writeText(root, "sub/deep/requirements.txt", "numpy");
    writeText(root, "other/uv.lock", "not on the way");
    const { files, unreadable } = digestLockFiles(root, join(root, "sub/deep"));
    expect(files.map(({ path }) => path)).toEqual([
      ...[
        "uv.lock",
        "pylock.dev.toml",
        "poetry.lock",
        "pdm.lock",
        "Pipfile.lock",
        "pixi.lock",
        "conda-lock.yml",
      ],
      ...["environment.yml", "sub/deep/requirements.txt", "requirements-dev.txt", "requirements.txt"],
      ...["package-lock.json", "Cargo.lock"],
    ]);
    const sha256 = createHash("sha256").update("uv.lock").digest("hex");
    expect(files[0]).toEqual({ path: "uv.lock", sha256, size_bytes: 7 });
    expect(unreadable).toEqual([]);
  });

  test("follows no link and waits for no FIFO", () => {
    const root = makeFolder();
    const outside = writeText(makeFolder(), "secret", "outside");
    symlinkSync(outside, join(root, "uv.lock"));
    mkdirSync(join(root, "poetry.lock"));
    expect(spawnSync("mkfifo", [join(root, "pdm.lock")]).status).toBe(0);
    expect(digestLockFiles(root, root)).toEqual({ files: [], unreadable: [] });
  });

  test("looks only at the root when the command runs elsewhere", () => {
    const root = makeFolder();
    const elsewhere = makeFolder();
    writeText(root, "uv.lock", "");
    writeText(elsewhere, "uv.lock", "");
    expect(digestLockFiles(root, elsewhere).files).toHaveLength(1);
  });

  const asRoot = process.getuid?.() === 0;
  (asRoot ? test.skip : test)(
    `names what it cannot read${asRoot ? " (skipped: root reads everything)" : ""}`,
    () => {
      const root = makeFolder();
      chmodSync(writeText(root, "uv.lock", ""), 0);
      expect(digestLockFiles(root, root)).toEqual({ files: [], unreadable: ["uv.lock"] });
    },
  );
});
