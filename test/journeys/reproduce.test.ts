import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import type { Reproduction } from "../../src/operations/reproduce/result.js";
import { expectOutput } from "./matches-schema.js";
import { runFolders } from "./recorded-run.js";
import { done, repositoryAt } from "./repository.js";
import { bytesBelow } from "./repository-state.js";
import { commit, record, repository, reproduce, reproduceIn, seed } from "./reproducing.js";

const examples = fileURLToPath(new URL("../../examples", import.meta.url));

/** Prints its epochs, and writes them as metrics too. */
const train = `
  node examples/train.mjs --data examples/data/penguins.csv --epochs 4 --seed "$1" --out model.json |
  node -e 'for (const [, epoch, loss] of require("fs").readFileSync(0, "utf8").matchAll(/epoch (\\d+) loss ([\\d.]+)/g))
    console.log(JSON.stringify({ step: Number(epoch), metrics: { loss: Number(loss) } }))' >> "$COLOPHON_METRICS"
`;

function withExample(): string[] {
  cpSync(examples, join(repository.root, "examples"), { recursive: true });
  commit({ "train.sh": train, ".gitignore": "model.json\n" });
  return ["--data", "train=examples/data/penguins.csv", "--artifact", "model=model.json", "--"];
}

describe("colophon reproduce", () => {
  test("the example training script is identical, and the reproduction is a run that names it", () => {
    const id = record([...withExample(), "sh", "train.sh", "7"]);
    const { status, found, stderr } = reproduce(id);
    expect([status, found.verdict, found.summary]).toEqual([
      0,
      "identical",
      "1 artifact and 4 points of metrics: identical",
    ]);
    expect(stderr).toMatch(/┃ code {7}[0-9a-f]{7} {2}clean\n(.*\n)*┃ command {4}sh train\.sh 7\n/);
    expect(repository.colophon(["reproduce", id]).stdout).toMatch(
      /^✓ \w{6} {2}IDENTICAL {2}1 artifact and 4 points of metrics\n {4}run {8}\w{6}\n {4}ended {6}exit 0, as recorded\n {4}metrics {4}4 of 4 points equal\n {4}artifacts {2}1 of 1 identical\n$/,
    );
    const [attempt] = found.attempts;
    const manifest = JSON.parse(readFileSync(join(attempt!.folder, "manifest.json"), "utf8"));
    expect(manifest.colophon.reproduction).toMatchObject({
      of: id,
      tree: found.code?.tree,
      attempt: 1,
      attempts: 1,
    });
    expect(manifest.git).toMatchObject({ sha: found.code?.commit, dirty: false });
    expect(manifest.colophon.source.worktree.linked).toBe(true);
    expect(done(repository.colophon(["validate", attempt!.folder])).status).toBe(0);
    const shown = done(repository.colophon(["show", attempt!.id])).stdout;
    expect(shown).toContain("train.sh");
    expect(shown).toContain(`repeats   ${id}, by colophon reproduce`);
    const lines = done(repository.colophon(["ls"])).stdout.split("\n");
    const marked = lines.filter((line) => line.includes(`repeats ${id.slice(-6)}`));
    expect(marked.some((line) => line.includes(attempt!.id.slice(-6)))).toBe(true);
    expect(marked.some((line) => line.startsWith(`✓  ${id.slice(-6)}`))).toBe(false);
    const listed = JSON.parse(repository.colophon(["ls", "--json"]).stdout).runs;
    const of = (run: string) => listed.find((each: { id: string }) => each.id === run).reproduces;
    expect([of(id), of(attempt!.id)]).toEqual([null, id]);
  });

  test("the same with a seed of the clock differs, at the first step of a metric", () => {
    const id = record([...withExample(), "sh", "-c", 'sh train.sh "$(date +%s%N)"']);
    const { status, found } = reproduce(id);
    expect([status, found.verdict]).toEqual([1, "differs"]);
    expect(found.attempts[0]!.metrics).toMatchObject({
      outcome: "differs",
      first: { metric: "loss", step: 1 },
    });
    expect(found.summary).toMatch(
      /^metric loss at step 1: 0\.\d+ was recorded, 0\.\d+ came out; \d of 4 points are equal$/,
    );
    const human = repository.colophon(["reproduce", id]);
    expect(human.stdout).toMatch(/^✗ \w{6} {2}DIFFERS {2}metric loss at step 1: /);
    expect(human.stdout).toContain("likely     no seed is among the parameters");
  });

  test("the example script as it is: metrics are read out of what it prints, as they were then", () => {
    const words = withExample();
    const flags = ["--metric-pattern", "epoch {step} loss {loss} accuracy {accuracy}", ...words];
    const script = [
      "node",
      "examples/train.mjs",
      "--data",
      "examples/data/penguins.csv",
      "--epochs",
      "3",
      "--out",
      "model.json",
    ];
    const same = reproduce(record([...flags, ...script, "--seed", "7"])).found;
    expect([same.verdict, same.summary]).toEqual([
      "identical",
      "1 artifact and 6 points of metrics: identical",
    ]);
    const clock = ["sh", "-c", `exec ${script.join(" ")} --seed "$(date +%s%N)"`];
    const other = reproduce(record([...flags, ...clock]));
    expect([other.status, other.found.verdict]).toEqual([1, "differs"]);
    expect(other.found.summary).toMatch(/^metric loss at step 1: 0\.\d+ was recorded, 0\.\d+ came out; /);
  });

  test("--runs 2 tells a script that does not agree with itself from something that changed", () => {
    commit({ "code.txt": "1\n" });
    const chance = record([...seed, "--artifact", "out=out.txt", "--", "sh", "-c", "date +%s%N > out.txt"]);
    const itself = reproduce(chance, "--runs", "2");
    expect([itself.found.verdict, itself.found.agrees_with_itself, itself.found.attempts.length]).toEqual([
      "differs",
      false,
      2,
    ]);
    expect(itself.found.causes[0]).toMatch(/^the script does not agree with itself/);
    const place = record(
      [...seed, "--artifact", "out=out.txt", "--", "sh", "-c", 'echo "$LEVEL" > out.txt'],
      {
        env: { LEVEL: "high" },
      },
    );
    const changed = reproduceIn({ LEVEL: "low" }, place, "--runs", "2");
    expect([changed.found.verdict, changed.found.agrees_with_itself]).toEqual(["differs", true]);
    expect(changed.found.causes[0]).toContain("something around it has changed");
  });

  test("edits of then are run, whatever became of them since; the user's tree is not looked at", () => {
    commit({
      "main.sh": '. ./helper.sh; echo "$X $Y" > out.txt\n',
      "helper.sh": "X=0\n",
      ".gitignore": "out.txt\n",
    });
    repository.write("helper.sh", ". ./new.sh; X=1\n");
    repository.write("new.sh", "Y=1\n");
    const id = record([...seed, "--artifact", "out=out.txt", "--", "sh", "main.sh"]);
    repository.write("helper.sh", "X=2\n");
    rmSync(join(repository.root, "new.sh"));
    rmSync(join(repository.root, "main.sh"));
    const before = bytesBelow(repository.root, (name) =>
      /^(objects|refs|records|\.colophon|packed-refs)$/.test(name),
    );
    const { status, found } = reproduce(id);
    expect([status, found.verdict, found.code?.snapshot]).toEqual([0, "identical", true]);
    expect(
      bytesBelow(repository.root, (name) => /^(objects|refs|records|\.colophon|packed-refs)$/.test(name)),
    ).toEqual(before);
    const manifest = JSON.parse(readFileSync(join(found.attempts[0]!.folder, "manifest.json"), "utf8"));
    expect(manifest.colophon.snapshot).toMatchObject({ state: "stored", tree: found.code?.tree });
  });

  test("it runs where it ran: in a sub-folder, which no tree may hold, with data above it and outside the repository", () => {
    commit({ "code.txt": "1\n" });
    const outside = join(repository.root, "../outside.csv");
    writeFileSync(outside, "far\n");
    repository.write("data/in.csv", "near\n");
    repository.write(".git/info/exclude", "data/\nwork/\n");
    mkdirSync(join(repository.root, "work/deep"), { recursive: true });
    const command = ["sh", "-c", "cat ../../data/in.csv ../../../outside.csv > out/all.csv"];
    mkdirSync(join(repository.root, "work/deep/out"));
    const inputs = ["--data", "a=../../data/in.csv", "--data", "b=../../../outside.csv"];
    const id = record([...inputs, "--artifact", "all=out/all.csv", "--", ...command], {
      directory: "work/deep",
    });
    const { status, found } = reproduce(id);
    expect([status, found.verdict, found.missing]).toEqual([0, "identical", []]);
    expect(found.brought.filter(({ what }) => what === "input").map(({ path }) => path)).toEqual([
      "../../data/in.csv",
      "../../../outside.csv",
    ]);
    expect(readFileSync(join(found.attempts[0]!.folder, "artifacts/all.csv"), "utf8")).toBe("near\nfar\n");
  });

  test("a folder of data is linked file by file: what the command writes beside it is not the user's", () => {
    commit({ ".gitignore": "data/\nout.txt\n" });
    repository.write("data/deep/a.csv", "1\n");
    const id = record([
      "--data",
      "all=data",
      "--artifact",
      "out=out.txt",
      "--",
      "sh",
      "-c",
      "cat data/deep/a.csv > out.txt; echo > data/deep/cache",
    ]);
    rmSync(join(repository.root, "data/deep/cache"));
    const { found } = reproduce(id);
    expect(found.verdict).toBe("identical");
    expect(readdirSync(join(repository.root, "data/deep"))).toEqual(["a.csv"]);
  });

  test("a tracked input that was edited since comes from the recorded tree", () => {
    commit({ "a.csv": "1\n", ".gitignore": "out.txt\n" });
    const id = record([
      "--data",
      "a=a.csv",
      "--artifact",
      "out=out.txt",
      "--",
      "sh",
      "-c",
      "cat a.csv > out.txt",
    ]);
    repository.write("a.csv", "2\n");
    expect(reproduce(id).found.verdict).toBe("identical");
  });

  test("a failure that happens again is reproduced; nothing on record is the same exit status, never identical", () => {
    commit({ "code.txt": "1\n" });
    const failing = record([...seed, "--", "sh", "-c", "echo no >&2; exit 4"], { status: 4 });
    const again = reproduce(failing);
    expect([again.status, again.found.verdict, again.found.attempts[0]!.exit]).toEqual([
      0,
      "same-exit-status",
      { recorded: "exit 4", now: "exit 4", same: true },
    ]);
    const printing = record([...seed, "--", "sh", "-c", "date +%s%N"]);
    const printed = reproduce(printing);
    expect([printed.found.verdict, printed.found.attempts[0]!.same_stdout]).toEqual([
      "same-exit-status",
      false,
    ]);
  });

  test("another exit status differs, though the artifacts are equal", () => {
    commit({ "code.txt": "1\n" });
    const id = record([
      ...seed,
      "--artifact",
      "out=out.txt",
      "--",
      "sh",
      "-c",
      "echo 1 > out.txt; exit ${CODE:-0}",
    ]);
    const { status, found } = reproduceIn({ CODE: "3" }, id);
    expect([status, found.verdict, found.summary]).toEqual([
      1,
      "differs",
      "it ended with exit 3; recorded is exit 0",
    ]);
  });

  test("a pipeline's stages run again in the project of the recorded tree, skipped ones stay skipped", () => {
    commit({
      ".gitignore": "build/\n",
      "study/colophon.json": JSON.stringify({
        pipelines: {
          two: {
            stages: [
              {
                name: "10_make",
                command: ["sh", "-c", "mkdir -p build; pwd > build/a.txt"],
                artifacts: { a: "build/a.txt" },
              },
              { name: "20_skip", skippable: true, skip: "not yet" },
              {
                name: "30_sum",
                command: ["sh", "-c", "wc -l < build/a.txt > build/b.txt"],
                artifacts: { b: "build/b.txt" },
              },
            ],
          },
        },
      }),
    });
    const words = ["run", "--quiet", ...seed, "--pipeline", "two"];
    done(repository.colophon(words, { directory: "study" }));
    const [folder = ""] = runFolders(repository, "study/records");
    const { status, stdout } = repository.colophon(["reproduce", "--json", basename(folder)], {
      directory: "study",
    });
    const found = expectOutput("cli_reproduce", stdout) as unknown as Reproduction;
    expect([status, found.verdict, found.commands.map(({ stage }) => stage)]).toEqual([
      0,
      "identical",
      ["10_make", "30_sum"],
    ]);
    expect(found.attempts[0]!.artifacts).toMatchObject([
      { name: "a", outcome: "identical", places_replaced: true },
      { name: "b", outcome: "identical", places_replaced: false },
    ]);
  });

  test("numbers within a tolerance, and the same numbers in other bytes, are told apart", () => {
    commit({ ".gitignore": "out.csv\n" });
    const write =
      'echo "x,$V" > out.csv; echo "{\\"step\\":1,\\"metrics\\":{\\"loss\\":$V}}" >> $COLOPHON_METRICS';
    const id = record([...seed, "--artifact", "out=out.csv", "--", "sh", "-c", write], { env: { V: "0.5" } });
    const withValue = (V: string, ...words: string[]) => reproduceIn({ V }, id, ...words);
    expect(withValue("0.50").found.verdict).toBe("same-numbers");
    expect(withValue("0.5000001").found.verdict).toBe("differs");
    const near = withValue("0.5000001", "--tolerance", "1e-6");
    expect([near.status, near.found.verdict, near.found.attempts[0]!.metrics.equal]).toEqual([
      0,
      "within-tolerance",
      0,
    ]);
    expect(near.found.summary).toMatch(/within 0\.000001, largest relative difference 2\.0e-7$/);
    expect(withValue("0.6", "--tolerance", "1e-6").status).toBe(1);
  });

  test("installed packages that Git ignores are linked in", () => {
    commit({
      ".gitignore": "node_modules/\nout.txt\n",
      "main.cjs": 'require("fs").writeFileSync("out.txt", String(require("dice")))',
    });
    repository.write("node_modules/dice/index.js", "module.exports = 4;\n");
    repository.write("node_modules/dice/package.json", '{"name":"dice","version":"1.0.0"}');
    const id = record([...seed, "--artifact", "out=out.txt", "--", "node", "main.cjs"]);
    const { found } = reproduce(id);
    expect([found.verdict, found.brought.map(({ path, what }) => [path, what])]).toEqual([
      "identical",
      [["node_modules", "environment"]],
    ]);
  });

  test("in a clone digests and the metrics' summary are what is left, and what is held to", () => {
    const id = record([...withExample(), "sh", "train.sh", "7"]);
    repository.git("add", "records");
    repository.git("commit", "--quiet", "--message=Run");
    const place = `${repository.root}.clone`;
    repository.git("clone", "--quiet", repository.root, place);
    const clone = repositoryAt(place, repository.env);
    const { status, stdout } = clone.colophon(["reproduce", "--json", id]);
    const found = expectOutput("cli_reproduce", stdout) as unknown as Reproduction;
    expect([status, found.verdict, found.summary]).toEqual([
      0,
      "identical",
      "1 artifact and 4 figures of the metrics' summary: identical",
    ]);
    const path = join(
      clone.root,
      "records",
      found.run.folder.split("/").slice(-2).join("/"),
      "00_run_metadata/metrics_summary.json",
    );
    writeFileSync(path, readFileSync(path, "utf8").replace(/"value": 0\.\d+/, '"value": 0.01'));
    const other = JSON.parse(clone.colophon(["reproduce", "--json", id]).stdout) as Reproduction;
    expect([other.verdict, other.attempts[0]!.metrics.first?.metric]).toEqual(["differs", "loss"]);
  });

  test("what a program reports of itself is kept once, from the recorded tree", () => {
    const python = repository.call("python3", ["--version"]).status === 0;
    if (!python) return;
    commit({
      ".gitignore": "out/\n",
      "deep/train.py":
        'import colophon, os\nos.makedirs("out", exist_ok=True)\nopen("out/m.txt", "w").write("1\\n")\ncolophon.artifact("m", "out/m.txt")\ncolophon.log({"loss": 0.5}, step=1)\n',
    });
    const id = record([...seed, "--", "python3", "train.py"], { directory: "deep" });
    writeFileSync(join(repository.root, "deep/out/m.txt"), "2\n");
    const { found } = reproduce(id);
    expect([found.verdict, found.summary]).toEqual([
      "identical",
      "1 artifact and 1 point of metrics: identical",
    ]);
    const run = JSON.parse(readFileSync(join(found.attempts[0]!.folder, "run_manifest.json"), "utf8"));
    expect(run.colophon.artifacts).toMatchObject({
      entries: { m: { source: "../deep/out/m.txt" } },
      missing: [],
    });
  });

  test("code that the recorded command changed while it ran is told", () => {
    commit({ "code.txt": "1\n" });
    const id = record([...seed, "--", "sh", "-c", "echo 2 > code.txt"]);
    expect(reproduce(id).found.notes).toEqual(["code.txt changed while the recorded command ran"]);
  });

  test("what an observed command read and wrote is brought and compared, declared or not", () => {
    const main = `
      const { readFileSync, writeFileSync } = require("node:fs");
      writeFileSync("out.txt", readFileSync("extra.csv", "utf8") + (process.env.MORE ?? ""));
    `;
    commit({ "main.cjs": main, ".gitignore": "extra.csv\nout.txt\n" });
    repository.write("extra.csv", "1\n");
    const id = record(["--observe", ...seed, "--", "node", "main.cjs"]);
    rmSync(join(repository.root, "out.txt"));
    const same = reproduce(id).found;
    expect([same.verdict, same.summary]).toEqual(["identical", "1 written file: identical"]);
    expect(same.brought).toMatchObject([{ path: "extra.csv", what: "read" }]);
    expect(same.attempts[0]!.written).toMatchObject([{ name: "out.txt", outcome: "identical" }]);
    const other = reproduceIn({ MORE: "2" }, id);
    expect([other.status, other.found.summary]).toEqual([1, "file out.txt: its bytes differ"]);
    repository.write("extra.csv", "3\n");
    const changed = reproduce(id).found;
    expect(changed.notes).toEqual(["extra.csv, which the recorded command read, is not what it was"]);
    expect([changed.verdict, changed.attempts[0]!.exit.same]).toEqual(["differs", false]);
    // Beside what is declared it is told, and does not decide.
    repository.write("extra.csv", "1\n");
    const write =
      "echo 1 > a.txt; node -e \"require('node:fs').writeFileSync('b.txt', String(process.hrtime()))\"";
    const declared = record(["--observe", ...seed, "--artifact", "a=a.txt", "--", "sh", "-c", write]);
    const both = reproduce(declared).found;
    expect([both.verdict, both.attempts[0]!.written]).toMatchObject([
      "identical",
      [{ name: "b.txt", outcome: "differs" }],
    ]);
  });

  test("refs that the command moves are told: a linked work tree shares them", () => {
    commit({ "code.txt": "1\n" });
    const id = record([...seed, "--", "sh", "-c", "git tag -f made >&2"]);
    repository.git("tag", "--delete", "made");
    const { found } = reproduce(id);
    expect(found.notes).toEqual(["refs/tags/made of your repository changed while the command ran"]);
  });

  test("a variable that was set otherwise is said first", () => {
    commit({ "code.txt": "1\n" });
    const id = record([...seed, "--", "true"], { env: { PYTHONHASHSEED: "0" } });
    const { found, stderr } = reproduceIn({ PYTHONHASHSEED: "1" }, id);
    expect(found.environment).toEqual([
      { name: "variable PYTHONHASHSEED", outcome: "changed", recorded: "0", now: "1" },
    ]);
    expect(stderr.indexOf("PYTHONHASHSEED 0 → 1")).toBeLessThan(stderr.indexOf("command"));
  });
});
