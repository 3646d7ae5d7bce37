import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { hooksFolder } from "../../src/git/repository/hooks-folder.js";
import { readStagedBlobs, stagedFiles } from "../../src/git/status/staged.js";
import { env, makeFolder, makeScratch, photograph, type Scratch, scratchAt } from "./scratch.js";

/** Everything that only reads, one after the other. */
async function readEverything({ root, capture }: Scratch, variables = env): Promise<void> {
  await capture(".", { env: variables });
  await capture("src", { env: variables });
  const { entries } = await stagedFiles(root, variables);
  await readStagedBlobs(root, variables, entries);
  await hooksFolder(root, variables);
}

/** Edits of every sort, and a stash. */
function disturbed(): Scratch {
  const scratch = makeScratch();
  scratch.write("a.txt", "stashed");
  scratch.git("stash", "push", "--quiet");
  scratch.write("a.txt", "staged");
  scratch.git("add", "a.txt");
  scratch.write("src/b.txt", "edited");
  scratch.write("new.txt", "untracked");
  return scratch;
}

describe("every reading call", () => {
  test("git-98: leaves index, HEAD, refs, configuration, stash and objects as they were, byte for byte", async () => {
    const scratch = disturbed();
    // Stat data in the index is now out of date, so a status without our flags would write it.
    scratch.write("src/b.txt", "edited again");
    scratch.write("src/b.txt", "bee\n");
    const before = photograph(scratch.root);
    await readEverything(scratch);
    expect(photograph(scratch.root)).toEqual(before);
    expect(Object.keys(before).length).toBeGreaterThan(30);
    scratch.git("status");
    expect(photograph(scratch.root)).not.toEqual(before);
  });

  test("git-98: leaves the index of a submodule as it was", async () => {
    const outer = makeScratch();
    outer.git("submodule", "--quiet", "add", makeScratch().root, "lib");
    outer.git("commit", "--quiet", "--message=Use it");
    const inner = scratchAt(join(outer.root, "lib"));
    inner.write("a.txt", "one\ntwo\nthree\n");
    const before = photograph(outer.root);
    await readEverything(outer);
    await inner.capture();
    expect(photograph(outer.root)).toEqual(before);
  });

  test("git-97: works while somebody holds the index", async () => {
    const scratch = disturbed();
    scratch.write(".git/index.lock", "held");
    const before = photograph(scratch.root);
    await readEverything(scratch);
    expect((await scratch.capture()).source.counts).toMatchObject({ staged: 1, unstaged: 1, untracked: 1 });
    expect(photograph(scratch.root)).toEqual(before);
  });
});

describe("a repository with programs in its settings", () => {
  /** Names a program that leaves a file behind, in every place from which Git could start one. */
  function withCanaries(): { scratch: Scratch; sung: () => string[]; variables: NodeJS.ProcessEnv } {
    const scratch = makeScratch();
    const cage = makeFolder();
    const canary = (name: string) => {
      const program = scratch.write(
        `../canaries/${name}`,
        `#!/bin/sh\ntouch '${cage}/${name}'\ncat\n`,
        0o755,
      );
      return program;
    };
    scratch.write(".gitattributes", "*.txt diff=show merge=join\n");
    scratch.commit("Attributes");
    const settings = {
      "alias.status": `!${canary("alias")}`,
      "alias.rev-parse": `!${canary("alias")}`,
      "core.askPass": canary("askpass"),
      "core.editor": canary("editor"),
      "core.fsmonitor": canary("fsmonitor"),
      "core.pager": canary("pager"),
      "core.sshCommand": canary("ssh"),
      "credential.helper": canary("credential"),
      "diff.external": canary("external"),
      "diff.show.command": canary("command"),
      "diff.show.textconv": canary("textconv"),
      "gpg.program": canary("gpg"),
      "log.showSignature": "true",
      "merge.join.driver": canary("driver"),
      "pager.status": canary("pager"),
      "remote.origin.url": `ext::${canary("transport")}`,
      "remote.origin.promisor": "true",
      "uploadpack.packObjectsHook": canary("pack"),
    };
    for (const [key, value] of Object.entries(settings)) scratch.git("config", key, value);
    for (const hook of readdirSync(join(scratch.root, ".git/hooks"))) {
      const name = hook.replace(/\.sample$/, "");
      scratch.write(`.git/hooks/${name}`, `#!/bin/sh\ntouch '${cage}/hook-${name}'\n`, 0o755);
    }
    for (const name of ["post-index-change", "reference-transaction", "fsmonitor-watchman"]) {
      scratch.write(`.git/hooks/${name}`, `#!/bin/sh\ntouch '${cage}/hook-${name}'\n`, 0o755);
    }
    const variables = {
      ...env,
      GIT_ASKPASS: canary("env-askpass"),
      GIT_EDITOR: canary("env-editor"),
      GIT_EXTERNAL_DIFF: canary("env-external"),
      GIT_PAGER: canary("env-pager"),
      GIT_SSH: canary("env-ssh"),
      GIT_SSH_COMMAND: canary("env-ssh-command"),
      GIT_TRACE: join(cage, "env-trace"),
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "core.fsmonitor",
      GIT_CONFIG_VALUE_0: canary("env-fsmonitor"),
    };
    return { scratch, sung: () => readdirSync(cage).sort(), variables };
  }

  test("none of them is started, with edits of every sort", async () => {
    const { scratch, sung, variables } = withCanaries();
    scratch.write("a.txt", "staged");
    scratch.gitWith(
      { GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "core.fsmonitor", GIT_CONFIG_VALUE_0: "false" },
      "-c",
      "core.hooksPath=/dev/null",
      "add",
      "a.txt",
    );
    scratch.write("src/b.txt", "edited");
    await readEverything(scratch, variables);
    expect(sung()).toEqual([]);
  });

  test("the canaries sing when Git is used without care", () => {
    const { scratch, sung } = withCanaries();
    scratch.write("a.txt", "edited");
    scratch.git("status");
    scratch.git("--paginate", "diff");
    scratch.git("update-ref", "refs/heads/x", "HEAD");
    expect(sung()).toEqual(expect.arrayContaining(["command", "fsmonitor", "hook-reference-transaction"]));
  });

  test("nor those of a submodule", async () => {
    const outer = makeScratch();
    outer.git("submodule", "--quiet", "add", makeScratch().root, "lib");
    outer.git("commit", "--quiet", "--message=Use it");
    const cage = makeFolder();
    const program = outer.write("../canary", `#!/bin/sh\ntouch '${cage}/sung'\n`, 0o755);
    const inner = scratchAt(join(outer.root, "lib"));
    inner.git("config", "core.fsmonitor", program);
    writeFileSync(join(inner.root, "a.txt"), "edited");
    await readEverything(outer);
    await inner.capture();
    expect(existsSync(join(cage, "sung"))).toBe(false);
    inner.git("status");
    expect(existsSync(join(cage, "sung"))).toBe(true);
  });

  test("nor those of a bare repository that lies among the files", async () => {
    const scratch = makeScratch();
    const cage = makeFolder();
    const program = scratch.write("../canary", `#!/bin/sh\ntouch '${cage}/sung'\n`, 0o755);
    const trap = join(scratch.root, "data");
    mkdirSync(trap);
    const bare = scratchAt(trap);
    bare.git("init", "--quiet", "--bare");
    bare.git("config", "core.fsmonitor", program);
    bare.git("config", "core.bare", "false");
    bare.git("config", "core.worktree", trap);
    const outcome = await scratch.capture("data").then(
      ({ root }) => root,
      ({ code }) => code,
    );
    expect(["GIT_BARE", scratch.root]).toContain(outcome);
    expect(existsSync(join(cage, "sung"))).toBe(false);
  });
});
