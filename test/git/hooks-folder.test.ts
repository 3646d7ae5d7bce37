import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { hooksFolder } from "../../src/git/repository/hooks-folder.js";
import { env, makeFolder, makeScratch } from "./scratch.js";

describe("hooksFolder", () => {
  test("git-114: is in .git unless it is configured", async () => {
    const { root, git } = makeScratch();
    expect(await hooksFolder(root, env)).toEqual({ path: join(root, ".git/hooks"), configured: false });
    git("config", "core.hooksPath", ".husky/_");
    expect(await hooksFolder(root, env)).toEqual({ path: join(root, ".husky/_"), configured: true });
    git("config", "core.hooksPath", "~/hooks");
    expect(await hooksFolder(root, env)).toEqual({ path: join(env.HOME!, "hooks"), configured: true });
  });

  test("git-114: is the common one in a linked work tree", async () => {
    const { root, git } = makeScratch();
    const linked = join(makeFolder(), "linked");
    git("worktree", "add", "--quiet", linked);
    expect((await hooksFolder(linked, env)).path).toBe(join(root, ".git/hooks"));
  });

  test("neither the environment of a hook nor the user's programs are in the way", async () => {
    const { root } = makeScratch();
    const busy = {
      ...env,
      GIT_DIR: "/nowhere",
      GIT_INDEX_FILE: "x",
      EDITOR: "vi",
      PAGER: "less",
      GIT_SSH_COMMAND: "ssh",
    };
    expect((await hooksFolder(root, busy)).path).toBe(join(root, ".git/hooks"));
  });
});
