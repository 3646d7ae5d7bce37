import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { writeOddRun } from "../catalog/odd-runs.js";
import { type Json, writeRecord } from "../operations/records/records.js";
import { expectOutput } from "./matches-schema.js";
import { makeRepository, type Repository } from "./repository.js";

let repository: Repository;
beforeAll(() => {
  repository = makeRepository();
  write("aaaaaa", { lr: 0.1, seed: 1, optim: { name: "adam" } }, 10);
  write("bbbbbb", { lr: 0.1, seed: 2, optim: { name: "adam" } }, 20);
  write("cccccc", { lr: 0.2, seed: 1, optim: { name: "sgd" } }, 60, "failed");
  write("dddddd", { note: 'a "quoted", text' }, 5);
  writeRecord(join(repository.root, "records/2026-11"), { id: "20261118T104207Z_3f9c2e1_broken" }).put(
    "run_manifest.json",
    "",
  );
});
afterAll(() => repository.remove());

function write(suffix: string, params: Json, seconds: number, status: "completed" | "failed" = "completed") {
  const record = writeRecord(join(repository.root, "records/2026-11"), {
    id: `20261119T104207Z_3f9c2e1_${suffix}`,
    status,
    change: (run: Json) => {
      run.started_at = "2026-11-19T10:42:07.000Z";
      run.finished_at = new Date(Date.parse("2026-11-19T10:42:07Z") + seconds * 1000).toISOString();
    },
  });
  const manifest = JSON.parse(repository.read(`records/2026-11/${record.id}/manifest.json`));
  const argv = ["train", "--seed", String(params.seed), `--lr=${params.lr}`];
  record.put("manifest.json", { ...manifest, params: { ...params, argv } });
}

const ls = (...words: string[]) => repository.colophon(["ls", ...words]);
const found = (...words: string[]) => {
  const { status, stdout, stderr } = ls(...words, "--json");
  expect([status, stderr]).toEqual([0, expect.any(String)]);
  const { runs } = expectOutput("cli_ls", stdout) as { runs: Json[] };
  return runs.map(({ id }) => id.slice(-6));
};

describe("colophon ls with a query", () => {
  test.each([
    ["params.lr = 0.1", ["aaaaaa", "bbbbbb"]],
    ["params.optim.name = 'sgd' or elapsed < 6", ["cccccc", "dddddd"]],
    ["status = failed", ["cccccc"]],
    ["not status = failed and params.lr is not null", ["aaaaaa", "bbbbbb"]],
    ["started > now-1d", []],
  ])("finds %s", (query, expected) => {
    expect(found(query).sort()).toEqual(expected);
    expect(found("--where", query).sort()).toEqual(expected);
  });

  test("takes several, all of which hold, and sorts", () => {
    expect(found("params.lr = 0.1", "--where", "params.seed = 2")).toEqual(["bbbbbb"]);
    expect(found("--sort", "-elapsed")).toEqual(["cccccc", "bbbbbb", "aaaaaa", "dddddd"]);
    expect(found("--sort", "params.lr desc,elapsed")).toEqual(["cccccc", "aaaaaa", "bbbbbb", "dddddd"]);
    expect(found("--sort", "elapsed", "--limit", "1")).toEqual(["dddddd"]);
  });

  test("shows the columns it is asked for, and says which runs were not asked", () => {
    const { stdout, stderr } = ls(
      "params.lr is not null",
      "--columns",
      "params.lr,elapsed,git.sha",
      "--sort",
      "elapsed",
    );
    expect(stdout.split("\n")).toEqual([
      "   run     name      params.lr  elapsed  git.sha",
      "✓  aaaaaa  train.py        0.1       10  3f9c2e1",
      "✓  bbbbbb  train.py        0.1       20  3f9c2e1",
      "✗  cccccc  train.py        0.2       60  3f9c2e1",
      "",
    ]);
    expect(stderr).toBe("┃ 1 run cannot be loaded, and was not asked; colophon ls lists them\n");
    expect(ls("status = lost").stderr).toMatch(/^┃ none of 4 runs matches\n/);
  });

  test("prints comma-separated values that a spreadsheet reads", () => {
    expect(
      ls("--columns", "params.note,params.lr,started", "--csv", "--sort", "elapsed", "--limit", "2").stdout,
    ).toBe(
      [
        "run,name,params.note,params.lr,started",
        '20261119T104207Z_3f9c2e1_dddddd,train.py,"a ""quoted"", text",,2026-11-19T10:42:07.000Z',
        "20261119T104207Z_3f9c2e1_aaaaaa,train.py,,0.1,2026-11-19T10:42:07.000Z",
        "",
      ].join("\r\n"),
    );
  });

  test("makes runs that differ only in their seed one row, with mean, sample deviation and n", () => {
    const words = [
      "params.lr is not null",
      "--group",
      "seed",
      "--columns",
      "elapsed,params.optim.name,params.seed",
    ];
    expect(ls(...words).stdout.split("\n")).toEqual(
      [
        "completed  name             elapsed  params.optim.name  params.seed",
        "2/2        train.py  15 ± 7.071  n 2  adam               2 values",
        "0/1        train.py           60  n 1  sgd                1",
        "",
      ].map((line) =>
        expect.stringMatching(
          new RegExp(`^${line.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&").replaceAll(/ +/g, " +")}$`),
        ),
      ),
    );
    expect(ls(...words).stderr).not.toContain("argv");
    const { groups } = expectOutput("cli_ls", ls(...words, "--json").stdout) as { groups: Json[] };
    expect(groups[0]).toMatchObject({
      n: 2,
      completed: 2,
      values: { elapsed: { mean: 15, sd: Math.sqrt(50), n: 2, not_finite: 0 } },
    });
    expect(ls(...words, "--csv").stdout.split("\r\n")[1]).toBe(`train.py,2,2,15,${Math.sqrt(50)},2,adam,`);
  });

  test("takes quoted names of parameters, and says which no run has", () => {
    const grouped = (names: string) => ls("params.lr is not null", "--group", names).stderr;
    expect(grouped("params.`seed`")).toContain("2 groups of 3 runs");
    expect(grouped("params.`seed`")).not.toContain("no run has");
    expect(grouped("sede,seed,optim.name")).toContain(
      "┃ no run has the parameter sede\n┃ no run has the parameter optim.name\n",
    );
  });

  test("keeps to ASCII where the terminal wants it", () => {
    const { stdout, stderr } = repository.colophon(["ls", "--group", "seed", "--columns", "elapsed"], {
      env: { COLOPHON_ASCII: "1" },
    });
    expect(stdout).toContain("15 +- 7.071  n 2");
    expect(stdout + stderr).toMatch(/^[ -~\n]*$/);
  });

  test("says when runs stay apart by nothing but their command's words", () => {
    for (const seed of ["1", "2"]) {
      const record = writeRecord(join(repository.root, "worded"), {
        id: `20261119T104207Z_3f9c2e1_worde${seed}`,
      });
      const manifest = JSON.parse(repository.read(`worded/${record.id}/manifest.json`));
      record.put("manifest.json", {
        ...manifest,
        params: { seed: Number(seed), argv: ["sh", "train.sh", seed] },
      });
    }
    const { stderr } = ls("worded", "--group", "seed");
    expect(stderr).toContain("2 groups of 2 runs");
    expect(stderr).toContain("nothing but the command's words; to leave these out: --group seed,argv");
    expect(ls("worded", "--group", "seed,argv").stderr).toMatch(/1 group of 2 runs.*\n$/);
  });

  test("is refused with a mark under the place", () => {
    const { status, stderr } = ls("params.lr = 0.1 and colour = red");
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining('BAD_QUERY  there is no field "colour", at character 21'),
    ]);
    expect(stderr).toMatch(/\n┃ {5}params\.lr = 0\.1 and colour = red\n┃ {25}\^\^\^\^\^\^\n/);
    expect(ls("--sort", "colour").status).toBe(2);
    expect(ls("--columns", "colour").status).toBe(2);
  });

  test.each(["params.lr & 3", "metrics.loss between 1 and 2", "params.lr in('x'", "(not tags.x y", "", " "])(
    "is no folder: %j",
    (query) => {
      const { status, stderr } = ls(query);
      expect([status, stderr]).toEqual([2, expect.stringMatching(/BAD_QUERY.*\n.*\n.*\^/)]);
    },
  );

  test("reads the metrics of a run without an end from its journals", () => {
    const parent = join(repository.root, "elsewhere");
    const { put } = writeRecord(parent, { id: "20261119T104207Z_3f9c2e1_eeeeee", status: "running" });
    put("metrics.jsonl", '{"step":1,"metrics":{"loss":0.25}}\n');
    const words = ["elsewhere", "--where", "metrics.loss < 0.3", "--columns", "metrics.loss", "--csv"];
    expect(ls(...words).stdout.split("\r\n")[1]).toBe("20261119T104207Z_3f9c2e1_eeeeee,train.py,0.25");
  });

  test("says the same with --fresh, with what is remembered, and without", () => {
    for (let number = 0; number < 36; number += 1) writeOddRun(join(repository.root, "many"), number);
    repository.write("many/colophon.json", "{}\n");
    const list = (...words: string[]) =>
      repository.colophon(["ls", ...words, "--utc"], { directory: "many" });
    const asked = [
      [],
      ["--json"],
      ["--limit", "3"],
      ["--tag", "baseline", "--json"],
      ["--sort", "-metrics.loss", "--limit", "7", "--json"],
      ["params.lr = 0.1", "--csv", "--columns", "params.mixed,tags,data,started".replace(",data", "")],
      ["--group", "lr", "--json"],
      ["--group", "lr"],
    ];
    const before = asked.map((words) => list(...words));
    list();
    expect(existsSync(join(repository.root, "many/.colophon/catalog/current"))).toBe(true);
    expect(asked.map((words) => list(...words))).toEqual(before);
    expect(asked.map((words) => list(...words, "--fresh"))).toEqual(before);
    rmSync(join(repository.root, "many/.colophon"), { recursive: true });
    expect(asked.map((words) => list(...words))).toEqual(before);
  }, 120_000);

  test("leaves a folder of that name a folder", () => {
    mkdirSync(join(repository.root, "a=b"));
    expect(found("a=b")).toEqual([]);
    expect(ls("a=b").stderr).toContain("no runs are recorded here yet");
  });
});
