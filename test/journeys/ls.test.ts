import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type Json, writeOriginRun, writeRecord } from "../operations/records/records.js";
import { expectOutput } from "./matches-schema.js";
import { makeRepository, type Repository } from "./repository.js";

let repository: Repository;

beforeEach(() => {
  repository = makeRepository();
});

afterEach(() => repository.remove());

const records = () => join(repository.root, "records/2026-11");

const write = (suffix: string, day: string, status: "completed" | "failed" | "running" = "completed") =>
  writeRecord(records(), {
    id: `202611${day}T104207Z_3f9c2e1_${suffix}`,
    status,
    change: (run: Json) => {
      run.started_at = `2026-11-${day}T10:42:07.000Z`;
      if (run.finished_at !== null) run.finished_at = `2026-11-${day}T10:43:07.000Z`;
    },
  });

describe("colophon ls", () => {
  test("lists all runs of the project, newest first, with state, code, data and age", () => {
    write("aaaaaa", "19");
    write("bbbbbb", "20", "failed");
    const { stdout, stderr, status } = repository.colophon(["ls", "--utc"]);
    expect([status, stderr]).toEqual([0, ""]);
    const [header, ...rows] = stdout.trimEnd().split("\n");
    expect(header).toMatch(/^ {3}run +name +state +code +data +started$/);
    expect(rows).toEqual([
      expect.stringMatching(
        /^✗ {2}bbbbbb {2}train\.py {2}failed in execute: .* seed 42 {2}2026-11-20 10:42Z$/,
      ),
      expect.stringMatching(
        /^✓ {2}aaaaaa {2}train\.py {2}completed, 3 stages .* seed 42 {2}2026-11-19 10:42Z$/,
      ),
    ]);
  });

  test("prints with --json what its schema says, broken runs included", () => {
    write("aaaaaa", "19");
    write("bbbbbb", "20", "running");
    write("cccccc", "21").put("run_manifest.json", "");
    const { stdout, status } = repository.colophon(["ls", "--json"]);
    expect(status).toBe(0);
    const { runs, total } = expectOutput("cli_ls", stdout) as { runs: Json[]; total: number };
    expect(total).toBe(3);
    expect(runs.map(({ id, state, error }) => [id.slice(-6), state, error?.code])).toEqual([
      ["cccccc", undefined, "RECORD_TRUNCATED"],
      ["bbbbbb", "unknown", undefined],
      ["aaaaaa", "completed", undefined],
    ]);
    expect(runs[2]).toMatchObject({ elapsed_seconds: 60, tags: [], data: { kind: "synthetic", seed: 42 } });
  });

  test("lists as many as are asked for, and says what it left out", () => {
    for (const day of ["17", "18", "19", "20"]) write(`aaaa${day}`, day);
    const { stdout, stderr } = repository.colophon(["ls", "--limit", "2"]);
    expect(stdout.match(/aaaa\d\d/g)).toEqual(["aaaa20", "aaaa19"]);
    expect(stderr).toBe("┃ 2 of 4, --limit 0 for all\n");
    expect(repository.colophon(["ls", "-n", "0"]).stdout.match(/aaaa\d\d/g)).toHaveLength(4);
    expect(JSON.parse(repository.colophon(["ls", "--json", "--limit", "1"]).stdout)).toMatchObject({
      total: 4,
      runs: [{}],
    });
  });

  test("lists those that have a tag", () => {
    write("aaaaaa", "19");
    write("bbbbbb", "20");
    repository.colophon(["tag", "aaaaaa", "base line"]);
    expect(repository.colophon(["ls", "--tag", "base line"]).stdout).toMatch(
      /^ .*\n✓ {2}aaaaaa .* base line\n$/,
    );
    const none = repository.colophon(["ls", "--tag", "never"]);
    expect([none.stdout, none.stderr]).toEqual(["", '┃ none of 2 runs has the tag "never"\n']);
    repository.call("rm", ["-r", "records/2026-11/20261119T104207Z_3f9c2e1_aaaaaa"]);
    expect(repository.colophon(["ls", "--tag", "never"]).stderr).toContain("none of 1 run has");
  });

  test("takes a folder of runs, of other tools too", () => {
    const runs = join(repository.root, "runs");
    mkdirSync(runs);
    writeOriginRun(runs, "tail_20260402_073500");
    write("aaaaaa", "19");
    expect(repository.colophon(["ls", "runs"]).stdout).toMatch(
      /✓ {2}tail_20260402_073500 .* 5 stages, 2 skipped/,
    );
    expect(repository.colophon(["ls", "records"]).stdout).toContain("aaaaaa");
    expect(repository.colophon(["ls"], { directory: "records/2026-11" }).stdout).toContain("aaaaaa");
    const { status, stderr } = repository.colophon(["ls", "nowhere"]);
    expect([status, stderr]).toEqual([3, expect.stringContaining("RUNS_UNREADABLE")]);
  });

  test("takes the folder's path out of a reason, and leaves longer paths alone", () => {
    const { folder, id } = write("aaaaaa", "19");
    symlinkSync(`${folder}.json`, join(folder, "00_run_metadata/environment.json.link"));
    rmSync(join(folder, "00_run_metadata/environment.json"));
    writeFileSync(`${folder}.json`, "{}");
    symlinkSync(`${folder}.json`, join(folder, "00_run_metadata/environment.json"));
    const { stdout } = repository.colophon(["ls"]);
    expect(stdout).toContain(`leads to ${folder}.json; expected a path inside it`);
    expect(stdout).not.toContain("leads to it");
    expect(stdout).toMatch(/^✗ {2}aaaaaa {2}PATH_ESCAPES: the artifact environment leaves the run folder/);
    expect(JSON.parse(repository.colophon(["ls", "--json"]).stdout).runs[0].id).toBe(id);
  });

  test("lists a link to a run as a link, and does not follow it", () => {
    const { folder } = writeRecord(repository.root);
    mkdirSync(records(), { recursive: true });
    const link = join(records(), "20261121T104207Z_3f9c2e1_linked");
    symlinkSync(folder, link);
    const { status, stdout } = repository.colophon(["ls"]);
    expect([status, stdout]).toEqual([
      0,
      `✗  linked  RUN_IS_LINK: it is a link to ${folder}; lists follow none\n`,
    ]);
    const { runs, total } = expectOutput(
      "cli_ls",
      repository.colophon(["ls", "--json", records()]).stdout,
    ) as {
      runs: Json[];
      total: number;
    };
    expect([total, runs.map(({ error }) => error.code)]).toEqual([1, ["RUN_IS_LINK"]]);
    expect(repository.colophon(["show", link]).status).toBe(0);
  });

  test("says so where nothing is recorded, and refuses what it does not take", () => {
    const { status, stdout, stderr } = repository.colophon(["ls"]);
    expect([status, stdout, stderr]).toEqual([0, "", expect.stringContaining("colophon run")]);
    expect(JSON.parse(repository.colophon(["ls", "--json"]).stdout)).toEqual({ runs: [], total: 0 });
    const refused = (...words: string[]) => repository.colophon(["ls", ...words]);
    expect(refused("a", "b")).toMatchObject({ status: 2, stderr: expect.stringContaining("TOO_MANY_WORDS") });
    expect(refused("records", "elapsed > 5").stderr).toContain(
      "→ Type: colophon ls records --where 'elapsed > 5'\n",
    );
    expect(refused("metrics.loss").stderr).toMatch(
      /metrics\.loss cannot be listed: there is no such folder\n.*compare a field: metrics\.loss < 0\.3/,
    );
    expect(refused("--limit", "x")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("BAD_FLAG_VALUE"),
    });
    expect(refused("--namespace", "git")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("BAD_NAMESPACE"),
    });
  });

  test("shows control characters of names, and obeys none", () => {
    const { edit } = write("aaaaaa", "19");
    edit((run) => {
      run.run_name = "a\u001b]0;x\u0007\nb";
    });
    expect(repository.colophon(["ls"]).stdout).toContain("a\\u001b]0;x\\u0007\\u000ab");
  });
});
