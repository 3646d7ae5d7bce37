import { spawn } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import {
  at,
  bundle,
  type Changes,
  faultsOf,
  filesOf,
  fixture,
  generate,
  given,
  module,
  params,
  repository,
} from "./fixtures.js";
import { expectOutput } from "./matches-schema.js";
import { cli } from "./repository.js";
import { bytesBelow } from "./repository-state.js";

describe("colophon fixture generate (I02-I09, I13, I14, I24, I34)", () => {
  test("writes a small fixture, with the manifest beside its files, and nothing of this machine in it", () => {
    const { status, stdout } = generate("one", { more: ["--json"] });
    expect(status).toBe(0);
    expect(expectOutput("cli_fixture_generate", stdout)).toMatchObject({
      status: "written",
      manifest_path: "one/manifest.json",
      event_count: 20,
      diff: null,
    });
    expect(filesOf("one")).toEqual([
      "events.jsonl",
      "labels.jsonl",
      "manifest.json",
      "parameter-snapshot.json",
      "provenance.jsonl",
    ]);
    const text = filesOf("one")
      .map((file) => repository.read(`one/${file}`))
      .join("\n");
    expect(text).not.toContain(repository.root);
    expect(text.length).toBeLessThan(20_000);
    expect(JSON.parse(repository.read("one/manifest.json"))).toMatchObject({
      generator: { name: "market-events", version: "2.0.0", origin: "builtin" },
      seed_bundle: JSON.parse(bundle),
      profile: { name: "calm" },
      run: { name: "opening", scenario: "options-sweep", event_count: 20 },
      replay_plan: { order_by: ["ts", "ingest_ts", "seq", "trace_id"], event_count: 20 },
      expected_outputs: null,
    });
    expect(repository.colophon(["validate", "one"])).toMatchObject({ status: 0 });
    expect(faultsOf("one")).toEqual([]);
  });

  test("gives the same bytes in another folder, time zone and locale (I21, I31)", () => {
    const env = { ...repository.env, TZ: "Pacific/Chatham", LC_ALL: "tr_TR.UTF-8", LANG: "tr_TR.UTF-8" };
    expect(generate("deep/er/two", { env }).status).toBe(0);
    expect(bytesBelow(at("deep/er/two"))).toEqual(bytesBelow(at("one")));
    expect(fixture("diff", "one", "deep/er/two")).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("= the same: 20 events"),
    });
  });

  test("changes nothing when it is the same, and refuses what differs with the difference, until --accept", () => {
    const before = [bytesBelow(at("one")), statSync(at("one/manifest.json")).mtimeMs];
    expect(generate("one", { more: ["--json"] }).stdout).toContain('"status": "unchanged"');
    const other = { flags: { "seed-bundle": bundle.replace("42", "43") } };
    const refused = generate("one", other);
    expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining("--accept") });
    expect(refused.stdout).toContain("seed_bundle.seed: 42 → 43");
    expect([bytesBelow(at("one")), statSync(at("one/manifest.json")).mtimeMs]).toEqual(before);
    const { status, stdout } = generate("one", { ...other, more: ["--accept", "--json"] });
    expect(status).toBe(0);
    expect(expectOutput("cli_fixture_generate", stdout)).toMatchObject({
      status: "replaced",
      diff: { same: false },
    });
    expect(faultsOf("one")).toEqual([]);
    expect(generate("one", { more: ["--accept"] }).status).toBe(0);
    expect([bytesBelow(at("one"))]).toEqual(before.slice(0, 1));
  });

  test.each([
    ["namespace", bundle.replace("tests", "demo")],
    ["partition", bundle.replace('"0"', '"1"')],
    ["seed", bundle.replace("42", "-7")],
  ])("gives other events for another %s (I35)", (_name, seedBundle) => {
    const { status, stdout } = generate("one", { flags: { "seed-bundle": seedBundle }, more: ["--json"] });
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ status: "differs", diff: { events: { same: 0 } } });
  });

  test.each([
    [["generate"], "MISSING_FLAG"],
    [["generate", "--colour", "red"], "UNKNOWN_FLAG"],
    [["generate", "--generator"], "BAD_FLAG_VALUE"],
    [["genrate"], "NO_FIXTURE_VERB"],
    [[], "NO_FIXTURE_VERB"],
    [["verify"], "WHICH_FIXTURE"],
    [["diff", "one"], "WHICH_FIXTURE"],
    [["replay", "one", "--speed", "0"], "BAD_FLAG_VALUE"],
  ])("refuses the words %j as %s, with status 2", (words, code) => {
    expect(fixture(...words)).toMatchObject({ status: 2, stderr: expect.stringContaining(code) });
  });

  test.each<[string, Changes, string, string]>([
    ["no run name", { flags: { "run-name": undefined } }, "MISSING_FLAG", "--run-name"],
    ["an empty scenario", { flags: { scenario: "" } }, "MISSING_FLAG", "--scenario"],
    ["a float as seed", { flags: { "seed-bundle": bundle.replace("42", "4.5") } }, "BAD_SEED_BUNDLE", "4.5"],
    ["a seed alone", { flags: { "seed-bundle": '{"seed": 1}' } }, "BAD_SEED_BUNDLE", "namespace is missing"],
    [
      "a bundle that is no file",
      { flags: { "seed-bundle": "none.json" } },
      "BAD_SEED_BUNDLE",
      "does not exist",
    ],
    ["another generator", { flags: { generator: "weather" } }, "NO_SUCH_GENERATOR", "market-events"],
    ["a module that is not there", { flags: { generator: "no.mjs" } }, "NO_SUCH_GENERATOR", "does not exist"],
    ["a command that is none", { flags: { generator: "command" } }, "NO_SUCH_GENERATOR", "after --"],
    ["another profile", { flags: { profile: "wild" } }, "NO_SUCH_PROFILE", "calm, volatile"],
    ["another scenario", { flags: { scenario: "flood" } }, "BAD_GENERATION", "options-sweep"],
    ["a parameter too few", { params: params.slice(1) }, "BAD_GENERATION", "events is missing"],
    ["a parameter twice", { params: [...params, "events=21"] }, "BAD_PARAMETER", '"events" twice'],
    ["a parameter too many", { params: [...params, "speed=1"] }, "BAD_GENERATION", "speed is none of"],
    [
      "a time before the first (C25)",
      { params: [...params.slice(0, 2), "start_ts=-10", "interval_ms=1"] },
      "BAD_GENERATION",
      "-10",
    ],
    [
      "no symbols (C25)",
      { params: ["events=1", "symbols=", "start_ts=1", "interval_ms=1"] },
      "BAD_GENERATION",
      "symbols",
    ],
    [
      "a secret",
      { flags: { "run-name": ["gh", "p_", "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"].join("") } },
      "SECRET_IN_GENERATION",
      "",
    ],
  ])("refuses %s, and leaves nothing", (_name, changes, code, said) => {
    const { status, stderr } = generate("refused", changes);
    expect([status, stderr]).toEqual([
      code === "SECRET_IN_GENERATION" ? 3 : 2,
      expect.stringContaining(code),
    ]);
    expect(stderr).toContain(said);
    expect(existsSync(at("refused"))).toBe(false);
  });

  test("leaves files of its names alone when there is no manifest", () => {
    repository.write("taken/events.jsonl", "mine\n");
    expect(generate("taken")).toMatchObject({ status: 1, stderr: expect.stringContaining("OUTPUT_TAKEN") });
    expect(repository.read("taken/events.jsonl")).toBe("mine\n");
  });
});

describe("generators of one's own", () => {
  const own = { flags: { generator: "gen.mjs", profile: "any" }, params: ["events=3"] };

  test("are ES modules, or commands that write the same as JSON Lines", () => {
    expect(generate("module", own).status).toBe(0);
    expect(repository.read("module/labels.jsonl")).toBe('{"label":"odd","trace_id":"t1"}\n');
    repository.write(
      "gen.cjs",
      `const { readFileSync } = require("node:fs");
       import("./gen.mjs").then(({ name, version, generate }) => {
         console.log(JSON.stringify({ generator: { name, version } }));
         for (const item of generate(JSON.parse(readFileSync(0, "utf8")))) console.log(JSON.stringify(item));
       });`,
    );
    const command = {
      ...own,
      flags: { generator: "command", profile: "any" },
      more: ["--", "node", "gen.cjs"],
    };
    expect(generate("command", command)).toMatchObject({ status: 0 });
    for (const file of ["events.jsonl", "labels.jsonl", "provenance.jsonl"])
      expect(repository.read(`command/${file}`)).toBe(repository.read(`module/${file}`));
    expect(JSON.parse(repository.read("command/manifest.json")).generator).toMatchObject({
      origin: "command",
      command: ["node", "gen.cjs"],
    });
  });

  const line = (event: object, more: object = {}) => JSON.stringify({ event, ...more });
  const event = { kind: "tick", ts: 2, ingest_ts: 3, seq: 0, trace_id: "a" };
  const head = '{"generator": {"name": "x", "version": "1"}}';
  test.each<[string, readonly string[], string, string]>([
    [
      "labels inside events",
      [head, line({ ...event, deep: [{ Labels: 1 }] })],
      "LABEL_IN_EVENT",
      "/deep/0/Labels",
    ],
    [
      "a label of another event",
      [head, line(event, { labels: [{ trace_id: "b" }] })],
      "RECORD_NOT_JOINED",
      '"b"',
    ],
    [
      "events out of order",
      [head, line(event), line({ ...event, ts: 1, trace_id: "b" })],
      "EVENTS_OUT_OF_ORDER",
      "event 1",
    ],
    ["a trace id twice", [head, line(event), line({ ...event, ts: 9 })], "TRACE_ID_TWICE", "event 0"],
    ["an event without a kind", [head, line({ ...event, kind: undefined })], "BAD_EVENT", "kind"],
    ["members beside the event", [head, line(event, { truth: 1 })], "BAD_EVENT", "truth"],
    ["no name", [line(event)], "BAD_GENERATED_LINE", "line 1"],
    ["no JSON", [head, "tick"], "BAD_GENERATED_LINE", "line 2"],
    ["nothing", [], "BAD_GENERATED_LINE", "line 1"],
  ])("are refused for %s", (_name, lines, code, said) => {
    repository.write("lines.txt", lines.map((one) => `${one}\n`).join(""));
    const { status, stderr } = generate("bad", {
      flags: { generator: "command" },
      params: [],
      more: ["--", "cat", "lines.txt"],
    });
    expect([status, stderr]).toEqual([1, expect.stringContaining(code)]);
    expect(stderr).toContain(said);
    expect(existsSync(at("bad"))).toBe(false);
  });

  test.each([
    ["the clock", "process.hrtime.bigint().toString()"],
    ["randomness", "Math.random()"],
    ["the time zone", "new Date(0).toString()"],
    ["the locale", "(1234.5).toLocaleString()"],
  ])("are refused when they look at %s (GENERATOR_NOT_DETERMINISTIC)", (_name, expression) => {
    repository.write("loose.mjs", module.replace("seed_bundle.seed * seq", expression));
    const { status, stderr } = generate("loose", {
      ...own,
      flags: { generator: "loose.mjs", profile: "any" },
    });
    expect([status, stderr]).toEqual([1, expect.stringContaining("GENERATOR_NOT_DETERMINISTIC")]);
    expect(stderr).toMatch(/event \d was/);
    expect(existsSync(at("loose"))).toBe(false);
  });

  test("are refused when a module gives a number that JSON has not, rather than null", () => {
    repository.write("loose.mjs", module.replace("seed_bundle.seed * seq", "seq === 2 ? Number.NaN : 0"));
    const { status, stderr } = generate("loose", {
      ...own,
      flags: { generator: "loose.mjs", profile: "any" },
    });
    expect([status, stderr]).toEqual([1, expect.stringContaining("GENERATOR_FAILED")]);
    expect(stderr).toContain('JSON has no NaN, which stands under "value"');
    expect(existsSync(at("loose"))).toBe(false);
  });

  test.each([
    [["false"], "ended with 1"],
    [["no-such-program"], "ENOENT"],
  ])("are refused when they fail: %j (GENERATOR_FAILED)", (command, said) => {
    const outcome = generate("failed", {
      flags: { generator: "command" },
      params: [],
      more: ["--", ...command],
    });
    expect(outcome).toMatchObject({ status: 1, stderr: expect.stringContaining("GENERATOR_FAILED") });
    expect(outcome.stderr).toContain(said);
    expect(existsSync(at("failed"))).toBe(false);
  });
});

test("a folder where a file should be is said (TARGET_NOT_A_FILE)", () => {
  repository.write("odd/provenance.jsonl/x", "");
  expect(generate("odd", { more: ["--accept"] })).toMatchObject({
    status: 3,
    stderr: expect.stringContaining("TARGET_NOT_A_FILE"),
  });
  expect(readFileSync(at("odd/provenance.jsonl/x"), "utf8")).toBe("");
});

test("a generation that is killed leaves nothing that loads, and does not stand in the way of the next", async () => {
  repository.write("slow.mjs", `${module}\nawait new Promise((resolve) => setTimeout(resolve, 600_000));`);
  const words = Object.entries({ ...given, generator: "slow.mjs", profile: "any", "output-dir": "killed" });
  const child = spawn(
    process.execPath,
    [cli, "fixture", "generate", ...words.flatMap(([flag, value]) => [`--${flag}`, value]), "-p", "events=3"],
    { cwd: repository.root, env: repository.env, stdio: "ignore", detached: true },
  );
  try {
    while (!existsSync(at("killed"))) await new Promise((resolve) => setTimeout(resolve, 20));
  } finally {
    // The generator and its parent: a group of their own.
    process.kill(-(child.pid as number), "SIGKILL");
  }
  await new Promise((resolve) => child.once("close", resolve));
  expect(fixture("load", "killed")).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("NO_FIXTURE"),
  });
  expect(generate("killed").status).toBe(0);
  expect(faultsOf("killed")).toEqual([]);
});
