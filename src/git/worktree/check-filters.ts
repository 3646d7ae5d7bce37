/** Whether what passes through a content filter has come out as it did then: the filter is here, and so is what it fetches. */
import { closeSync, openSync, readSync } from "node:fs";
import { namePath } from "../byte-path.js";
import { outputOf } from "../failures.js";
import {
  listConfigurationWords,
  parseConfiguration,
  readConfiguration,
} from "../repository/configuration.js";
import { type GitCall, runGit } from "../run-git.js";
import type { WorktreeFault } from "./open-worktree.js";
import { pathOf } from "./place-file.js";

/** `names`: filters that had a program when the run was recorded. */
export async function checkFilters(
  root: string,
  names: readonly string[],
  call: GitCall,
): Promise<WorktreeFault[]> {
  if (names.length === 0) return [];
  const listed = outputOf(await runGit(listConfigurationWords, call), call.env);
  const here = new Set(readConfiguration(parseConfiguration(listed, root)).filterPrograms);
  const files = await filesByFilter(call);
  return names.flatMap((name): WorktreeFault[] => {
    const filtered = files.get(name) ?? [];
    if (filtered.length === 0) return [];
    if (!here.has(name)) return [notConfigured(name, filtered.length)];
    return name === "lfs" ? filtered.filter((file) => isPointer(root, file)).map(contentMissing) : [];
  });
}

function notConfigured(name: string, count: number): WorktreeFault {
  const reason = `${count} files pass through the content filter ${name}, which is not configured here`;
  return { what: "filter", subject: name, reason };
}

function contentMissing(file: string): WorktreeFault {
  const { path } = namePath(Buffer.from(file, "latin1"));
  return { what: "filter", subject: path, reason: "its content, kept by Git LFS, is not on this machine" };
}

/** By the name of a filter, the files that `.gitattributes` sends through it. */
async function filesByFilter(call: GitCall): Promise<ReadonlyMap<string, string[]>> {
  const all = outputOf(await runGit(["ls-files", "-z"], call), call.env);
  const words = ["check-attr", "-z", "--stdin", "filter"];
  const pieces = outputOf(await runGit(words, { ...call, input: all }), call.env)
    .toString("latin1")
    .split("\0");
  const files = new Map<string, string[]>();
  for (let at = 0; at + 2 < pieces.length; at += 3) {
    const [file = "", , value = ""] = pieces.slice(at, at + 3);
    files.set(value, [...(files.get(value) ?? []), file]);
  }
  return files;
}

const pointerStart = "version https://git-lfs.github.com/spec/v1\n";

function isPointer(root: string, file: string): boolean {
  try {
    const descriptor = openSync(pathOf(root, file), "r");
    try {
      const start = Buffer.alloc(pointerStart.length);
      return readSync(descriptor, start) === start.length && start.toString("latin1") === pointerStart;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return false;
  }
}
