/** `reproduce` of a command that does nothing, against a linked work tree that Git makes, and that command. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pairs, processTime } from "./measure.mjs";
import { makeRepository } from "./repository.mjs";

export async function reproduceRows({ cli, scratch, short, row, env }) {
  // Also in short: of fewer files the start of the program would be most of it.
  const files = 20_000;
  const root = makeRepository(join(scratch, "reproduced"), files, env);
  const here = { cwd: root, env: { ...env, TMPDIR: scratch } };
  processTime(process.execPath, [cli, "run", "--quiet", "--synthetic-seed", "1", "--", "true"], here);
  const records = join(root, "records");
  const [month] = readdirSync(records).filter((name) => /^\d{4}-\d{2}$/.test(name));
  const [id] = readdirSync(join(records, month));
  const tree = join(scratch, "tree");
  row(
    `reproduce a run of true, ${files} files`,
    "git worktree add + true",
    await pairs(
      () => processTime(process.execPath, [cli, "reproduce", id], here),
      () => {
        const took = processTime("git", ["worktree", "add", "--detach", "--quiet", tree], here);
        const ran = processTime("true", [], { ...here, cwd: tree });
        // Taking it away again is the reproduction's own cost.
        processTime("git", ["worktree", "remove", "--force", tree], here);
        return took + ran;
      },
      short ? 3 : 9,
      1,
    ),
    2,
  );
}
