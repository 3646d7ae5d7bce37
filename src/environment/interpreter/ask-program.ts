/** Asks a program one question: a constant command, no input, a limit on time and size, and an answer or a reason, never an exception. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";

export interface Question {
  /** Absolute. */
  readonly program: string;
  readonly words: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly seconds: number;
  readonly signal?: AbortSignal;
}

export type Answer =
  | { readonly ok: true; readonly text: string }
  /** `passing`: the next try may well succeed. `text`: what it said nevertheless. */
  | { readonly ok: false; readonly reason: string; readonly passing: boolean; readonly text: string };

const maximumBytes = 16 * 1024 * 1024;

export function askProgram(question: Question): Promise<Answer> {
  const { program, words, cwd, env, seconds, signal } = question;
  if (signal?.aborted) return Promise.resolve(noAnswer("not asked: no longer needed", true));
  return new Promise((resolve) => {
    let child: ChildProcessByStdio<null, Readable, null>;
    try {
      child = spawn(program, words, { cwd, env, stdio: ["ignore", "pipe", "ignore"] });
    } catch (error) {
      // A word with a NUL byte, for example.
      resolve(noAnswer(`${program} could not be started: ${(error as Error).message}`, false));
      return;
    }
    const pieces: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(
      () => settle(noAnswer(`${program} gave no answer within ${seconds} s`, true)),
      seconds * 1000,
    );
    const abort = () => settle(noAnswer("no longer needed", true));
    signal?.addEventListener("abort", abort);
    child.on("error", (error) =>
      settle(noAnswer(`${program} could not be started: ${error.message}`, false)),
    );
    child.stdout.on("data", (piece: Buffer) => {
      pieces.push(piece);
      size += piece.length;
      if (size > maximumBytes)
        settle(noAnswer(`${program} answered with more than ${maximumBytes} bytes`, false));
    });
    child.on("close", (status, death) => {
      const text = Buffer.concat(pieces).toString("utf8");
      if (status === 0) settle({ ok: true, text });
      else settle(noAnswer(`${program} ended with ${death ?? `status ${status}`}`, death !== null, text));
    });

    /** Does not wait for the streams to close: a grandchild may hold them after the program was killed. */
    function settle(answer: Answer): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      child.stdout.destroy();
      child.unref();
      resolve(answer);
    }
  });
}

function noAnswer(reason: string, passing: boolean, text = ""): Answer {
  return { ok: false, reason, passing, text };
}
