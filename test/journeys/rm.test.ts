import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { expectOutput } from "./matches-schema.js";
import { cli, makeRepository, type Repository } from "./repository.js";

let repository: Repository;
beforeEach(() => {
  repository = makeRepository();
});
afterEach(() => repository.remove());

interface Ran {
  readonly id: string;
  /** Relative to the root. */
  readonly path: string;
  readonly suffix: string;
}

function run(words: readonly string[] = [], command: readonly string[] = ["true"]): Ran {
  const { stderr } = repository.colophon(["run", "--synthetic-seed", "1", ...words, "--", ...command]);
  const path = /record +(\S+)/.exec(stderr)?.[1] ?? "";
  const id = path.split("/").at(-1) as string;
  return { id, path, suffix: id.slice(-6) };
}

/** What a folder holds, with its bytes. */
function contents(path: string): Record<string, string> {
  const folder = join(repository.root, path);
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [file.slice(folder.length), readFileSync(file, "latin1")]),
  );
}

const isThere = (path: string) => existsSync(join(repository.root, path));
const refs = () => repository.git("for-each-ref", "--format=%(refname)", "refs/colophon/");
const rm = (...words: string[]) => repository.colophon(["rm", ...words]);
const listed = () => JSON.parse(repository.colophon(["ls", "--json"]).stdout).runs.map(({ id }: Ran) => id);

describe("colophon rm", () => {
  test("moves a run to the trash, and puts it back as it was", () => {
    repository.write("edit.txt", "not committed");
    const kept = run();
    const { id, path, suffix } = run(["--artifact", "model=edit.txt"]);
    const before = contents(path);
    const refsBefore = refs();
    expect(refsBefore).toContain(id);
    const head = repository.git("rev-parse", "HEAD");

    const said = rm("--dry-run", suffix);
    expect(said.stderr).toContain(`would be moved to the trash: ${suffix}`);
    expect(isThere(path)).toBe(true);

    const removed = rm("--json", suffix);
    expect(removed.status).toBe(0);
    expect(expectOutput("cli_rm", removed.stdout)).toMatchObject({
      action: "remove",
      dry_run: false,
      runs: [{ id, name: "true", path, snapshot: { ref: `refs/colophon/snapshots/${id}` } }],
    });
    expect(isThere(path)).toBe(false);
    expect(listed()).toEqual([kept.id]);
    expect(refs()).toBe(refsBefore);
    expect(repository.git("status", "--porcelain")).not.toContain("trash");
    const list = expectOutput("cli_rm", rm("--list", "--json").stdout) as { runs: Ran[] };
    expect(list.runs.map((one) => one.id)).toEqual([id]);
    expect(rm("--list").stdout).toContain(path);

    expect(rm("--restore", "--dry-run", suffix).stderr).toContain("would be put back");
    expect(rm("--restore", suffix).status).toBe(0);
    expect(contents(path)).toEqual(before);
    expect(repository.colophon(["verify", suffix]).status).toBe(0);
    expect(rm("--list").stderr).toContain("the trash is empty");
    expect(isThere(`.colophon/trash/${id}`)).toBe(false);
    expect(repository.git("rev-parse", "HEAD")).toBe(head);
  });

  test("removes for good with --empty, and only then the ref that kept the code", () => {
    repository.write("edit.txt", "not committed");
    const runs = [run(), run(), run()];
    rm(...runs.slice(0, 2).map(({ suffix }) => suffix));
    expect(refs().split("\n")).toHaveLength(3);
    expect(rm("--empty", "--dry-run").stderr.match(/would be removed for good/g)).toHaveLength(2);
    expect(refs().split("\n")).toHaveLength(3);
    expect(rm("--empty", runs[0]?.suffix ?? "").status).toBe(0);
    expect(refs()).not.toContain(runs[0]?.id);
    expect(refs().split("\n")).toHaveLength(2);
    expect(expectOutput("cli_rm", rm("--empty", "--json").stdout).runs).toHaveLength(1);
    expect(refs().split("\n")).toEqual([`refs/colophon/snapshots/${runs[2]?.id}`]);
    expect(rm("--empty").stderr).toContain("the trash is empty");
  });

  test("refuses what Git holds: in the index, in the history, on another branch", () => {
    const [indexed, committed, elsewhere, free] = [run(), run(), run(), run()];
    repository.git("add", "--", indexed?.path ?? "");
    const staged = rm(indexed?.suffix ?? "", free?.suffix ?? "");
    expect({ status: staged.status, code: staged.stderr.includes("RUN_IS_COMMITTED") }).toEqual({
      status: 3,
      code: true,
    });
    expect(staged.stderr).toContain(`git rm -r --cached -- ${indexed?.path}`);
    // All or nothing.
    expect(isThere(free?.path ?? "")).toBe(true);
    repository.git("reset", "--quiet");
    expect(repository.colophon(["commit", committed?.suffix ?? ""]).status).toBe(0);
    expect(rm(committed?.suffix ?? "").stderr).toContain(`git rm -r -- ${committed?.path}`);
    repository.git("checkout", "--quiet", "-b", "other");
    repository.colophon(["commit", elsewhere?.suffix ?? ""]);
    repository.git("checkout", "--quiet", "main");
    repository.git("checkout", "--quiet", "other", "--", elsewhere?.path ?? "");
    repository.git("reset", "--quiet");
    expect(rm(elsewhere?.suffix ?? "").stderr).toContain("RUN_IS_COMMITTED");
    expect(isThere(`${elsewhere?.path}/run_manifest.json`)).toBe(true);
    expect(isThere(".colophon/trash")).toBe(false);
  });

  test("refuses a run whose artifact is another run's data, unless both go; and one that a figure names", () => {
    repository.write("model.bin", "weights");
    const made = run(["--artifact", "model=model.bin"]);
    const { stderr } = repository.colophon(["run", "--data", "model=model.bin", "--", "true"]);
    const used = /record +(\S+)/.exec(stderr)?.[1]?.slice(-6) ?? "";
    const refused = rm(made.suffix);
    expect(refused.status).toBe(3);
    expect(refused.stderr).toContain("RUN_IS_REFERENCED");
    expect(refused.stderr).toContain("manifest.json");
    // Whoever stands on another may go, and both may.
    expect(rm("--dry-run", used).status).toBe(0);
    expect(rm("--dry-run", used, made.suffix).status).toBe(0);
    repository.write("dist/artifacts/plots/fit.12345678.manifest.json", JSON.stringify({ runs: [made.id] }));
    expect(rm(used, made.suffix).stderr).toContain("dist/artifacts/plots/fit.12345678.manifest.json");
    expect(isThere(made.path)).toBe(true);
    // A run that repeats another stands without it.
    const again = repository.colophon(["run", "--from", used]);
    expect(again.status).toBe(0);
    expect(rm("--dry-run", used).status).toBe(0);
  });

  test("refuses a run that still runs, and takes one whose tracker is gone", async () => {
    const child = spawn(
      process.execPath,
      [cli, "run", "--synthetic-seed", "1", "--capture", "none", "--", "sleep", "30"],
      {
        cwd: repository.root,
        env: repository.env,
        stdio: "ignore",
        detached: true,
      },
    );
    try {
      const found = async () => {
        for (let tries = 0; tries < 200; tries += 1) {
          const { runs } = JSON.parse(repository.colophon(["ls", "--json"]).stdout || '{"runs":[]}');
          if (runs.length > 0) return runs[0].id as string;
          await setTimeout(50);
        }
        throw new Error("the run did not begin");
      };
      const id = await found();
      const refused = rm(id.slice(-6));
      expect({ status: refused.status, code: refused.stderr.includes("RUN_STILL_RUNNING") }).toEqual({
        status: 3,
        code: true,
      });
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await gone;
      expect(rm(id.slice(-6)).status).toBe(0);
      expect(listed()).toEqual([]);
    } finally {
      process.kill(-(child.pid as number), "SIGKILL");
    }
  });

  test("says what is wrong, and changes nothing", () => {
    const { suffix, path } = run();
    const codeOf = (...words: string[]) => {
      const { status, stderr } = rm(...words);
      return [status, /[A-Z]+(?:_[A-Z]+)+/.exec(stderr)?.[0]];
    };
    expect(codeOf()).toEqual([2, "NO_RUN_NAMED"]);
    expect(codeOf("--restore")).toEqual([2, "NO_RUN_NAMED"]);
    expect(codeOf("zzzzzz")).toEqual([2, "NO_SUCH_RUN"]);
    expect(codeOf("--restore", suffix)).toEqual([2, "NOT_IN_TRASH"]);
    expect(codeOf("--restore", "--empty", suffix)).toEqual([2, "TWO_ACTIONS"]);
    expect(codeOf("--list", suffix)).toEqual([2, "TOO_MANY_WORDS"]);
    repository.write(".colophon/trash", "a file");
    expect(codeOf(suffix)).toEqual([3, "NOT_MOVED"]);
    expect(isThere(path)).toBe(true);
    rmSync(join(repository.root, ".colophon/trash"));
    expect(rm(suffix).status).toBe(0);
    repository.write(`${path}/notes.txt`, "somebody else's");
    expect(codeOf("--restore", suffix)).toEqual([3, "PLACE_TAKEN"]);
  });

  test("believes nothing of the trash that leads elsewhere", () => {
    repository.write("edit.txt", "not committed");
    const { id, suffix, path } = run();
    rm(suffix);
    repository.write(
      `.colophon/trash/${id}/removed.json`,
      JSON.stringify({
        name: "\u001b[31m",
        path: "../../outside",
        snapshot: { ref: "refs/heads/main", commit: repository.git("rev-parse", "HEAD") },
      }),
    );
    repository.write(".colophon/trash/..evil/run/x", "");
    expect(rm("--list").stdout).not.toContain("\u001b");
    expect(rm("--restore", suffix).status).toBe(0);
    expect(isThere(path)).toBe(true);
    expect(rm(suffix).status).toBe(0);
    repository.write(
      `.colophon/trash/${id}/removed.json`,
      JSON.stringify({ snapshot: { ref: "refs/heads/main", commit: repository.git("rev-parse", "HEAD") } }),
    );
    expect(rm("--empty").status).toBe(0);
    expect(repository.git("branch", "--list", "main")).toContain("main");
  });
});
