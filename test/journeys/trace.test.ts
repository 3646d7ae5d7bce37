import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { sha256 } from "../../src/manifest/digest.js";
import { isBroken, type Trace, type TraceLink } from "../../src/operations/trace/result.js";
import { testIf } from "../files/scratch.js";
import { expectOutput } from "./matches-schema.js";
import { hasPython, python3 } from "./observed-run.js";
import { runFolders } from "./recorded-run.js";
import { cli, done, keepAsItIs, makeRepository, type Repository, repositoryAt } from "./repository.js";

/**
 * raw.csv → prepare → clean.csv ┬→ fit (edited code, a configuration, metrics, a folder) → model → plot → plot.svg
 *                 seed → sim ───┘                                                     clean.csv ──┘
 */
let repository: Repository;
let restore: () => void;
let ids: Readonly<Record<"prepare" | "simulate" | "fit" | "plot", string>>;

const clean = "x,y\n3,4\n";
const model = `${clean}7\n`;

beforeAll(() => {
  repository = makeRepository();
  const { write, commit, git } = repository;
  write("data/raw.csv", "x,y\n1,2\n3,4\n");
  write("fit.yaml", "lr: 0.1\n");
  write("fit.sh", "cat build/clean.csv build/sim.csv > build/model.bin\n");
  write(".gitignore", "build/\n");
  commit("Study");
  mkdirSync(join(repository.root, "build"));
  const raw = ["--data", "raw=data/raw.csv"];
  const prepared = ["--data", "clean=build/clean.csv"];
  const prepare = record(
    "prepare",
    [...raw, "--artifact", "clean=build/clean.csv"],
    "grep -v 1 data/raw.csv > build/clean.csv",
  );
  const simulate = record(
    "simulate",
    ["--synthetic-seed", "7", "--artifact", "sim=build/sim.csv"],
    "echo 7 > build/sim.csv",
  );
  appendFileSync(join(repository.root, "fit.sh"), "mkdir -p build/parts && echo part > build/parts/a.bin\n");
  const fit = record(
    "fit",
    [
      ...prepared,
      "--data",
      "sim=build/sim.csv",
      "--config",
      "fit.yaml",
      "--param",
      "k=3",
      "--artifact",
      "model=build/model.bin",
      "--artifact",
      "parts=build/parts",
    ],
    'sh fit.sh; for s in 1 2; do echo "{\\"step\\":$s,\\"metrics\\":{\\"loss\\":0.$s}}" >> "$COLOPHON_METRICS"; done',
  );
  git("checkout", "--quiet", "fit.sh");
  const plot = record(
    "plot",
    [...prepared, "--data", "model=build/model.bin", "--artifact", "plot=build/plot.svg"],
    "cat build/model.bin build/clean.csv > build/plot.svg",
  );
  ids = { prepare, simulate, fit, plot };
  git("add", "records");
  git("commit", "--quiet", "--message=Runs");
  restore = keepAsItIs(repository.root);
});

beforeEach(() => restore());

afterAll(() => repository.remove());

/** Gives the id. */
function record(name: string, words: readonly string[], script: string): string {
  const before = new Set(runIds());
  done(repository.colophon(["run", "--quiet", "--name", name, ...words, "--", "sh", "-c", script]));
  return runIds().find((id) => !before.has(id)) as string;
}

const runIds = () => runFolders(repository).map((folder) => basename(folder));

const folderOf = (id: string, { root } = repository) =>
  join(root, "records", `${id.slice(0, 4)}-${id.slice(4, 6)}`, id);

interface Traced {
  readonly status: number | null;
  readonly trace: Trace;
  readonly stderr: string;
  /** `from relation to`, by what people know them by. */
  readonly chain: readonly string[];
  readonly broken: readonly string[];
}

function trace(words: readonly string[], at: Repository = repository): Traced {
  const { status, stdout, stderr } = at.colophon(["trace", "--json", ...words]);
  expect(stderr).not.toContain("fault of Colophon");
  const traced = expectOutput("cli_trace", stdout) as unknown as Trace;
  const nameOf = (id: string) => {
    const node = traced.nodes.find((one) => one.id === id);
    if (node === undefined) throw new Error(`${id} is no node`);
    return node.kind === "commit" || node.kind === "snapshot" || node.kind === "environment"
      ? node.kind
      : node.label;
  };
  const spell = ({ from, relation, to }: TraceLink) => `${nameOf(from)} ${relation} ${nameOf(to)}`;
  return {
    status,
    stderr,
    trace: traced,
    chain: traced.links.map(spell),
    broken: traced.links.filter(isBroken).map((link) => `${spell(link)}: ${link.state}`),
  };
}

const human = (...words: string[]) => repository.colophon(["trace", "--utc", ...words]);

describe("colophon trace", () => {
  test("follows a file back to code, edits, data, seed and parameters, each link checked", () => {
    const { status, trace: traced, chain, stderr } = trace(["build/plot.svg"]);
    expect([status, traced.verdict, traced.searched]).toEqual([
      0,
      "holds",
      { runs: 4, unreadable: 0, figures: 0 },
    ]);
    expect(chain).toEqual(
      expect.arrayContaining([
        "build/plot.svg has-content plot",
        "plot made-by plot",
        "plot ran-from commit",
        "plot read model",
        "plot read clean",
        "model made-by fit",
        "clean made-by prepare",
        "fit edits-in snapshot",
        "fit read clean",
        "fit read sim",
        "fit configured-by fit.yaml",
        "fit ran-in environment",
        "sim made-by simulate",
        "simulate seeded-by seed 7",
        "prepare read raw",
      ]),
    );
    expect(new Set(traced.links.map(({ state }) => state))).toEqual(new Set(["ok"]));
    expect(traced.nodes.filter(({ kind }) => kind === "run")).toHaveLength(4);
    const depths = Object.fromEntries(
      traced.nodes.filter(({ kind }) => kind === "run").map(({ label, depth }) => [label, depth]),
    );
    expect(depths).toEqual({ plot: 2, fit: 4, prepare: 4, simulate: 6 });
    expect(traced.nodes.find(({ kind }) => kind === "commit")?.detail).toBe(
      "in main, there is no remote to push to",
    );
    expect(traced.nodes.find(({ kind }) => kind === "snapshot")?.detail).toBe("1 file");
    expect(stderr).toMatch(/^┃ ✓ 4 runs, \d+ links: every link holds; 4 runs searched\n$/);
  });

  test("shows a tree that says each thing once", () => {
    const { status, stdout } = human("build/plot.svg");
    const lines = stdout.trimEnd().split("\n");
    const short = (text: string) => `sha256:${sha256(text).slice(0, 12)}`;
    expect(status).toBe(0);
    expect(lines[0]).toBe(`build/plot.svg  ${short(model + clean)}`);
    expect(lines[1]).toBe(`└─ ✓ content plot  ${short(model + clean)}`);
    expect(lines[2]).toMatch(/^ {3}└─ ✓ made by \w{6} {2}plot {2}\d{4}-\d\d-\d\d \d\d:\d\dZ {2}as plot$/);
    expect(lines.filter((line) => line.includes("(above)"))).toHaveLength(1);
    expect(lines.filter((line) => line.includes("seed 7"))).toHaveLength(1);
    const ascii = repository.colophon(["trace", ids.plot], { env: { COLOPHON_ASCII: "1" } });
    expect(ascii.stdout).toMatch(/^[ -~\n]*$/);
    expect(ascii.stdout).toContain("|- ok code");
  });

  test("does not read the project, its repository or its records as if they were data", () => {
    for (const place of [".", "..", ".git", "records", ".colophon"]) {
      expect(trace([place])).toMatchObject({ status: 1, trace: { verdict: "not-known", root: null } });
      expect(human(place).stdout + human(place).stderr).toContain("it holds the project itself");
    }
  });

  test("takes whole digests in every spelling, and never a part of one", () => {
    const digest = sha256(model);
    for (const word of [digest, `sha256:${digest}`, digest.toUpperCase()])
      expect([word, trace([word]).chain]).toEqual([word, expect.arrayContaining(["model made-by fit"])]);
    const part = repository.colophon(["trace", `sha256:${digest.slice(0, 63)}`]);
    expect([part.status, part.stderr]).toEqual([2, expect.stringContaining("BAD_DIGEST")]);
    expect(trace([digest.slice(0, 63)])).toMatchObject({
      status: 1,
      trace: { verdict: "not-known", root: null },
    });
    const other = trace([sha256("something else")]);
    expect([other.status, other.trace.nodes]).toEqual([1, []]);
    expect(other.stderr).toBe(`┃ ✗ ${sha256("something else")} is known to no record; 4 runs searched\n`);
  });

  test("takes runs as show does, files inside of them, and paths from where one is", () => {
    for (const word of [
      ids.fit,
      ids.fit.slice(-6),
      folderOf(ids.fit),
      join(folderOf(ids.fit), "run_manifest.json"),
    ]) {
      const { status, trace: traced } = trace([word]);
      expect([word, status, traced.root]).toEqual([word, 0, `run:${ids.fit}`]);
    }
    expect(trace([join(folderOf(ids.fit), "artifacts/model.bin")]).chain).toContain("model made-by fit");
    const inside = repositoryAt(join(repository.root, "data"), repository.env);
    expect(trace(["../build/model.bin"], inside).status).toBe(0);
    // Known by its content, wherever it lies.
    writeFileSync(join(repository.root, "copy.bin"), model);
    expect(trace(["copy.bin"]).chain).toContain("model made-by fit");
  });

  test("finds files of a folder that was kept, and the configuration that was given", () => {
    expect(trace(["build/parts/a.bin"]).chain).toContain("artifacts/parts/a.bin made-by fit");
    expect(trace(["--forward", "fit.yaml"]).chain).toEqual(
      expect.arrayContaining(["fit read config", "model made-by fit"]),
    );
    expect(trace(["build/parts"]).chain).toContain("parts made-by fit");
  });

  test("starts from a metric, with its value", () => {
    const last = trace([`${ids.fit.slice(-6)}:loss`]);
    expect([last.status, last.trace.nodes[0]]).toEqual([
      0,
      expect.objectContaining({ kind: "metric", label: "loss", detail: "0.2 at step 2", run: ids.fit }),
    ]);
    expect(last.chain).toEqual(expect.arrayContaining(["loss measured-by fit", "fit read sim"]));
    expect(trace([`${ids.fit}:loss@1`]).trace.nodes[0]?.detail).toBe("0.1");
    for (const word of ["loss@3", "accuracy"])
      expect(trace([`${ids.fit}:${word}`])).toMatchObject({ status: 1, trace: { verdict: "broken" } });
    rmSync(join(folderOf(ids.fit), "metrics.jsonl"));
    expect(trace([`${ids.fit}:loss@9`]).trace.links[0]).toMatchObject({ state: "not-here" });
  });

  test("forward: every run that read it, what that left, and who read that", () => {
    const { status, chain, trace: traced } = trace(["--forward", "data/raw.csv"]);
    expect([status, traced.direction]).toEqual([0, "forward"]);
    expect([...chain].sort()).toEqual([
      "clean made-by prepare",
      "data/raw.csv has-content raw",
      "fit read clean",
      "model made-by fit",
      "parts made-by fit",
      "plot made-by plot",
      "plot read clean",
      "plot read model",
      "prepare read raw",
    ]);
    expect(trace(["--forward", ids.plot]).chain).toEqual(["plot made-by plot"]);
    expect(human("--forward", ids.fit).stdout).toMatch(
      /├─ ✓ left {4}model .*\n│ {2}└─ ✓ read by \w{6} {2}plot/,
    );
  });

  test("names runs that a run stands on, and those that stand on it", () => {
    const again = record("again", ["--from", ids.simulate], "true");
    const inner = `'${process.execPath}' '${cli}' run --quiet --name inner --synthetic-seed 1 -- true`;
    const before = new Set(runIds());
    record("outer", ["--synthetic-seed", "1"], inner);
    const both = runIds().filter((id) => !before.has(id));
    expect(both.flatMap((id) => trace([id]).chain)).toContain("inner child-of outer");
    expect(trace([again]).chain).toContain("again repeats simulate");
    expect(trace(["--forward", ids.simulate]).chain).toContain("again repeats simulate");
    rmSync(folderOf(ids.simulate), { recursive: true });
    const { status, trace: traced } = trace([again]);
    expect([status, traced.links.find(({ relation }) => relation === "repeats")]).toEqual([
      0,
      expect.objectContaining({ state: "not-here", reason: "it is not recorded in this project" }),
    ]);
  });

  testIf(hasPython, "there is no Python")(
    "follows what was read without being declared, when it was observed",
    () => {
      const words = [
        "--observe",
        "--synthetic-seed",
        "1",
        "--name",
        "hidden",
        "--",
        python3,
        "-c",
        "open('build/clean.csv').read()",
      ];
      done(repository.colophon(["run", "--quiet", ...words]));
      const hidden = runIds().find((id) => !Object.values(ids).includes(id)) as string;
      const { status, chain, trace: traced } = trace([hidden]);
      expect([status, chain]).toEqual([
        0,
        expect.arrayContaining(["hidden read build/clean.csv", "build/clean.csv made-by prepare"]),
      ]);
      const read = () => trace([hidden]).trace.links.find(({ relation }) => relation === "read");
      expect(traced.links).toContainEqual(read());
      expect(read()).toMatchObject({ state: "ok", reason: "read, but not declared" });
      expect(trace(["--forward", "data/raw.csv"]).chain).toContain("hidden read clean");
      writeFileSync(join(repository.root, "build/clean.csv"), "x");
      expect(read()).toMatchObject({ state: "unknown", reason: expect.stringContaining("differs") });
    },
  );
});

describe("colophon trace, where something does not hold", () => {
  const at = (path: string) => join(repository.root, path);

  test("names the link that is broken, and ends with 1", () => {
    const cases: Record<string, () => void> = {
      "prepare read raw: differs": () => writeFileSync(at("data/raw.csv"), "x,y\n"),
      "prepare read raw: missing": () => rmSync(at("data/raw.csv")),
      "model made-by fit: differs": () => appendFileSync(join(folderOf(ids.fit), "artifacts/model.bin"), "!"),
      "model made-by fit: missing": () => rmSync(join(folderOf(ids.fit), "artifacts/model.bin")),
      "fit edits-in snapshot: missing": () =>
        repository.git("update-ref", "-d", `refs/colophon/snapshots/${ids.fit}`),
      "fit configured-by fit.yaml: differs": () =>
        appendFileSync(join(folderOf(ids.fit), "00_run_metadata/config.source.yaml"), "#"),
    };
    for (const [broken, damage] of Object.entries(cases)) {
      restore();
      damage();
      const traced = trace(["build/plot.svg"]);
      expect([broken, traced.status, traced.trace.verdict, traced.broken]).toEqual([
        broken,
        1,
        "broken",
        expect.arrayContaining([broken]),
      ]);
    }
    const { stdout, stderr } = human("build/plot.svg");
    expect(stdout).toMatch(/✗ params {2}fit\.yaml {2}k, lr\n[│ ]+differs: /);
    expect(stderr).toMatch(
      /✗ 4 runs, \d+ links: 1 broken, 1 run whose record does not hold; 4 runs searched/,
    );
  });

  test("a record that was edited is told at its run", () => {
    const path = join(folderOf(ids.prepare), "manifest.json");
    writeFileSync(
      path,
      readFileSync(path, "utf8")
        .replace('"prepare"', '"prepared"')
        .replace('"dirty": false', '"dirty":  false'),
    );
    const { status, trace: traced } = trace(["build/plot.svg"]);
    expect([
      status,
      traced.nodes.find(({ run, kind }) => kind === "run" && run === ids.prepare)?.detail,
    ]).toEqual([1, expect.stringContaining("its record differs: manifest.json")]);
  });

  test("a file that was written over, or is gone, names the runs that recorded its path", () => {
    writeFileSync(at("build/model.bin"), "another");
    writeFileSync(at("build/clean.csv"), "another too");
    const { status, trace: traced, stderr } = trace(["build/model.bin"]);
    expect([status, traced.verdict, traced.root]).toEqual([1, "not-known", null]);
    const there = { name: "model", sha256: sha256(model) };
    expect(traced.same_path).toEqual([
      { ...there, run: ids.plot, role: "input" },
      { ...there, run: ids.fit, role: "artifact" },
    ]);
    expect(stderr).toContain(
      `┃ ✗ build/model.bin (sha256:${sha256("another")}) is known to no record; 4 runs searched\n`,
    );
    expect(stderr).toContain(
      `${ids.fit.slice(-6)} recorded that path as artifact model with another content, sha256:${sha256(model)}\n`,
    );
    rmSync(at("build/model.bin"));
    const gone = trace(["build/model.bin"]);
    expect([gone.status, gone.trace.same_path]).toHaveLength(2);
    expect(gone.stderr).toContain(
      "build/model.bin: there is nothing at that path, no run has that name, and these recorded it",
    );
    expect(trace(["no-such-thing"]).stderr).toContain("none recorded it; 4 runs searched");
  });

  test("in a clone, what stays out of Git is not here, and no break", () => {
    const place = `${repository.root}.clone`;
    repository.git("clone", "--quiet", `file://${repository.root}`, place);
    // Data is found where it was recorded, too: on another machine it is not there.
    renameSync(repository.root, `${repository.root}.away`);
    try {
      const there = repositoryAt(place, repository.env);
      const { status, trace: traced, stderr } = trace([ids.plot], there);
      expect([status, traced.verdict]).toEqual([0, "holds"]);
      const states = new Map(traced.links.map(({ relation, name, state }) => [`${relation} ${name}`, state]));
      expect(states.get("made-by model")).toBe("not-here");
      expect(states.get("edits-in null")).toBe("not-here");
      expect(states.get("read raw")).toBe("ok");
      expect(stderr).toMatch(/△ 4 runs, \d+ links: \d+ not known or not here/);
      expect(trace([`${ids.fit}:loss`], there).trace.nodes[0]?.detail).toBe("0.2 at step 2, by its summary");
    } finally {
      renameSync(`${repository.root}.away`, repository.root);
      rmSync(place, { recursive: true });
    }
  });

  test("manifests that cannot be read are counted, and no damage to one crashes it", () => {
    writeFileSync(join(folderOf(ids.simulate), "run_manifest.json"), "{");
    writeFileSync(join(folderOf(ids.simulate), "manifest.json"), "[]");
    expect(trace([sha256("x")]).trace.searched).toEqual({ runs: 3, unreadable: 1, figures: 0 });
    const path = join(folderOf(ids.fit), "manifest.json");
    const whole = JSON.parse(readFileSync(path, "utf8"));
    const odd = [null, 7, "x", [], {}, { hashes: 3, kind: 1 }];
    const values: [string, unknown][] = Object.keys(whole).map((key, at) => [key, odd[at % odd.length]]);
    for (const [key, value] of [...values, ["colophon", { command: [], snapshot: 9 }] as const]) {
      writeFileSync(path, JSON.stringify({ ...whole, [key]: value }));
      expect(repository.colophon(["trace", "--json", ids.fit]).stderr).not.toContain("fault of Colophon");
    }
  });

  test("NOTHING_TO_TRACE and other words that mean nothing", () => {
    for (const words of [[], ["a", "b"]])
      expect(repository.colophon(["trace", ...words])).toMatchObject({
        status: 2,
        stderr: expect.stringContaining("NOTHING_TO_TRACE"),
      });
    for (const words of [
      ["--limit", "x", "a"],
      ["--json", "--mermaid", "a"],
    ])
      expect(repository.colophon(["trace", ...words])).toMatchObject({
        status: 2,
        stderr: expect.stringContaining("BAD_FLAG_VALUE"),
      });
    const { stderr } = repository.colophon(["trace", ids.fit.slice(0, 8)]);
    expect(stderr).toContain("AMBIGUOUS_RUN");
  });
});

describe("colophon trace, whatever the shape", () => {
  test("ends where runs go round in a circle, and says nothing of what is empty", () => {
    const swap = "printf a > build/a; printf b > build/b";
    repository.call("sh", ["-c", swap]);
    record("first", ["--data", "a=build/a", "--artifact", "b=build/b"], "true");
    record("second", ["--data", "b=build/b", "--artifact", "a=build/a"], "true");
    const third = record("third", ["--data", "a=build/a", "--artifact", "b=build/b"], ": > build/empty");
    const { status, chain } = trace([third]);
    expect([status, chain]).toEqual([
      0,
      expect.arrayContaining(["third read a", "a made-by second", "b made-by first", "first read a"]),
    ]);
    expect(trace(["--forward", "build/a"]).status).toBe(0);
    const empty = trace(["build/empty"]);
    expect([empty.status, empty.trace.nodes.find(({ kind }) => kind === "content")?.detail]).toEqual([
      0,
      "an empty file: every one has this digest",
    ]);
    expect(empty.chain).toEqual(["build/empty has-content stderr_log"]);
  });

  test("shows the newest of many runs that made the same, and how many more there are", () => {
    for (let count = 0; count < 4; count += 1)
      record(
        `same ${count}`,
        ["--synthetic-seed", "7", "--artifact", "sim=build/sim.csv"],
        "echo 7 > build/sim.csv",
      );
    const makers = (traced: Traced) =>
      traced.trace.links.filter(({ relation }) => relation === "made-by").length;
    const two = trace(["--limit", "2", "build/sim.csv"]);
    expect([makers(two), two.trace.nodes.find(({ kind }) => kind === "content")?.omitted]).toEqual([2, 3]);
    expect(human("--limit", "2", "build/sim.csv").stdout).toContain(
      "└─ and 3 more runs: --limit 0 shows all\n",
    );
    expect(makers(trace(["--limit", "0", "build/sim.csv"]))).toBe(5);
    // What was made later is no source of what was read before.
    expect(makers(trace([ids.fit]))).toBe(2);
  });

  test("--mermaid is a flowchart that no name can break out of", () => {
    record(
      'x"]; click n0 "javascript:alert(1)" %% <b>|`#',
      ["--synthetic-seed", "1", "--artifact", "sim=build/sim.csv"],
      "true",
    );
    for (const word of ["build/plot.svg", "build/sim.csv", `${ids.fit}:loss`]) {
      const { status, stdout } = repository.colophon(["trace", "--mermaid", word]);
      expect(status).toBe(0);
      const [head, ...lines] = stdout.trimEnd().split("\n");
      expect(head).toBe("flowchart LR");
      const label = '"(?:[\\p{L}\\p{M}\\p{N} .,:/_()@+=…-]|#\\d+;)*"';
      const node = new RegExp(
        `^ {2}n\\d+(?:\\[/${label}/\\]|\\[\\(${label}\\)\\]|\\(\\[${label}\\]\\)|\\[${label}\\]|\\{\\{${label}\\}\\}|\\(\\(${label}\\)\\)|>${label}\\])$`,
        "u",
      );
      const link = new RegExp(`^ {2}n\\d+ (?:-->|-\\.->)\\|${label}\\| n\\d+$`, "u");
      expect(lines.filter((line) => !node.test(line) && !link.test(line))).toEqual([]);
      expect(lines.filter((line) => link.test(line)).length).toBeGreaterThan(3);
    }
  });
});
