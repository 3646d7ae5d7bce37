/** The versions of what runs the command: at most one short process, and none where this very Node runs it. */
import { realpathSync } from "node:fs";
import type { Interpreter } from "../generated/types.js";
import { type Answer, askProgram } from "./interpreter/ask-program.js";
import { inEmptyFolder } from "./interpreter/empty-folder.js";
import { type FoundInterpreter, findInterpreter } from "./interpreter/find-interpreter.js";
import { envForPython, parseSelfDescription, selfDescription } from "./interpreter/python-words.js";
import { platformName } from "./platform.js";

export interface Runtimes {
  /** `env` of the experiment manifest. */
  readonly env: Record<string, string>;
  /** `interpreter` of the machine facts. */
  readonly interpreter: Interpreter | null;
  /** Folders Python imports from; empty for anything else. */
  readonly searchPath: readonly string[];
}

const secondsForVersion = 5;

/** Of several commands: every runtime by name, and the interpreter of the first command that has one. */
export async function captureAllRuntimes(
  commands: readonly (readonly string[])[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<Runtimes> {
  const byProgram = new Map(commands.map((argv) => [argv[0], argv]));
  const all = await Promise.all([...byProgram.values()].map((argv) => captureRuntimes(argv, cwd, env)));
  if (all.length === 0) return captureRuntimes([], cwd, env);
  const main = all.find(({ interpreter }) => interpreter !== null) ?? (all[0] as Runtimes);
  return {
    ...main,
    env: Object.assign({}, ...all.map((runtimes) => runtimes.env), main.env) as Runtimes["env"],
  };
}

/** Never throws for what an interpreter does: one that does not answer is recorded with the reason. */
export async function captureRuntimes(
  argv: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<Runtimes> {
  const platform = platformName();
  const found = findInterpreter({ words: argv, cwd, env });
  const own = { platform, node: process.versions.node };
  if (found === null) return { env: own, interpreter: null, searchPath: [] };
  if (found.name === "python") return await capturePython(found, cwd, own);
  const interpreter = await captureNode(found);
  // Without the version of the command's Node, only that of Colophon's is known, and it must not pass for the other.
  const node = interpreter.version;
  const versions = node === null ? { platform, colophon_node: process.versions.node } : { platform, node };
  return { env: versions, interpreter, searchPath: [] };
}

async function capturePython(
  found: FoundInterpreter,
  cwd: string,
  own: Record<string, string>,
): Promise<Runtimes> {
  const { answer, folder } = await askInterpreter(found, ["-c", selfDescription], envForPython(found.env));
  const described = answer.ok ? parseSelfDescription(answer.text) : undefined;
  if (described === undefined) {
    const reason = answer.ok ? `${found.path} did not answer as Python does` : answer.reason;
    return { env: own, interpreter: withoutVersion(found, reason), searchPath: [] };
  }
  const { version, executable, prefix, basePrefix, implementation } = described;
  // Relative entries of PYTHONPATH count from the folder a program starts in.
  const searchPath = described.searchPath.map((entry) =>
    folder !== "/" && (entry === folder || entry.startsWith(`${folder}/`))
      ? cwd + entry.slice(folder.length)
      : entry,
  );
  return {
    env: { ...own, python: version },
    interpreter: {
      name: "python",
      path: found.path,
      executable: executable || null,
      version,
      implementation,
      prefix: prefix || null,
      base_prefix: basePrefix || null,
      reason: null,
    },
    searchPath,
  };
}

async function captureNode(found: FoundInterpreter): Promise<Interpreter> {
  const own = realpathSync(process.execPath);
  if (realpathSync(found.path) === own) return nodeFacts(found, process.versions.node, own);
  // Options meant for the program could load its modules.
  const { NODE_OPTIONS: _, ...env } = found.env;
  const { answer } = await askInterpreter(found, ["--version"], env);
  if (!answer.ok) return withoutVersion(found, answer.reason);
  const version = /^v(\d+\.\d+\.\d+\S*)$/m.exec(answer.text)?.[1];
  if (version === undefined) return withoutVersion(found, `${found.path} did not answer as Node does`);
  return nodeFacts(found, version, found.shimFolder === undefined ? realpathSync(found.path) : null);
}

function nodeFacts(found: FoundInterpreter, version: string, executable: string | null): Interpreter {
  return { ...withoutVersion(found, ""), version, executable, implementation: "node", reason: null };
}

function withoutVersion({ name, path }: FoundInterpreter, reason: string): Interpreter {
  const unknown = { executable: null, version: null, implementation: null, prefix: null, base_prefix: null };
  return { name, path, ...unknown, reason };
}

/** Only a shim, which chooses by the folder, is asked in the command's own; the questions import nothing, so nothing there runs. */
function askInterpreter(
  { path, shimFolder }: FoundInterpreter,
  words: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ answer: Answer; folder: string }> {
  const askFrom = async (folder: string) => {
    const question = { program: path, words, env, cwd: folder, seconds: secondsForVersion };
    return { answer: await askProgram(question), folder };
  };
  return shimFolder === undefined ? inEmptyFolder(askFrom) : askFrom(shimFolder);
}
