/**
 * The gatherer: this program started once more, with one word, to do what blocks. A thread would not do: stopping it waits for the
 * program it is blocked on (`hostname -f` on a network without names takes seconds), while a process group can be ended at once.
 * It leads a group of its own, so a Ctrl-C meant for the command does not reach it; it ends with us, because its input closes.
 *
 * Its environment is made here: systeminformation runs programs by name, and neither a PATH nor NODE_OPTIONS may choose what they
 * are. The command's variables travel in the request, for its own interpreter only.
 */
import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { setPriority } from "node:os";
import { createInterface } from "node:readline";
import { inEmptyFolder } from "../interpreter/empty-folder.js";
import { collectParts } from "./collect-parts.js";
import { gathererWord } from "./gatherer-word.js";
import type { Part, SlowFactsRequest } from "./part.js";

const maximumSeconds = 60;
const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export interface GathererRequest extends SlowFactsRequest {
  /** The bundled CLI. */
  readonly entryFile: string;
}

/** Tells each part as it arrives; resolves with the reason why any further part is missing. */
export async function askGatherer(
  request: GathererRequest,
  tell: (part: Part) => void,
  signal: AbortSignal,
): Promise<string> {
  if (signal.aborted) return reasonOf(signal);
  // Its temporary folders lie in one of ours: it may be ended before it can remove them.
  return await inEmptyFolder((folder) => converse(request, folder, tell, signal));
}

function converse(
  request: GathererRequest,
  temporary: string,
  tell: (part: Part) => void,
  signal: AbortSignal,
): Promise<string> {
  const { interpreter, searchPath, cwd, env, root } = request;
  const libraries = env.LD_LIBRARY_PATH;
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [request.entryFile, gathererWord], {
      cwd: "/",
      env: {
        PATH: systemPath,
        LC_ALL: "C",
        TMPDIR: temporary,
        ...(libraries === undefined ? {} : { LD_LIBRARY_PATH: libraries }),
      },
      stdio: ["pipe", "pipe", "ignore"],
      detached: true,
    });
    let text = "";
    let settled = false;
    const timer = setTimeout(
      () => settle(`not ready within ${maximumSeconds} s`),
      maximumSeconds * 1000,
    ).unref();
    const abort = () => settle(reasonOf(signal));
    signal.addEventListener("abort", abort);
    child.on("error", (error) => settle(`the gatherer could not be started: ${error.message}`));
    child.on("close", (status, death) => settle(`the gatherer ended with ${death ?? `status ${status}`}`));
    child.stdin.on("error", () => {});
    child.stdin.write(
      `${JSON.stringify({ interpreter, searchPath, cwd, env, root } satisfies SlowFactsRequest)}\n`,
    );
    child.stdout.setEncoding("utf8");
    child.stdout.on("data", (piece: string) => {
      const lines = (text + piece).split("\n");
      text = lines.pop()!;
      for (const part of lines.flatMap(parsePart)) tell(part);
    });
    letGo(child);

    function settle(reason: string): void {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      endGroup(child.pid);
      child.stdin.destroy();
      child.stdout.destroy();
      resolve(reason);
    }
  });
}

/** A line that is no part was printed by something else in that process; a part that never comes counts as missing. */
function parsePart(line: string): Part[] {
  try {
    const part: Part | null = JSON.parse(line);
    return typeof part?.what === "string" ? [part] : [];
  } catch {
    return [];
  }
}

function reasonOf(signal: AbortSignal): string {
  return typeof signal.reason === "string" ? signal.reason : "not ready when it was needed";
}

/** None of its handles keeps the event loop turning. */
function letGo(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdin, child.stdout]) (stream as unknown as Socket).unref();
}

/** The gatherer's own programs are in its group; a group that is gone is what was wanted. */
function endGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, "SIGKILL");
  } catch {}
}

/** The other side: reads one request, writes one line a part, and ends with its group when the asking process is gone. */
export function runGatherer(): void {
  try {
    // The command comes first.
    setPriority(10);
  } catch {}
  const lines = createInterface({ input: process.stdin });
  lines.once("line", async (line) => {
    await collectParts(JSON.parse(line), (part) => process.stdout.write(`${JSON.stringify(part)}\n`));
    process.stdout.write("", () => process.exit(0));
  });
  lines.once("close", () => {
    endGroup(process.pid);
    process.exit(0);
  });
}
