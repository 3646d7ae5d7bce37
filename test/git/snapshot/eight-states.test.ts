import { renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { disturb, odd, project } from "./eight-states.js";
import { checkOut, everythingBelow, filesBelow, snap } from "./snap.js";

describe("the eight dirty states of a tree, all at once", () => {
  test("git-119, git-126: come back byte for byte in a linked work tree elsewhere", async () => {
    const scratch = project();
    disturb(scratch);
    const { record } = await snap(scratch);
    expect(record).toMatchObject({ state: "stored", reason: null, left_out: [], nested_repositories: [] });
    expect(record.proof).toEqual({ held: true, differing: [], omitted: 0 });
    expect(record.submodules).toMatchObject([
      { path: "lib", dirty: true, stored: 3, removed: [{ path: "lib/gone.txt" }] },
    ]);
    const again = filesBelow(checkOut(scratch, record));
    expect(again).toEqual(filesBelow(scratch.root));
    expect(again["assumed.py"]).toBe("file hidden edit\n");
    expect(again[odd.toString("latin1")]).toBe("file odd edit\n");
    expect(again["script.sh"]).toBe("program script.sh\n");
    expect(again["lib/tool.sh"]).toBe("program #!/bin/sh\n");
    expect(again["deleted.py"]).toBeUndefined();
  });

  test("git-98, git-119: nothing changes but our ref and the objects it keeps", async () => {
    const scratch = project();
    scratch.write("src/b.txt", "stashed");
    scratch.git("stash", "push", "--quiet");
    disturb(scratch);
    scratch.git("stash", "list");
    const before = everythingBelow(scratch.root);
    const status = scratch.git("--no-optional-locks", "status", "--porcelain");
    const { record } = await snap(scratch);
    const after = everythingBelow(scratch.root);
    const added = Object.keys(after).filter((path) => !(path in before));
    expect(Object.fromEntries(Object.entries(after).filter(([path]) => path in before))).toEqual(before);
    const objects = /^\.git\/objects\/[0-9a-f]{2}(?:\/[0-9a-f]{38})?$/;
    const refs = /^\.git\/refs\/colophon(?:\/snapshots(?:\/\w+)?)?$/;
    expect(added.filter((path) => !objects.test(path) && !refs.test(path))).toEqual([]);
    expect(added).toContain(`.git/${record.ref}`);
    expect(scratch.git("--no-optional-locks", "status", "--porcelain")).toBe(status);
  });

  test("the first parent is HEAD, the second holds the submodule's files alone", async () => {
    const scratch = project();
    disturb(scratch);
    const { record } = await snap(scratch);
    const show = (format: string, commit: string | null) =>
      scratch.git("log", "-1", `--format=${format}`, commit ?? "");
    expect(show("%P", record.commit)).toBe(`${scratch.git("rev-parse", "HEAD")} ${record.overlay}`);
    expect(show("%P", record.overlay)).toBe("");
    expect(show("%an <%ae> %cn <%ce> %ct", record.commit)).toBe(
      "Colophon <colophon@localhost> Colophon <colophon@localhost> 1795171327",
    );
    expect(show("%B", record.commit)).toContain(`Colophon-Run: ${record.ref?.split("/").at(-1)}`);
    expect(scratch.git("ls-tree", "-r", "--name-only", record.overlay ?? "").split("\n")).toEqual([
      "lib/deep/new.txt",
      "lib/lib.txt",
      "lib/tool.sh",
    ]);
    expect(scratch.git("ls-tree", record.commit ?? "", "lib")).toContain("160000 commit");
    expect(scratch.git("rev-parse", `${record.commit}^{tree}`)).toBe(record.tree);
  });

  test("git-66, git-67: renames, links, and files that became folders come back too", async () => {
    const scratch = project();
    scratch.write("folder/inside.txt", "inside\n");
    scratch.link("a.txt", "link");
    scratch.commit("More");
    scratch.git("mv", "staged.py", "renamed.py");
    renameSync(join(scratch.root, "unstaged.py"), join(scratch.root, "moved.py"));
    scratch.git("add", "--intent-to-add", "moved.py");
    rmSync(join(scratch.root, "a.txt"));
    symlinkSync("src/b.txt", join(scratch.root, "a.txt"));
    rmSync(join(scratch.root, "link"));
    scratch.write("link", "no link any more\n");
    rmSync(join(scratch.root, "folder"), { recursive: true });
    scratch.write("folder", "a file now\n");
    rmSync(join(scratch.root, "deleted.py"));
    scratch.write("deleted.py/inside.txt", "a folder now\n");
    rmSync(join(scratch.root, "src"), { recursive: true });
    symlinkSync("lib", join(scratch.root, "src"));
    symlinkSync("/nowhere at all", join(scratch.root, "dangling"));
    const { record } = await snap(scratch);
    expect(record.proof.held).toBe(true);
    rmSync(join(scratch.root, "lib"), { recursive: true });
    expect(filesBelow(checkOut(scratch, record))).toEqual(filesBelow(scratch.root));
  });
});
