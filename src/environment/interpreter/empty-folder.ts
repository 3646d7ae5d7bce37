/** A temporary folder for one question: in it no file can stand in for a module of the interpreter that is asked. */
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export async function inEmptyFolder<T>(ask: (folder: string) => Promise<T>): Promise<T> {
  const folder = makeEmptyFolder();
  // Where nothing can be written, the root will do: the questions themselves keep the folder off the path.
  if (folder === undefined) return await ask("/");
  const remove = () => rmSync(folder, { recursive: true, force: true });
  // This process may end without waiting for the answer.
  process.once("exit", remove);
  try {
    return await ask(folder);
  } finally {
    process.off("exit", remove);
    remove();
  }
}

function makeEmptyFolder(): string | undefined {
  try {
    return realpathSync(mkdtempSync(join(tmpdir(), "colophon-ask-")));
  } catch {
    return undefined;
  }
}
