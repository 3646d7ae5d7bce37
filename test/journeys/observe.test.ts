import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import * as validators from "../../src/generated/validators.js";
import { sha256 } from "../../src/manifest/digest.js";
import { testIf } from "../files/scratch.js";
import { expectOutput } from "./matches-schema.js";
import { canTrace, hasPython, namesOf, newestRecord, observedRun, python3 } from "./observed-run.js";
import { cli, makeRepository, type Repository } from "./repository.js";

const testPython = testIf(hasPython, "there is no python3");
const testStrace = testIf(hasPython && canTrace, "strace is not installed, or may not trace");

let repository: Repository;

beforeAll(() => {
  repository = makeRepository();
  const { write, commit } = repository;
  write(".gitignore", "out/\n*.cache\n__pycache__/\n");
  write("data/train.csv", "x,y\n1,2\n");
  write("data/extra.csv", "z\n3\n");
  write("helper.py", 'def load():\n    return open("data/extra.csv").read()\n');
  write(
    "train.py",
    [
      "import os, helper",
      'open("data/train.csv").read()',
      "helper.load()",
      'os.makedirs("out", exist_ok=True)',
      'with open("out/model.tmp", "w") as file: file.write("weights")',
      'os.replace("out/model.tmp", "out/model.bin")',
      'open("scores.csv", "w").write("1\\n")',
      'open("scratch.txt", "w").close()',
      'os.remove("scratch.txt")',
      'try: open("nowhere.csv")',
      "except FileNotFoundError: print('none')",
    ].join("\n"),
  );
  commit("Study");
});

afterAll(() => repository.remove());

const data = ["--data", "train=data/train.csv", "--artifact", "model=out/model.bin"];

describe("colophon run --observe", () => {
  testPython("names what was read and written though nobody had declared it", () => {
    const { status, stdout, stderr } = repository.colophon([
      "run",
      "--observe",
      ...data,
      "--",
      python3,
      "train.py",
    ]);
    expect([status, stdout]).toEqual([0, "none\n"]);
    expect(stderr).toContain("read but not declared: data/extra.csv\n");
    expect(stderr).toContain("written but not declared: scores.csv\n");
    const record = newestRecord(repository);
    expect(validators.observed(record)).toBe(true);
    expect(record?.read_not_declared).toEqual([{ path: "data/extra.csv" }]);
    expect(record?.temporary).toBe(2);
    const facts = record?.files.map(({ path, git, declared, first, read, written, state }) => [
      path,
      git,
      declared?.name ?? null,
      first,
      read,
      written,
      state,
    ]);
    expect(facts).toEqual([
      ["data/extra.csv", "tracked", null, "read", true, false, "as_opened"],
      ["data/train.csv", "tracked", "train", "read", true, false, "as_opened"],
      ["helper.py", "tracked", null, "read", true, false, "as_opened"],
      ["out/model.bin", "ignored", "model", "write", false, true, "written"],
      ["scores.csv", "untracked", null, "write", false, true, "written"],
      ["train.py", "tracked", null, "read", true, false, "as_opened"],
    ]);
    expect(record?.files[0]?.sha256).toBe(sha256("z\n3\n"));
    expect(record?.groups.map(({ name }) => name)).toContain("python bytecode");
    expect(record?.mechanisms).toEqual([
      { name: "python", processes: 1, versions: [expect.stringMatching(/^3\.\d+\.\d+$/)] },
    ]);
  });

  testPython("tells what is Colophon's own from what is the script's", () => {
    const { record } = observedRun(repository, [python3, "-c", "import colophon; colophon.log({'loss': 1})"]);
    expect(record.files).toEqual([]);
    expect(record.groups.find(({ name }) => name === "colophon")).toMatchObject({ read: expect.any(Number) });
  });

  testPython("leaves nothing of itself below .colophon/live and the repository", () => {
    observedRun(repository, [python3, "train.py"]);
    expect(readdirSync(join(repository.root, ".colophon/live"))).toEqual([]);
    const others = repository
      .git("status", "--porcelain", "--ignored")
      .split("\n")
      .map((line) => line.slice(3))
      .filter((path) => !path.startsWith("records/"));
    expect(others.sort()).toEqual([".colophon/", "__pycache__/", "out/", "scores.csv"]);
  });

  testPython("says what a file is that the command changes, removes or renames", () => {
    const { write } = repository;
    for (const name of ["kept", "edited", "removed", "renamed"]) write(`files/${name}.txt`, name);
    write(
      "change.py",
      [
        "import os",
        'for name in ("kept", "edited", "removed", "renamed"): open(f"files/{name}.txt").read()',
        'open("files/edited.txt", "a").write("more")',
        'os.remove("files/removed.txt")',
        'os.rename("files/renamed.txt", "files/new.txt")',
      ].join("\n"),
    );
    const run = observedRun(repository, [python3, "change.py"]);
    const tell = (path: string) => {
      const { read, written, deleted, renamed_to, state } = run.file(path) ?? {};
      return { read, written, deleted, renamed_to, state };
    };
    const nothing = { read: true, written: false, deleted: false, renamed_to: null };
    expect(tell("files/kept.txt")).toEqual({ ...nothing, state: "as_opened" });
    expect(tell("files/edited.txt")).toEqual({ ...nothing, written: true, state: "changed" });
    expect(tell("files/removed.txt")).toEqual({ ...nothing, deleted: true, state: "gone" });
    expect(tell("files/renamed.txt")).toEqual({
      ...nothing,
      deleted: true,
      renamed_to: "files/new.txt",
      state: "gone",
    });
    expect(tell("files/new.txt")).toEqual({ ...nothing, read: false, written: true, state: "written" });
  });

  testPython("tells the drift of tracked code who edited it", () => {
    repository.write("state.txt", "1\n");
    repository.git("add", "state.txt");
    repository.git("commit", "--quiet", "--message=State");
    const run = observedRun(repository, [python3, "-c", 'open("state.txt", "a").write("2")']);
    expect(run.stderr).toContain("state.txt (edited by the command)");
    repository.git("checkout", "--quiet", "state.txt");
  });

  testPython("sees threads, children of every kind, and a process that leaves without a word", () => {
    const { write } = repository;
    for (let number = 0; number < 8; number += 1) write(`parts/${number}.csv`, `${number}`);
    write(
      "parallel.py",
      [
        "import multiprocessing, os, subprocess, sys, threading",
        'def part(n): open(f"parts/{n}.csv").read()',
        'if __name__ == "__main__":',
        "    threads = [threading.Thread(target=part, args=(n,)) for n in (0, 1)]",
        "    for thread in threads: thread.start()",
        "    for thread in threads: thread.join()",
        '    for n, kind in enumerate(("fork", "spawn", "forkserver"), 2):',
        "        process = multiprocessing.get_context(kind).Process(target=part, args=(n,))",
        "        process.start(); process.join(); assert process.exitcode == 0",
        '    subprocess.run([sys.executable, "-c", "import os; open(\'parts/5.csv\'); os._exit(0)"], check=True)',
        "    if os.fork() == 0:",
        "        part(6); os.execv(sys.executable, [sys.executable, '-c', \"open('parts/7.csv')\"])",
        "    os.wait()",
      ].join("\n"),
    );
    const run = observedRun(repository, [python3, "parallel.py"]);
    expect([run.status, run.stdout]).toEqual([0, ""]);
    expect(run.paths(({ path }) => path.startsWith("parts/"))).toEqual(
      Array.from({ length: 8 }, (_, number) => `parts/${number}.csv`),
    );
    expect(run.record.lost).toBe(0);
    expect(run.record.mechanisms[0]?.processes).toBeGreaterThanOrEqual(6);
  });

  testPython("lets the user's own sitecustomize run, and finds their modules", () => {
    repository.write("own/sitecustomize.py", 'import sys; sys.greeting = "hello"\n');
    repository.write("own/mine.py", "word = 'mine'\n");
    const script =
      "import sys, sitecustomize, mine; print(sys.greeting, mine.word, sitecustomize.__file__[-20:])";
    const call = { env: { PYTHONPATH: join(repository.root, "own") } };
    const run = observedRun(repository, [python3, "-c", script], { call });
    expect(run.stdout).toBe("hello mine own/sitecustomize.py\n");
    expect(run.stderr).not.toContain("sitecustomize;");
    const without = observedRun(repository, [
      python3,
      "-c",
      'import sys; print([p for p in sys.path if "live" in p], "sitecustomize" in sys.modules)',
    ]);
    expect(without.stdout).toBe("[] False\n");
  });

  testPython("says where it sees nothing", () => {
    const silent = observedRun(repository, [python3, "-I", "-c", 'open("data/extra.csv")']);
    expect(silent.status).toBe(0);
    expect(silent.record.files).toEqual([]);
    expect(namesOf(silent.record, "silent")).toEqual([python3.slice(python3.lastIndexOf("/") + 1)]);
    const script = [
      "import subprocess, sys",
      'subprocess.run([sys.executable, "-I", "-c", "pass"])',
      'subprocess.run(["sort", "data/extra.csv"], stdout=subprocess.DEVNULL)',
      'subprocess.run(["true"], env={"PATH": "/usr/bin:/bin"})',
    ].join("\n");
    const { record, stderr } = observedRun(repository, [python3, "-c", script]);
    expect(namesOf(record, "isolated")).toEqual([python3.slice(python3.lastIndexOf("/") + 1)]);
    expect(namesOf(record, "programs")).toEqual(["sort"]);
    expect(namesOf(record, "environment_cleared")).toEqual(["true"]);
    expect(stderr).toContain("what these opened is not known: ");
    expect(stderr).toContain("(--observe=strace sees it)");
    expect(record.complete).toBe(false);
  });

  testPython("does not call a script unseen that an interpreter tells of", () => {
    repository.write("bin/torchrun", `#!${python3}\nopen("data/extra.csv")\n`, 0o755);
    const { record } = observedRun(repository, [join(repository.root, "bin/torchrun")]);
    expect(record.blind_spots).toEqual([{ what: "libraries", names: [] }]);
    expect(record.read_not_declared).toEqual([{ path: "data/extra.csv" }]);
  });

  testPython("counts what lies in a folder that is declared, and lists what is written there", () => {
    for (const name of ["a", "b", "c"]) repository.write(`images/${name}.png`, name);
    const script = "for n in 'abc': open(f'images/{n}.png').read()\nopen('images/index.txt', 'w').write('1')";
    repository.colophon([
      "run",
      "--observe",
      "--dirty",
      "warn",
      "--data",
      "images=images",
      "--",
      python3,
      "-c",
      script,
    ]);
    const record = newestRecord(repository);
    expect(record?.groups).toContainEqual({ name: "input:images", read: 3, written: 0 });
    expect(record?.files.map(({ path, declared }) => [path, declared])).toEqual([
      ["images/index.txt", { as: "input", name: "images" }],
    ]);
    expect(record?.read_not_declared).toEqual([]);
  });

  testPython("lists a thousand files, and counts the others", () => {
    const script = [
      "import os",
      'os.makedirs("out/many")',
      'for n in range(1200): open(f"out/many/{n}", "w").write("1")',
    ].join("\n");
    repository.call(python3, ["-c", script]);
    const run = observedRun(repository, [
      python3,
      "-c",
      'for n in range(1200): open(f"out/many/{n}").read()',
    ]);
    expect(run.record).toMatchObject({ files_omitted: 200, read_not_declared_omitted: 200 });
    expect(run.record.read_not_declared).toHaveLength(1000);
    expect(run.stderr).toContain("read but not declared: out/many/ (1,000 files) and 200 more\n");
  });

  testPython("is no leftover to doctor while it runs", () => {
    const script = `import subprocess; print(subprocess.run(${JSON.stringify([process.execPath, cli, "doctor"])}, capture_output=True, text=True).stdout)`;
    const { stdout } = observedRun(repository, [python3, "-c", script]);
    expect(stdout).not.toContain("LIVE_LEFTOVER");
  });

  test("sees all of Node's ways to open a file, modules of both kinds and threads", () => {
    const { write } = repository;
    const names = ["sync", "callback", "promise", "stream", "handle", "worker", "copied"];
    for (const name of names) write(`in/${name}.csv`, "1\n");
    write("in/module.mjs", "export const word = 1;\n");
    write("in/module.cjs", "module.exports = 1;\n");
    write(
      "all.mjs",
      [
        'import fs, { readFileSync } from "node:fs";',
        'import { open, readFile } from "node:fs/promises";',
        'import { Worker } from "node:worker_threads";',
        'import { word } from "./in/module.mjs";',
        'import other from "./in/module.cjs";',
        'readFileSync("in/sync.csv");',
        'fs.readFile("in/callback.csv", () => {});',
        'await readFile(new URL("in/promise.csv", import.meta.url));',
        'for await (const _ of fs.createReadStream("in/stream.csv"));',
        'await (await open("in/handle.csv")).close();',
        'fs.copyFileSync("in/copied.csv", "copy.csv");',
        'fs.createWriteStream("written.txt").end("1");',
        `new Worker('require("fs").readFileSync("in/worker.csv")', { eval: true });`,
      ].join("\n"),
    );
    const run = observedRun(repository, [process.execPath, "all.mjs"]);
    expect([run.status, run.stdout]).toEqual([0, ""]);
    expect(run.paths(({ read, place }) => read && place === "inside")).toEqual(
      ["all.mjs", ...names.map((name) => `in/${name}.csv`), "in/module.cjs", "in/module.mjs"].sort(),
    );
    expect(run.paths(({ written }) => written)).toEqual(["copy.csv", "written.txt"]);
    expect(run.record.mechanisms).toEqual([
      { name: "node", processes: 2, versions: [process.versions.node] },
    ]);
  });

  test("takes `observe` of colophon.json, and refuses another way to observe", () => {
    const other = makeRepository();
    other.write("colophon.json", '{ "observe": true }\n');
    const run = observedRun(other, [process.execPath, "-e", "0"], { flags: [] });
    expect(run.record.variables).toEqual(["COLOPHON_OBSERVE", "NODE_OPTIONS", "PYTHONPATH"]);
    const refused = other.colophon(["run", "--observe=ptrace", "--", "true"]);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain("BAD_FLAG_VALUE");
    other.write("colophon.json", "{}\n");
    other.colophon(["run", "--synthetic-seed", "1", "--", "true"]);
    expect(newestRecord(other)).toBeNull();
    other.remove();
  });

  testPython("is shown, kept for a failed run too, and held against what is there later", () => {
    const run = observedRun(repository, [python3, "-c", 'open("data/extra.csv"); raise SystemExit(4)']);
    expect(run.status).toBe(4);
    const shown = repository.colophon(["show", run.folder]).stdout;
    expect(shown).toContain("observed  1 file\n");
    expect(shown).toContain("read but not declared: data/extra.csv");
    const described = expectOutput("cli_show", repository.colophon(["show", "--json", run.folder]).stdout);
    expect(described.observation).toMatchObject({ files: 1, read_not_declared: ["data/extra.csv"] });
    const verify = () => {
      const outcome = repository.colophon(["verify", "--json", run.folder]);
      const { runs } = expectOutput("cli_verify", outcome.stdout) as {
        runs: {
          verdict: string;
          checks: { check: string; subject: string; state: string; severity: string }[];
        }[];
      };
      const told = runs[0]?.checks.filter(({ check }) => check === "observed") ?? [];
      return { status: outcome.status, told: told.map((one) => [one.subject, one.state, one.severity]) };
    };
    expect(verify()).toEqual({ status: 0, told: [["data/extra.csv", "ok", "notice"]] });
    repository.write("data/extra.csv", "other\n");
    expect(verify()).toEqual({ status: 0, told: [["data/extra.csv", "differs", "notice"]] });
    repository.git("checkout", "--quiet", "data/extra.csv");
  });

  testPython("keeps secrets out of paths, and bytes of names that are not UTF-8", () => {
    const token = `ghp_${"0123456789abcdefghijklmnopqrstuvwxyz".slice(0, 36)}`;
    const script = [
      `open("token=${token}.csv", "w").write("1")`,
      'open(b"caf\\xe9.csv", "w").write("1")',
      'open(".env.cache", "w").write("A=1")',
    ].join("\n");
    const run = observedRun(repository, [python3, "-c", script]);
    const text = repository.read(
      `${run.folder.slice(repository.root.length + 1)}/00_run_metadata/observed.json`,
    );
    expect(text).not.toContain(token);
    expect(Object.values(run.record.redactions)).toEqual([expect.any(Number)]);
    expect(run.record.files.find(({ path }) => path === "caf\ufffd.csv")?.path_base64).toBe("Y2Fm6S5jc3Y=");
    expect(run.file(".env.cache")).toMatchObject({ sha256: null, undigested: "secret" });
  });

  testStrace("sees every program through strace, and then knows that it has seen all", () => {
    repository.write(
      "pipe.sh",
      "sort data/extra.csv > sorted.csv; (cd data; cat train.csv >/dev/null); mv sorted.csv in-order.csv\n",
    );
    const run = observedRun(repository, ["sh", "pipe.sh"], { flags: ["--observe=strace"] });
    expect([run.status, run.stdout]).toEqual([0, ""]);
    expect(run.record).toMatchObject({ how: "strace", fault: null, complete: true, variables: [] });
    expect(run.paths(({ place, read }) => place === "inside" && read)).toEqual([
      "data/extra.csv",
      "data/train.csv",
      "pipe.sh",
    ]);
    expect(run.file("in-order.csv")).toMatchObject({ written: true, state: "written" });
    repository.write("gone.txt", "1");
    repository.write("moved.txt", "1");
    const script = "rm gone.txt; mv moved.txt away.txt; echo 1 > temporary.txt; rm temporary.txt";
    const other = observedRun(repository, ["sh", "-c", script], { flags: ["--observe=strace"] });
    expect(other.record.temporary).toBe(1);
    expect(other.file("gone.txt")).toMatchObject({ deleted: true, state: "gone", git: null });
    expect(other.file("moved.txt")).toMatchObject({ deleted: true, renamed_to: "away.txt" });
    expect(other.file("temporary.txt")).toBeUndefined();
  });

  test("says so where strace is asked for and missing", () => {
    const bin = join(repository.root, "../bin");
    mkdirSync(bin, { recursive: true });
    const git = repository.call("sh", ["-c", "command -v git"]).stdout.trim();
    for (const [name, program] of [
      ["git", git],
      ["node", process.execPath],
      ["sh", "/bin/sh"],
    ] as const)
      writeFileSync(join(bin, name), `#!/bin/sh\nexec ${program} "$@"\n`, { mode: 0o755 });
    const run = observedRun(repository, ["node", "-e", 'fs.readFileSync("data/extra.csv")'], {
      flags: ["--observe=strace"],
      call: { env: { PATH: bin } },
    });
    expect(run.record).toMatchObject({
      asked: "strace",
      how: "injected",
      fault: "strace cannot be used: it is not installed",
    });
    expect(run.stderr).toContain("not observed as asked: strace cannot be used: it is not installed");
    expect(run.record.read_not_declared).toEqual([{ path: "data/extra.csv" }]);
  });
});
