/** What the pre-commit hook does, against the Gits that it cannot do without. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pairs, processTime } from "./measure.mjs";
import { makeRepository } from "./repository.mjs";
import { writeManifests } from "./validate-rows.mjs";

export async function hookRows({ root, cli, scratch, short, row, env, emptyProgram: empty }) {
  const count = short ? 200 : 1000;
  const cwd = makeRepository(join(scratch, "hook"), 20, env);
  writeManifests(join(cwd, "records"), count, root);
  const git = (...words) => String(spawnSync("git", words, { cwd, env, maxBuffer: 1 << 28 }).stdout);
  git("add", "records");
  const list = ["diff-index", "--cached", "--raw", "-z", "--no-abbrev", "HEAD"];
  const input = git("ls-files", "--stage", "records").replaceAll(/^\d+ (\w+) .*$/gm, "$1");
  const floor = () =>
    processTime(process.execPath, [empty], { env }) +
    processTime("git", list, { cwd, env }) +
    processTime("git", ["cat-file", "--batch"], { cwd, env, input, stdio: "pipe" });
  row(
    `validate --staged, ${count} manifests`,
    "node empty.cjs + the list and the blobs from git",
    await pairs(
      () => processTime(process.execPath, [cli, "validate", "--staged"], { cwd, env }),
      floor,
      short ? 5 : 15,
    ),
    1.5,
  );
}
