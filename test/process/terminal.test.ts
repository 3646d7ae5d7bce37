import { execFile, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "@jest/globals";
import { makeFolder, plainEnv, readEnd, removePlace, until, wordsOf } from "./wrapped.js";

afterAll(removePlace);

type Step = readonly ["wait" | "type", string] | readonly ["pause", number] | readonly ["close"];

interface Seen {
  readonly screen: string;
  readonly status: number | null;
  readonly signal: string | null;
}

const driver = fileURLToPath(new URL("terminal-driver.py", import.meta.url));

async function onTerminal(words: readonly string[], steps: readonly Step[] = [], env = {}): Promise<Seen> {
  const request = JSON.stringify({ words, steps, env: { ...plainEnv, TERM: "xterm", PS1: "$ ", ...env } });
  const { stdout } = await promisify(execFile)("python3", [driver, request], { maxBuffer: 1 << 26 });
  return JSON.parse(stdout) as Seen;
}

const hasPython = spawnSync("python3", ["-c", "import termios"]).status === 0;
const hasScript =
  spawnSync("script", ["-q", "-e", "-f", "-c", "true", "/dev/null"], { stdio: "ignore" }).status === 0;
const hasBash = spawnSync("bash", ["-c", "true"]).status === 0;

function when(condition: boolean, name: string, reason: string, body: () => Promise<void>): void {
  (condition ? test : test.skip)(condition ? name : `${name} (skipped: ${reason})`, body, 60_000);
}

function onPython(name: string, body: () => Promise<void>): void {
  when(hasPython, name, "no python3 to drive a terminal", body);
}

function onScript(name: string, body: () => Promise<void>): void {
  when(hasPython && hasScript, name, "no python3 or no script of util-linux", body);
}

const look =
  'for n in 0 1 2; do test -t $n && echo "terminal $n"; done; stty size; echo "shell $SHELL"; echo err >&2; exit 3';

/** Counts interrupts until it is told to stop. */
const counter = [
  "sh",
  "-c",
  'trap "echo interrupted" INT; echo ready; n=0; while [ $n -lt 16 ]; do sleep 0.05; n=$((n+1)); done; echo over',
];

function tracked(folder: string, argv: readonly string[], options = {}): string[] {
  return [process.execPath, ...wordsOf(folder, argv, options)];
}

describe("a command on a terminal", () => {
  onScript("sees what it would see without us, and is kept", async () => {
    const plain = await onTerminal(["sh", "-c", look], [], { SHELL: "/bin/odd" });
    const folder = makeFolder();
    const seen = await onTerminal(tracked(folder, ["sh", "-c", look]), [], { SHELL: "/bin/odd" });
    expect(seen).toEqual(plain);
    expect(plain.screen).toBe(
      "terminal 0\r\nterminal 1\r\nterminal 2\r\n33 101\r\nshell /bin/odd\r\nerr\r\n",
    );
    expect(readFileSync(join(folder, "logs/stdout.log"), "latin1")).toBe(plain.screen);
    expect(readEnd(folder).logs).toMatchObject({
      merged: true,
      stdout: { kept: true, bytes: plain.screen.length, complete: true },
    });
    expect(readdirSync(join(folder, "live"))).toEqual([]);
  });

  onScript("gets its words byte for byte, and its environment whole", async () => {
    const argv = ["a b", "", "it's", 'say "hi"', "$HOME `id`", "back\\slash", "two\nlines", "*", "-x", "n=1"];
    const env = {
      "BASH_FUNC_module%%": "() {  echo 'a';\n}",
      "with.dot": "1",
      SHELL: "/bin/odd",
      LC_ALL: "C.UTF-8",
      PWD: "/nowhere",
    };
    const program =
      'const {COLUMNS, LINES, ...env} = process.env; console.log(JSON.stringify([process.argv.slice(1), env]).replace(/[^ -~]/g, "?"))';
    const words = [process.execPath, "-e", program, "--", ...argv];
    const plain = await onTerminal(words, [], env);
    const folder = makeFolder();
    const seen = await onTerminal(tracked(folder, words), [], env);
    const [got, gotEnv] = JSON.parse(seen.screen);
    const [expected, expectedEnv] = JSON.parse(plain.screen);
    expect([got, gotEnv]).toEqual([expected, expectedEnv]);
    expect(expected).toEqual(argv);
    expect(readFileSync(join(folder, "logs/stdout.log"), "latin1")).toBe(seen.screen);
  });

  onScript("hears Ctrl-C once", async () => {
    const folder = makeFolder();
    const { screen, status } = await onTerminal(tracked(folder, counter), [
      ["wait", "ready"],
      ["type", "\x03"],
    ]);
    expect([screen.split("interrupted").length - 1, screen.endsWith("over\r\n"), status]).toEqual([
      1,
      true,
      0,
    ]);
  });

  onScript("ends by Ctrl-C, and so do we", async () => {
    const folder = makeFolder();
    const { signal } = await onTerminal(tracked(folder, ["sh", "-c", "echo ready; exec sleep 30"]), [
      ["wait", "ready"],
      ["type", "\x03"],
    ]);
    expect([signal, readEnd(folder).signal]).toEqual(["SIGINT", "SIGINT"]);
  });

  onScript("reads what is typed", async () => {
    const { screen } = await onTerminal(tracked(makeFolder(), ["sh", "-c", "read line; echo read $line"]), [
      ["pause", 0.5],
      ["type", "hello\r"],
    ]);
    expect(screen).toContain("read hello\r\n");
  });

  onScript("hears signals that are sent to us", async () => {
    const folder = makeFolder();
    const command = ["sh", "-c", "trap 'echo told; exit 4' TERM; echo ready; while :; do sleep 0.05; done"];
    const seen = onTerminal(tracked(folder, command), []);
    await until(() => existsSync(join(folder, "logs/stdout.log")), "the log");
    await until(
      () => readFileSync(join(folder, "logs/stdout.log"), "latin1").includes("ready"),
      "the command",
    );
    await until(() => existsSync(join(folder, "started.json")), "the tracker's own word of it");
    process.kill(JSON.parse(readFileSync(join(folder, "started.json"), "utf8")).tracker, "SIGTERM");
    const { screen, status } = await seen;
    expect([screen, status]).toEqual(["ready\r\ntold\r\n", 4]);
  });

  onScript("that is not found is 127 as everywhere", async () => {
    expect((await onTerminal(tracked(makeFolder(), ["no-such-program"]))).status).toBe(127);
  });

  onPython("is not kept when there is no program for pseudo-terminals, and the record says so", async () => {
    const folder = makeFolder();
    const bin = join(folder, "bin");
    mkdirSync(bin);
    for (const name of ["sh", "stty", "sleep"]) symlinkSync(find(name), join(bin, name));
    const { screen, status } = await onTerminal(tracked(folder, ["sh", "-c", look]), [], { PATH: bin });
    expect([screen.startsWith("terminal 0\r\nterminal 1\r\nterminal 2\r\n33 101"), status]).toEqual([
      true,
      3,
    ]);
    expect(readEnd(folder).logs.stdout.reason).toBe("it is a terminal, and `script` is not installed");
  });

  onPython("runs all the same when no pseudo-terminal can be made", async () => {
    const folder = makeFolder();
    const bin = join(folder, "bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "script"), "#!/bin/sh\nexit 1\n");
    chmodSync(join(bin, "script"), 0o755);
    const { screen, status } = await onTerminal(tracked(folder, ["sh", "-c", "echo ran; exit 3"]), [], {
      PATH: `${bin}:${plainEnv.PATH}`,
    });
    expect([screen, status]).toEqual(["ran\r\n", 3]);
    expect(readEnd(folder).logs.stdout).toMatchObject({
      kept: false,
      reason: "`script` could not make a pseudo-terminal",
    });
    expect(readdirSync(join(folder, "logs"))).toEqual([]);
  });

  onPython("keeps its terminal and is kept where it has none", async () => {
    const folder = makeFolder();
    const line = tracked(folder, ["sh", "-c", look])
      .map((word) => `'${word.replaceAll("'", "'\\''")}'`)
      .join(" ");
    const { screen } = await onTerminal(["sh", "-c", `${line} 2>'${folder}/err'`], [], { SHELL: "/bin/odd" });
    expect(screen).toBe("terminal 0\r\nterminal 1\r\n33 101\r\nshell /bin/odd\r\n");
    expect(readFileSync(join(folder, "logs/stderr.log"), "latin1")).toBe("err\n");
    expect(readEnd(folder).logs.stdout).toMatchObject({
      kept: false,
      reason: "it is a terminal, and not all three streams are",
    });
  });

  onPython("hears Ctrl-C once when it shares the terminal with us", async () => {
    const folder = makeFolder();
    const { screen, status } = await onTerminal(tracked(folder, counter, { capture: "none" }), [
      ["wait", "ready"],
      ["type", "\x03"],
    ]);
    expect([screen.split("interrupted").length - 1, status]).toEqual([1, 0]);
    expect(readEnd(folder).interrupted).toEqual([{ signal: "SIGINT", forwarded: false }]);
  });

  when(
    hasPython && hasBash,
    "is stopped by Ctrl-Z and goes on with fg",
    "no python3 or no bash",
    async () => {
      const folder = makeFolder();
      const line = tracked(folder, counter, { capture: "none" })
        .map((word) => `'${word.replaceAll("'", "'\\''")}'`)
        .join(" ");
      writeFileSync(join(folder, "line"), `${line}\n`);
      const { screen } = await onTerminal(
        ["bash", "--norc", "--noprofile", "-i"],
        [
          ["wait", "$ "],
          ["type", `. '${folder}/line'\r`],
          ["wait", "ready"],
          ["type", "\x1a"],
          ["wait", "Stopped"],
          ["pause", 1],
          ["type", "fg\r"],
          ["wait", "over"],
          ["type", "echo status $?; exit\r"],
        ],
      );
      expect(screen).toContain("Stopped");
      expect(screen.indexOf("over\r\n")).toBeGreaterThan(screen.indexOf("Stopped"));
      expect(screen).toContain("status 0");
    },
  );
});

function find(name: string): string {
  return spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim();
}

describe("a terminal that goes away", () => {
  const survive = (folder: string) =>
    tracked(folder, ["sh", "-c", `echo >'${folder}/alive'; sleep 1; echo heard; echo >'${folder}/done'`])
      .map((word) => `'${word.replaceAll("'", "'\\''")}'`)
      .join(" ");

  onPython("leaves a command alone that has none of its streams there, as under nohup", async () => {
    const folder = makeFolder();
    const line = `nohup ${survive(folder)} </dev/null >'${folder}/out' 2>&1 & sleep 30`;
    const env = { "BASH_FUNC_module%%": "() {  :;\n}" };
    await onTerminal(["sh", "-c", line], [["pause", 0.8], ["close"]], env);
    await until(() => existsSync(join(folder, "end.json")), "the tracker's own end");
    expect([existsSync(join(folder, "done")), readEnd(folder).exitCode]).toEqual([true, 0]);
    expect(readFileSync(join(folder, "logs/stdout.log"), "latin1")).toBe("heard\n");
  });

  onPython("ends a command that has its streams there, as it would without us", async () => {
    const folder = makeFolder();
    const words = tracked(folder, ["sh", "-c", "echo ready; exec sleep 30"], { capture: "none" });
    await onTerminal(words, [["wait", "ready"], ["close"]]);
    expect(readEnd(folder).signal).toBe("SIGHUP");
  });

  onPython("changes no variable of a command that ignores it", async () => {
    const folder = makeFolder();
    const program = "console.log(JSON.stringify(process.env))";
    const env = { "BASH_FUNC_module%%": "() {  :;\n}", PWD: "/nowhere", SHLVL: "3" };
    const words = [process.execPath, "-e", program];
    // A shell would drop what it cannot name: Node takes the streams off the terminal and starts both.
    const seenBy = async (argv: readonly string[], out: string): Promise<object> => {
      const starter = `const out = require("fs").openSync(${JSON.stringify(out)}, "w");
        require("child_process").spawnSync(${JSON.stringify(argv[0])}, ${JSON.stringify(argv.slice(1))}, { stdio: ["ignore", out, out] });`;
      await onTerminal([process.execPath, "-e", starter], [], env);
      return JSON.parse(readFileSync(out, "utf8"));
    };
    const plain = await seenBy(words, join(folder, "plain"));
    expect(await seenBy(tracked(folder, words), join(folder, "tracked"))).toEqual(plain);
    expect(plain).toMatchObject(env);
  });
});
