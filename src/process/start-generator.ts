/** Runs somebody's generator, a command or an ES module, in a process of its own: a request goes in, JSON Lines come out. */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { FixtureError } from "../errors.js";

export interface GeneratorProgram {
  readonly words: readonly string[];
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
  /** What it says on stderr is shown only where that is wanted. */
  readonly showErrors: boolean;
}

const longestLine = 16 << 20;

/**
 * The lines it writes, some at a time; it goes no faster than they are taken. It is ended when the reader stops early.
 * @throws FixtureError when it cannot be started or fails.
 */
export async function* startGenerator(
  program: GeneratorProgram,
  request: string,
): AsyncIterable<readonly string[]> {
  const { words, directory, env, showErrors } = program;
  const [file = "", ...rest] = words;
  const child = spawn(file, rest, {
    cwd: directory,
    env,
    stdio: ["pipe", "pipe", showErrors ? "inherit" : "ignore"],
  });
  const ended = new Promise<string | undefined>((resolve) => {
    child.once("error", (cause: NodeJS.ErrnoException) => resolve(`cannot be started: ${cause.code}`));
    child.once("close", (status, signal) => resolve(reasonOf(status, signal)));
  });
  // A generator need not read what it is given.
  child.stdin.on("error", () => {});
  child.stdin.end(request);
  try {
    yield* linesOf(child.stdout, file);
    const reason = await ended;
    if (reason !== undefined) throw failed(file, reason);
  } finally {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  }
}

async function* linesOf(stdout: AsyncIterable<Buffer>, file: string): AsyncIterable<readonly string[]> {
  const decode = decoderFor(file);
  let rest = "";
  for await (const chunk of stdout) {
    const lines = (rest + decode(chunk)).split("\n");
    rest = lines.pop() as string;
    if (rest.length > longestLine) throw failed(file, `wrote a line of more than ${longestLine} characters`);
    if (lines.length > 0) yield lines;
  }
  rest += decode();
  if (rest !== "") yield [rest];
}

/** Without bytes: the end, where no character may be left unfinished. */
function decoderFor(file: string): (bytes?: Uint8Array) => string {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  return (bytes) => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch {
      throw failed(file, "wrote bytes that are no UTF-8");
    }
  };
}

function reasonOf(status: number | null, signal: NodeJS.Signals | null): string | undefined {
  if (status === 0) return undefined;
  return signal === null ? `ended with ${status}` : `was ended by ${signal} (${constants.signals[signal]})`;
}

function failed(file: string, reason: string): FixtureError {
  return new FixtureError("GENERATOR_FAILED", `the generator ${file} ${reason}`, {
    hint: "Run it by hand: it takes one JSON object on standard input, and writes JSON Lines to standard output.",
  });
}

/** Told to Node as it stands: imports the module it is given, and writes what its `generate` gives. */
export const moduleRunner = `
import { readFileSync, writeSync } from "node:fs";
const { name, version, generate } = await import(process.argv[1]);
if (typeof name !== "string" || typeof version !== "string" || typeof generate !== "function") {
  console.error("a generator module exports name, version and generate(request)");
  process.exit(1);
}
let held = [];
let length = 0;
const wait = new Int32Array(new SharedArrayBuffer(4));
const flush = () => {
  let bytes = Buffer.from(held.join(""));
  held = [];
  length = 0;
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(1, bytes));
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
      Atomics.wait(wait, 0, 0, 2);
    }
  }
};
const exact = (key, value) => {
  if (typeof value !== "number" || Number.isFinite(value)) return value;
  throw new Error("JSON has no " + value + ", which stands under " + JSON.stringify(key));
};
const put = (value) => {
  const text = JSON.stringify(value, exact) + "\\n";
  held.push(text);
  length += text.length;
  if (length > 65536) flush();
};
put({ generator: { name, version } });
for await (const generated of generate(JSON.parse(readFileSync(0, "utf8")))) put(generated);
flush();
`;
