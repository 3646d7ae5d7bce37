/** Throw-away repositories of a given size, in an environment without anybody's settings. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Without Node's variables too: with NODE_EXTRA_CA_CERTS every Node reads a hundred certificates first, which hides what is measured. */
export function cleanEnvironment() {
  const kept = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(GIT_|COLOPHON_|SLURM_|NODE_)/.test(name)),
  );
  return {
    ...kept,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: "Ada",
    GIT_AUTHOR_EMAIL: "ada@example.org",
    GIT_COMMITTER_NAME: "Ada",
    GIT_COMMITTER_EMAIL: "ada@example.org",
  };
}

export function makeRepository(folder, files, env) {
  mkdirSync(folder, { recursive: true });
  for (let index = 0; index < files; index += 1) {
    const inside = join(folder, `d${Math.floor(index / 100)}`);
    if (index % 100 === 0) mkdirSync(inside, { recursive: true });
    writeFileSync(join(inside, `f${index}.txt`), `${index}\n`.repeat(1 + (index % 200)));
  }
  for (const words of [
    ["init", "--quiet"],
    ["add", "."],
    ["commit", "--quiet", "--message=files"],
  ]) {
    const { status, stderr } = spawnSync("git", words, { cwd: folder, env });
    if (status !== 0) throw new Error(String(stderr));
  }
  return folder;
}
