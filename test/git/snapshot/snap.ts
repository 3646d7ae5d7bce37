/** A snapshot of a scratch repository, and what comes back from it. Every record must be valid. */
import { spawnSync } from "node:child_process";
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  type Stats,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { SnapshotFacts } from "../../../src/generated/types.js";
import * as validators from "../../../src/generated/validators.js";
import type { CapturedSource, CaptureOptions } from "../../../src/git/capture.js";
import { findSecretRules } from "../../../src/git/snapshot/scan-file.js";
import {
  type Snapshot,
  type SnapshotRequest,
  takeSnapshot,
} from "../../../src/git/snapshot/take-snapshot.js";
import { captureAt, env, makeFolder, realGit, type Scratch } from "../scratch.js";

let taken = 0;

/** Ids differ from one snapshot to the next. */
export function nextId(): string {
  taken += 1;
  return `20261120T104207Z_3f9c2e1_${taken.toString(36).padStart(6, "0")}`;
}

const scratchFolder = makeFolder();

export async function snap(
  { root }: Pick<Scratch, "root">,
  request: Partial<SnapshotRequest> = {},
  options: Partial<CaptureOptions> = {},
): Promise<Snapshot> {
  return snapOf(await captureAt(root, { env: request.env ?? env, ...options }), request);
}

export async function snapOf(
  captured: CapturedSource,
  request: Partial<SnapshotRequest> = {},
): Promise<Snapshot> {
  const snapshot = await takeSnapshot(captured, {
    env,
    experimentId: nextId(),
    scan: findSecretRules,
    now: () => Date.parse("2026-11-20T10:42:07Z"),
    scratch: scratchFolder,
    ...request,
  });
  if (!validators.snapshot(snapshot.record)) throw new Error(JSON.stringify(validators.snapshot.errors));
  return snapshot;
}

/** Path to mode and content of everything below, by the bytes of the names; without `.git`, also where it is a file. */
export function filesBelow(folder: string): Record<string, string> {
  const all = listBelow(folder, (name) => name === ".git");
  return Object.fromEntries(all.map(({ name, path, stat }) => [name, describeFile(path, stat)]));
}

/** The same with Git's own files and all times but those of objects, which Git renews; of folders the names. For "nothing changed". */
export function everythingBelow(folder: string): Record<string, string> {
  const all = listBelow(folder, () => false, true);
  return Object.fromEntries(
    all.map(({ name, path, stat }) => {
      if (stat.isDirectory()) return [name, "folder"];
      const time = name.startsWith(".git/objects/") ? "" : stat.mtimeMs;
      return [name, `${time} ${describeFile(path, stat)}`];
    }),
  );
}

function listBelow(folder: string, isSkipped: (name: string) => boolean, withFolders = false) {
  const found: { name: string; path: Buffer; stat: Stats }[] = [];
  const visit = (inside: Buffer[]) => {
    for (const entry of readdirSync(Buffer.concat([Buffer.from(folder), ...inside]), {
      encoding: "buffer",
    })) {
      if (isSkipped(entry.toString())) continue;
      const names = [...inside, Buffer.from("/"), entry];
      const path = Buffer.concat([Buffer.from(folder), ...names]);
      const stat = lstatSync(path);
      if (withFolders || !stat.isDirectory())
        found.push({ name: Buffer.concat(names).toString("latin1").slice(1), path, stat });
      if (stat.isDirectory()) visit(names);
    }
  };
  visit([]);
  return found;
}

function describeFile(path: Buffer, stat: Stats): string {
  if (stat.isSymbolicLink()) return `link ${readlinkSync(path, { encoding: "buffer" }).toString("latin1")}`;
  if (!stat.isFile()) return "no file";
  return `${(stat.mode & 0o100) === 0 ? "file" : "program"} ${readFileSync(path).toString("latin1")}`;
}

/** The snapshot in a linked work tree elsewhere, its submodules checked out, and what was changed in these laid over them. */
export function checkOut({ git, root }: Scratch, record: SnapshotFacts): string {
  const folder = join(makeFolder(), "again");
  git("worktree", "add", "--quiet", "--detach", folder, record.commit ?? "no commit");
  if (record.submodules.length > 0) {
    const words = [
      "-c",
      "protocol.file.allow=always",
      "-C",
      folder,
      "submodule",
      "--quiet",
      "update",
      "--init",
    ];
    git(...words, "--recursive");
  }
  if (record.overlay !== null) layOver(record.overlay, folder, root);
  for (const { removed } of record.submodules) {
    for (const { path } of removed) rmSync(join(folder, path));
  }
  return folder;
}

function layOver(overlay: string, folder: string, root: string): void {
  const ask = (...words: string[]) => spawnSync(realGit, words, { cwd: root, env }).stdout;
  for (const line of ask("ls-tree", "-r", "-z", overlay).toString("latin1").split("\0").filter(Boolean)) {
    const [head = "", name = ""] = line.split("\t");
    const [mode, , oid = ""] = head.split(" ");
    const path = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, "latin1")]);
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    rmSync(path, { force: true });
    writeFileSync(path, ask("cat-file", "blob", oid), { mode: mode === "100755" ? 0o755 : 0o644 });
  }
}

/** Ids and content of every object of the repository, whatever leads to it. */
export function everyBlob({ root }: Pick<Scratch, "root">): Buffer {
  const words = ["cat-file", "--batch", "--batch-all-objects"];
  return spawnSync(realGit, words, { cwd: root, env, maxBuffer: 1 << 28 }).stdout;
}
