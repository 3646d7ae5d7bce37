import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { hasProgram, testIf } from "../files/scratch.js";
import { makeFigureProject, specs } from "./figure-project.js";
import { expectOutput } from "./matches-schema.js";
import { cli, type Repository } from "./repository.js";

let repository: Repository;
let id: string;
const running: ChildProcess[] = [];

beforeAll(() => {
  repository = makeFigureProject();
  const { status, stderr } = repository.colophon(["figure", "record", ...specs]);
  if (status !== 0) throw new Error(stderr);
  const names = readdirSync(`${repository.root}/dist/artifacts/manifests`);
  id = names.find((name) => name.startsWith("stacked"))?.replace(".manifest.json", "") ?? "";
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});
afterAll(() => repository.remove());

interface Told {
  readonly url: string;
  readonly port: number;
  readonly token: string;
  readonly browser_url: string;
  readonly addresses: readonly string[];
}

interface Serving {
  readonly child: ChildProcess;
  readonly line: string;
  readonly stderr: () => string;
}

/** Waits for the first line. */
async function serve(...words: string[]): Promise<Serving> {
  const { root, env } = repository;
  const child = spawn(process.execPath, [cli, "serve", ...words], { cwd: root, env });
  running.push(child);
  let [stdout, stderr] = ["", ""];
  child.stderr?.on("data", (chunk) => {
    stderr += chunk;
  });
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    stdout += chunk;
    if (stdout.includes("\n")) break;
  }
  return { child, line: stdout, stderr: () => stderr };
}

describe("colophon serve", () => {
  test("prints one line of JSON, answers, and ends with 0 at either signal", async () => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      const { child, line } = await serve("--json");
      const { url, port, token, browser_url } = expectOutput("cli_serve", line) as unknown as Told;
      expect(line.trim().split("\n")).toHaveLength(1);
      expect([url, browser_url]).toEqual([
        `http://127.0.0.1:${port}/`,
        `http://127.0.0.1:${port}/#token=${token}`,
      ]);
      const headers = { authorization: `Bearer ${token}` };
      const answer = (await (await fetch(`${url}trace/${id}`, { headers })).json()) as { figure_id: string };
      expect(answer.figure_id).toBe(id);
      const ended = once(child, "exit");
      child.kill(signal);
      expect(await ended).toEqual([0, null]);
      await expect(fetch(url, { headers })).rejects.toThrow();
    }
  });

  test("tells people the address alone", async () => {
    const { child, line, stderr } = await serve();
    expect(line).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/(?:#token=[\w-]{43})?\n$/);
    const ended = once(child, "exit");
    child.kill("SIGINT");
    expect(await ended).toEqual([0, null]);
    expect(stderr()).toContain("Ctrl-C");
  });

  testIf(hasProgram("curl") && process.platform === "linux", "there is no curl, or no list of sockets")(
    "lets the same user's curl in without a token",
    async () => {
      const { line } = await serve("--json");
      const { url } = JSON.parse(line) as Told;
      const body = JSON.stringify({
        table: "emission_factors",
        keys: { ef_id: "EF.CAR.2024" },
        format: "csv",
      });
      const words = ["-sS", "-H", "Content-Type: application/json", "-d", body, `${url}trace/rows`];
      // Another process, while this one waits for it without a loop of its own.
      const { status, stdout } = repository.call("curl", words);
      expect([status, stdout]).toEqual([
        0,
        "ef_id,activity_id,region,vintage_year,g_per_unit,source_id\nEF.CAR.2024,TRAN.CAR.KM,CA-ON,2024,192.4,SRC.ROAD.2023\n",
      ]);
    },
  );

  test("takes the port that it is given, and refuses one that is taken", async () => {
    const { line } = await serve("--json");
    const { port } = JSON.parse(line) as Told;
    const { status, stderr } = repository.colophon(["serve", "--port", String(port)]);
    expect([status, stderr]).toEqual([3, expect.stringContaining("PORT_TAKEN")]);
  });

  test.each([
    [["--port", "70000"], "BAD_FLAG_VALUE"],
    [["--port", "x"], "BAD_FLAG_VALUE"],
    [["figures"], "BAD_FLAG_VALUE"],
    [["--artifacts-root", "../elsewhere"], "PATH_ESCAPES"],
  ])("refuses %j", (words, code) => {
    const { status, stderr } = repository.call("timeout", ["20", process.execPath, cli, "serve", ...words]);
    expect([status === 2 || status === 3, stderr]).toEqual([true, expect.stringContaining(code)]);
  });

  test("shows the figures of another folder", async () => {
    const { line } = await serve("--json", "--artifacts-root", "nowhere");
    const { url, token } = JSON.parse(line) as Told;
    const { status } = await fetch(`${url}trace/${id}`, { headers: { authorization: `Bearer ${token}` } });
    expect(status).toBe(404);
  });
});

describe("colophon trace FIGURE --rows", () => {
  const rows = (...words: string[]) => repository.colophon(["trace", "stacked", "--rows", ...words]);

  test("prints the rows that drawn values name, as CSV", () => {
    const { status, stdout, stderr } = rows("activity_schedule");
    expect(status).toBe(0);
    expect(stdout.split("\n")[0]).toBe(repository.read("data/activity_schedule.csv").split("\n")[0]);
    expect(stdout.trim().split("\n")).toHaveLength(9);
    expect(stderr).toContain("as recorded");
  });

  test("prints those of keys, the same that the server gives", () => {
    const { status, stdout } = rows(
      "activity_schedule",
      "--key",
      "profile_id=PRO.CITY",
      "--key",
      "activity_id=FOOD.COFFEE.CUP",
      "--json",
    );
    const found = expectOutput("cli_trace_rows", stdout) as { asked: number; row_count: number };
    expect([status, found.asked, found.row_count]).toEqual([0, 1, 1]);
  });

  test("a column that comes again begins another key, and one without a row is named", () => {
    const keys = ["EF.CAR.2024", "EF.NONE", "EF.LUNCH.2023"].flatMap((key) => ["--key", `ef_id=${key}`]);
    const { status, stdout, stderr } = rows("emission_factors", ...keys);
    expect(status).toBe(1);
    expect(stdout.trim().split("\n")).toHaveLength(3);
    expect(stderr).toContain("ef_id=EF.NONE");
  });

  test.each([
    [["nothing"], 2, "NO_SUCH_TABLE"],
    [["emission_factors", "--key", "ef_id"], 2, "BAD_FLAG_VALUE"],
    [["emission_factors", "--key", "x=1"], 3, "BAD_ROW_KEY"],
  ])("refuses %j", (words, expected, code) => {
    const { status, stderr } = rows(...words);
    expect([status, stderr]).toEqual([expected, expect.stringContaining(code)]);
  });

  test("refuses a key without a table, and a table that changed", () => {
    expect(repository.colophon(["trace", "stacked", "--key", "a=b"]).status).toBe(2);
    const path = "data/emission_factors.csv";
    const before = repository.read(path);
    repository.write(path, before.replace("192.4", "192.5"));
    const { status, stdout, stderr } = rows("emission_factors");
    repository.write(path, before);
    expect([status, stdout, stderr]).toEqual([3, "", expect.stringContaining("TABLE_CHANGED")]);
  });
});
