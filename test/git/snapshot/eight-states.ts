/** A tree in all eight dirty states at once: staged, unstaged, untracked, deleted, hidden, mode, submodule, a name that is not UTF-8. */
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeScratch, type Scratch } from "../scratch.js";

export const odd = Buffer.from([0x6e, 0x61, 0xef, 0x76, 0x65, 0x2e, 0x70, 0x79]);

function at({ root }: Scratch, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${root}/`), name]);
}

/** A project with a submodule, clean. */
export function project(): Scratch {
  const library = makeScratch();
  library.write("lib.txt", "library\n");
  library.write("gone.txt", "gone\n");
  library.write("tool.sh", "#!/bin/sh\n");
  library.commit("Library");
  const scratch = makeScratch();
  for (const name of ["staged.py", "unstaged.py", "deleted.py", "assumed.py", "script.sh"])
    scratch.write(name, `${name}\n`);
  writeFileSync(at(scratch, odd), "odd\n");
  scratch.git("submodule", "--quiet", "add", library.root, "lib");
  scratch.commit("Project");
  return scratch;
}

/** Edits that Git reports, edits that it was told not to look at, and edits of files that it does not know. */
export function disturb(scratch: Scratch): void {
  scratch.write("staged.py", "staged edit\n");
  scratch.git("add", "staged.py");
  scratch.write("unstaged.py", "unstaged edit\n");
  scratch.write("helper.py", "imported\n");
  rmSync(join(scratch.root, "deleted.py"));
  scratch.git("update-index", "--assume-unchanged", "assumed.py");
  scratch.write("assumed.py", "hidden edit\n");
  chmodSync(join(scratch.root, "script.sh"), 0o755);
  scratch.write("lib/lib.txt", "edited in the submodule\n");
  scratch.write("lib/deep/new.txt", "new in the submodule\n");
  scratch.write("lib/tool.sh", "#!/bin/sh\n", 0o755);
  rmSync(join(scratch.root, "lib/gone.txt"));
  writeFileSync(at(scratch, odd), "odd edit\n");
}
