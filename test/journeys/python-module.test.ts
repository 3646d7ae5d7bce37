import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type MetricPoint, readMetrics } from "../../src/store/metrics/read-journals.js";
import { watchRuns } from "./recorded-run.js";
import { makeRepository, type Repository } from "./repository.js";

const moduleFolder = fileURLToPath(new URL("../../python", import.meta.url));
const isLong = process.env.COLOPHON_TEST_LONG !== undefined;
const found = spawnSync("python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 8))"]);
const withPython = found.status === 0 ? describe : describe.skip;
if (found.status !== 0) process.stderr.write("skipped: there is no python3 of 3.8 or newer\n");

let repository: Repository;
beforeAll(() => {
  repository = makeRepository();
  repository.write(".gitignore", "*.py\nlib/\nvenv/\nplain*/\n__pycache__/\n");
  repository.commit("Ignore");
});
afterAll(() => repository.remove());

async function pointsIn(folder: string) {
  const reading = readMetrics(folder);
  const points: MetricPoint[] = [];
  for await (const point of reading) points.push(point);
  return { points, problems: reading.problems };
}

async function wrapped(
  body: string,
  { env = {}, python = "python3" }: { env?: NodeJS.ProcessEnv; python?: string } = {},
) {
  const newRuns = watchRuns(repository);
  repository.write("train.py", body);
  const outcome = repository.colophon(["run", "--synthetic-seed", "1", "--", python, "train.py"], { env });
  const [folder = ""] = newRuns();
  const find = (path: string) =>
    existsSync(join(folder, path)) ? readFileSync(join(folder, path), "utf8") : null;
  return { ...outcome, folder, find, ...(await pointsIn(folder)) };
}

/** A script that is started without Colophon, and writes into a folder if at all. */
function plain(body: string, env: NodeJS.ProcessEnv = {}) {
  repository.write("plain.py", body);
  return repository.call("python3", ["plain.py"], {
    env: { PYTHONPATH: moduleFolder, PYTHONDONTWRITEBYTECODE: "1", ...env },
  });
}

/** What wrong calls left in a journal, in their own words. */
function refusedIn(journal: string | null): string[] {
  const lines = (journal ?? "").trim().split("\n");
  return lines.map((line) => JSON.parse(line).refused).filter((words) => words !== undefined);
}

const curve = (points: readonly MetricPoint[]) =>
  points.map(({ metric, step, value }) => [metric, step, value]);

withPython("import colophon", () => {
  test("logs metrics, and reports parameters, tags, a summary and artifacts", async () => {
    const { status, stderr, points, problems, find } = await wrapped(`
import colophon
from pathlib import Path
assert colophon.in_run()
assert colophon.params(lr=3e-4, layers=[1, 2], data=Path("data.csv"), limit=float("inf"))
for step in range(3):
    assert colophon.log(loss=1 / (step + 1), step=step)
assert colophon.log({"val/é": 1, "count": 10**20}, step=1.5)
assert colophon.log(loss=float("nan"), norm=float("-inf"), done=True)
assert colophon.log(loss=0, durable=True)
assert colophon.summary(best_epoch=7) and colophon.tag("baseline", "from python")
Path("model.bin").write_text("weights")
assert colophon.artifact("model", "model.bin")
`);
    expect({ status, stderr: stderr.includes("colophon: ") }).toEqual({ status: 0, stderr: false });
    expect(curve(points)).toEqual([
      ["loss", 0, 1],
      ["loss", 1, 0.5],
      ["loss", 2, 1 / 3],
      ["val/é", 1.5, 1],
      ["count", 1.5, 1e20],
      ["loss", null, Number.NaN],
      ["norm", null, Number.NEGATIVE_INFINITY],
      ["done", null, 1],
      ["loss", null, 0],
    ]);
    expect(problems).toEqual([]);
    expect(Date.parse(points[0]?.time ?? "")).toBeGreaterThan(Date.now() - 60_000);
    const reported = (find("00_run_metadata/params.jsonl") ?? "")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(reported).toMatchObject([
      { params: { lr: 3e-4, layers: [1, 2], data: "data.csv", limit: "Infinity" } },
      { summary: { best_epoch: 7 } },
      { tags: ["baseline", "from python"] },
    ]);
    expect(find("artifacts/model.bin")).toBe("weights");
    expect(JSON.parse(find("00_run_metadata/metrics_summary.json") ?? "").metrics.loss).toMatchObject({
      count: 5,
      nan: 1,
      last: { value: 0, step: null },
    });
  });

  test("takes the scalars of numpy, torch and their kin for numbers", async () => {
    const { stdout, stderr, points, find } = await wrapped(`
import colophon, decimal, fractions
class Numpy:
    def __float__(self): return 0.25
class Torch:
    def item(self): return 7
class Broken:
    def item(self): raise RuntimeError("a Tensor with 2 elements cannot be converted to Scalar")
colophon.log(a=Numpy(), b=Torch(), c=decimal.Decimal("0.5"), d=fractions.Fraction(1, 8), step=Torch())
for wrong in ("0.3", b"1", None, Broken(), [1, 2], 1j):
    print(colophon.log(loss=wrong))
`);
    expect(curve(points)).toEqual([
      ["a", 7, 0.25],
      ["b", 7, 7],
      ["c", 7, 0.5],
      ["d", 7, 0.125],
    ]);
    // No reason to end a training: each is a line that counts as not read.
    const kinds = ["str", "bytes", "NoneType", "Broken", "list", "complex"];
    expect(stdout).toBe("False\n".repeat(kinds.length));
    expect(refusedIn(find("metrics.jsonl"))).toEqual(
      kinds.map((kind) => `log: loss must be a number, not ${kind}`),
    );
    expect(stderr).toContain("colophon: log: loss must be a number, not str; the program goes on\n");
    expect(stderr).toContain("colophon: 6 calls of log were wrong\n");
    expect(stderr).toContain("metrics.jsonl: 6 lines not read as metrics (line 2, 3, 4, 5, 6, …)");
  });

  const wrongCalls = `
import colophon
def wrong():
    yield colophon.log({"": 1})
    yield colophon.log({"a\\nb": 1})
    yield colophon.log({3: 1})
    yield colophon.log([1])
    yield colophon.log(loss=1, step="2")
    yield colophon.log(loss=1, step=2**60)
    yield colophon.log(loss=10**400)
    yield colophon.tag(" a")
    yield colophon.tag(1)
    yield colophon.artifact("a b", "x")
    yield colophon.artifact("a", None)
    yield colophon.params(3)
print(*wrong())
`;

  test("never ends a program, whatever it is told", async () => {
    const { stdout, stderr, find } = await wrapped(wrongCalls);
    expect(stdout).toBe(`${Array(12).fill("False").join(" ")}\n`);
    expect(refusedIn(find("metrics.jsonl")).map((line) => line.slice(0, 40))).toEqual(
      [
        "log: the name of a metric has 1 to 1000 characters",
        "log: the name of a metric has 1 to 1000 characters",
        "log: the name of a metric must be a str, not int",
        "log: log takes a dict or keywords, not list",
        "log: step must be a number, not str",
        "log: a step is a number of at most 2^53 - 1",
        "log: loss is beyond the largest double",
      ].map((line) => line.slice(0, 40)),
    );
    for (const said of [
      "colophon: tag: a tag has 1 to 100 characters",
      "colophon: 2 calls of tag were wrong",
      "colophon: artifact: an artifact is named with letters",
      "colophon: params: params takes a dict or keywords, not int",
    ])
      expect(stderr).toContain(said);
  });

  test("is nothing outside of a run, and says what would be wrong in one", () => {
    const none = plain(`
import argparse, colophon
print(colophon.in_run(), colophon.log(loss=1, step=2), colophon.params(argparse.Namespace(lr=1)), colophon.tag("a"), colophon.artifact("m", "m"))
`);
    expect(none).toMatchObject({ status: 0, stdout: "False False False False False\n", stderr: "" });
    const wrong = plain(wrongCalls);
    expect(wrong).toMatchObject({ status: 0, stdout: `${Array(12).fill("False").join(" ")}\n` });
    expect(wrong.stderr).toContain("colophon: log: the name of a metric has 1 to 1000 characters");
  });

  test("keeps every name that it says it keeps", async () => {
    const { stdout, points, problems, find } = await wrapped(`
import colophon
for name in ("constructor", "a.b", chr(0x1f600) * 1000, chr(0x1f600) * 1001, "__proto__"):
    print(colophon.log({name: 1}), colophon.params({name: 1}))
`);
    expect(stdout).toBe("True True\n".repeat(3) + "False False\n".repeat(2));
    expect(points.map(({ metric }) => metric)).toEqual(["constructor", "a.b", "\u{1f600}".repeat(1000)]);
    expect(problems.flatMap(({ lines }) => lines.map(({ line }) => line))).toEqual([4, 5]);
    expect(find("00_run_metadata/params.jsonl")?.trimEnd().split("\n")).toHaveLength(3);
  });

  test("writes where it is told to outside of a run", async () => {
    const { status } = plain(
      'import colophon\ncolophon.write_to("plain-run")\nassert colophon.log(loss=1)\nassert colophon.params(a=1)\n',
    );
    expect(status).toBe(0);
    expect((await pointsIn(join(repository.root, "plain-run"))).points).toHaveLength(1);
    expect(repository.read("plain-run/reported.jsonl")).toContain('"params":{"a":1}');
  });

  test("is a module of the user's own where there is one: beside the script, on their path, installed", async () => {
    const own = 'print("the user\'s own")\n';
    repository.write("lib/colophon.py", own);
    const script = "import colophon\nprint(hasattr(colophon, 'log'))\n";
    const onPath = await wrapped(script, { env: { PYTHONPATH: join(repository.root, "lib") } });
    expect(onPath.stdout).toBe("the user's own\nFalse\n");
    repository.write("colophon.py", own);
    expect((await wrapped(script)).stdout).toBe("the user's own\nFalse\n");
    repository.call("rm", ["colophon.py"]);
    repository.call("python3", ["-m", "venv", "--without-pip", "venv"]);
    const python = join(repository.root, "venv/bin/python3");
    const site = repository
      .call(python, ["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])
      .stdout.trim();
    mkdirSync(join(site, "colophon"));
    writeFileSync(join(site, "colophon/__init__.py"), own);
    expect((await wrapped(script, { python })).stdout).toBe("the user's own\nFalse\n");
    repository.call("rm", ["-r", join(site, "colophon")]);
    // A copy of this module is no other one.
    repository.call("cp", [join(moduleFolder, "colophon.py"), site]);
    expect((await wrapped(script, { python })).stdout).toBe("True\n");
  });

  test("serves where Python takes no notice of its path: as a copy beside the script, and installed", () => {
    const kept = (...command: string[]) =>
      repository.colophon(["run", "--quiet", "--synthetic-seed", "1", "--", ...command]).stdout;
    repository.write("lib/own/train.py", "import colophon\nprint(colophon.log(loss=1))\n");
    repository.call("cp", [join(moduleFolder, "colophon.py"), "lib/own"]);
    expect(kept("python3", "-E", "lib/own/train.py")).toBe("True\n");
    repository.call("python3", ["-m", "venv", "--without-pip", "venv/isolated"]);
    const python = join(repository.root, "venv/isolated/bin/python3");
    const place = repository.call(python, ["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]);
    repository.call("cp", [join(moduleFolder, "colophon.py"), place.stdout.trim()]);
    expect(kept(python, "-I", "lib/own/train.py")).toBe("True\n");
  });

  test("leaves the user's own path as it is, and is not put there twice", async () => {
    const { stdout } = await wrapped("import os, sys; print(os.environ['PYTHONPATH']); print(sys.path[1])", {
      env: { PYTHONPATH: "/a:/b" },
    });
    expect(stdout).toBe(`/a:/b:${moduleFolder}\n/a\n`);
    const nested = await wrapped("import os; print(os.environ['PYTHONPATH'])", {
      env: { PYTHONPATH: moduleFolder },
    });
    expect(nested.stdout).toBe(`${moduleFolder}\n`);
  });

  test("loses and tears no line of threads and forked processes", async () => {
    const { status, stderr, points, problems } = await wrapped(`
import colophon, multiprocessing, os, signal, threading
def work(name):
    for step in range(1000):
        assert colophon.log({name: step}, step=step)
signal.signal(signal.SIGALRM, lambda *_: colophon.log(alarm=1))
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
threads = [threading.Thread(target=work, args=("thread %d" % index,)) for index in range(4)]
for thread in threads: thread.start()
context = multiprocessing.get_context("fork")
children = [context.Process(target=work, args=("child %d" % index,)) for index in range(4)]
for child in children: child.start()
work("main")
for one in threads + children: one.join()
signal.setitimer(signal.ITIMER_REAL, 0)
# A daemon closes what it finds open; another file has the number then.
if os.fork() == 0:
    os.closerange(3, 100)
    other = open("plain-other", "w")
    colophon.log(daemon=1)
    os._exit(0 if os.fstat(other.fileno()).st_size == 0 else 1)
assert os.wait()[1] == 0
assert all(child.exitcode == 0 for child in children)
`);
    expect({ status, stderr: stderr.includes("Error") }).toEqual({ status: 0, stderr: false });
    expect(problems).toEqual([]);
    const names = ["main", "daemon"].concat(
      [0, 1, 2, 3].flatMap((index) => [`thread ${index}`, `child ${index}`]),
    );
    for (const name of names) {
      const steps = points.filter(({ metric }) => metric === name).map(({ step }) => step);
      expect(steps).toEqual(name === "daemon" ? [null] : Array.from({ length: 1000 }, (_, step) => step));
    }
  });

  test("lets the script go on where nothing can be written, and says so once", async () => {
    const { status, stdout, stderr } = await wrapped(`
import colophon, os
os.mkdir(os.environ["COLOPHON_METRICS"])
print(colophon.log(loss=1), colophon.log(loss=2))
os.rmdir(os.environ["COLOPHON_METRICS"])
print(colophon.log(loss=3))
`);
    expect({ status, stdout }).toEqual({ status: 0, stdout: "False False\nTrue\n" });
    const said = stderr.split("\n").filter((line) => line.startsWith("colophon: "));
    expect(said).toEqual([
      expect.stringMatching(/^colophon: metrics are not kept in .*metrics\.jsonl: .*; the program goes on$/),
      expect.stringMatching(/^colophon: 2 calls were not kept in .*metrics\.jsonl$/),
    ]);
  });

  test.each([
    [{ RANK: "3", WORLD_SIZE: "4" }],
    [{ OMPI_COMM_WORLD_RANK: "3", OMPI_COMM_WORLD_SIZE: "4" }],
    [{ SLURM_PROCID: "3", SLURM_NTASKS: "4" }],
  ])("has a journal of its own beside the first process: %o", async (env) => {
    const script = `import colophon, os\nos.environ.update(${JSON.stringify(env)})\nprint(colophon.log(loss=1))`;
    const before = await wrapped(script);
    expect(before.points.map(({ rank }) => rank)).toEqual([null]);
    const { points, find } = await wrapped(
      `import os\nos.environ.update(${JSON.stringify(env)})\nimport colophon\ncolophon.log(loss=1)\ncolophon.params(a=1)`,
    );
    expect(points.map(({ rank }) => rank)).toEqual(["3"]);
    expect(find("00_run_metadata/params.jsonl")).toContain('"params":{"a":1}');
  });

  test("keeps what it is told where there is no run of a job to tell", () => {
    const other = repository.colophon(
      [
        "run",
        "--synthetic-seed",
        "1",
        "--",
        "python3",
        "-c",
        "import colophon, os; print(colophon.log(a=1), colophon.params(b=2)); print(os.environ['COLOPHON_METRICS'])",
      ],
      { env: { RANK: "2", WORLD_SIZE: "3", LOCAL_RANK: "2" } },
    );
    const [kept, path = ""] = other.stdout.trim().split("\n");
    expect({ kept, status: other.status, stderr: other.stderr }).toEqual({
      kept: "True True",
      status: 0,
      stderr: "",
    });
    expect(readFileSync(path, "utf8")).toContain('"a":1');
    expect(readFileSync(path.replace("metrics.2", "reported.2"), "utf8")).toContain('"b":2');
  });

  test("is written in what Python 3.8 reads, with nothing but its standard library", () => {
    const { status, stdout, stderr } = repository.call("python3", [
      "-c",
      "import ast, sys; tree = ast.parse(open(sys.argv[1]).read(), feature_version=(3, 8)); print(sorted({name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names} | {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}))",
      join(moduleFolder, "colophon.py"),
    ]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout.trim()).toBe(
      "['atexit', 'functools', 'importlib.machinery', 'importlib.util', 'io', 'json', 'math', 'os', 're', 'stat', 'sys', 'threading', 'time']",
    );
  });

  const kills = isLong ? 200 : 5;

  test(`loses no acknowledged point when it is killed, ${kills} times`, async () => {
    repository.write(
      "plain-flood.py",
      `import colophon, os, struct, sys
colophon.write_to(sys.argv[1])
cell = os.open(os.path.join(sys.argv[1], "acknowledged"), os.O_WRONLY | os.O_CREAT)
step = 0
while colophon.log(loss=1 / (step + 1), step=step):
    os.pwrite(cell, struct.pack("<d", step), 0)
    step += 1
`,
    );
    let acknowledged = 0;
    for (let kill = 0; kill < kills; kill += 1) {
      const folder = mkdtempSync(join(repository.root, "plain-"));
      const env = { ...repository.env, PYTHONPATH: moduleFolder };
      const writer = spawn("python3", ["plain-flood.py", folder], { cwd: repository.root, env });
      const ended = new Promise((resolve) => writer.on("close", (_status, signal) => resolve(signal)));
      while (!existsSync(join(folder, "acknowledged")) && writer.exitCode === null) await setTimeout(2);
      await setTimeout(Math.random() * 60);
      writer.kill("SIGKILL");
      expect(await ended).toBe("SIGKILL");
      const bytes = new Uint8Array(readFileSync(join(folder, "acknowledged")));
      const last = new Float64Array(bytes.buffer)[0] ?? -1;
      const { points, problems } = await pointsIn(folder);
      expect(points.map(({ step }) => step)).toEqual(points.map((_, step) => step));
      expect(points.length).toBeGreaterThan(last);
      expect(problems.every(({ bad }) => bad === 0)).toBe(true);
      acknowledged += last + 1;
    }
    process.stderr.write(`${kills} kills of Python: ${acknowledged} points acknowledged, none lost\n`);
  }, 300_000);

  const mayMount = spawnSync("unshare", ["-m", "sh", "-c", "mount -t tmpfs tmpfs /mnt"]).status === 0;

  (mayMount ? test : test.skip)(
    `takes no point on a full disk that it does not keep${mayMount ? "" : " (skipped: no right to mount)"}`,
    () => {
      const folder = mkdtempSync(join(repository.root, "plain-"));
      const script = `mount -t tmpfs -o size=64k tmpfs "$1" && python3 -c '
import colophon, sys
colophon.write_to(sys.argv[1])
print(sum(colophon.log(loss=step / 7, step=step) for step in range(3000)))' "$1" && grep -c "}}$" "$1/metrics.jsonl"`;
      const { status, stdout, stderr } = repository.call(
        "unshare",
        ["-m", "sh", "-c", script, "sh", folder],
        {
          env: { PYTHONPATH: moduleFolder },
        },
      );
      expect(status).toBe(0);
      const [kept, whole] = stdout.trim().split("\n").map(Number);
      expect(kept).toBe(whole);
      expect(kept).toBeGreaterThan(500);
      expect(kept).toBeLessThan(3000);
      expect(stderr).toContain(`${3000 - (kept ?? 0)} calls were not kept`);
      expect(stderr.trim().split("\n")).toHaveLength(2);
    },
  );
});
