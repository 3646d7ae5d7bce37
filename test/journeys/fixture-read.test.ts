import { existsSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { at, codesOf, faultsOf, fixture, generate, params, repository, tampered } from "./fixtures.js";
import { expectOutput } from "./matches-schema.js";
import { cli } from "./repository.js";

beforeAll(() => {
  expect(generate("one").status).toBe(0);
});

describe("colophon fixture verify, load, replay and diff (I10, I25-I33)", () => {
  const lines = (change: (all: string[]) => string[]) => (text: string) =>
    `${change(text.trimEnd().split("\n")).join("\n")}\n`;

  test.each<[string, string, (text: string) => string, readonly string[]]>([
    ["an event", "events.jsonl", (text) => text.replace('"size":', '"size":1'), ["EVENT_DIFFERS"]],
    [
      "a trace id",
      "events.jsonl",
      (text) => text.replace("tests-0-000003", "tests-0-00000x"),
      ["EVENT_UNKNOWN", "EVENT_MISSING"],
    ],
    ["white space", "events.jsonl", (text) => text.replace('"seq":3', '"seq": 3'), ["BATCH_DIFFERS"]],
    ["a lost event", "events.jsonl", lines((all) => all.slice(1)), ["EVENT_MISSING"]],
    ["an event twice", "events.jsonl", lines((all) => [...all, all[0] as string]), ["EVENT_UNKNOWN"]],
    ["the order", "events.jsonl", lines((all) => all.toReversed()), ["EVENTS_OUT_OF_ORDER"]],
    ["a parameter", "parameter-snapshot.json", (text) => text.replace("250", "251"), ["PARAMETERS_DIFFER"]],
    ["a label", "labels.jsonl", (text) => text.replace("ish", "isH"), ["RECORDS_DIFFER"]],
    [
      "a label's event",
      "labels.jsonl",
      lines((all) => all.toReversed()),
      ["RECORDS_DIFFER", "RECORD_NOT_JOINED"],
    ],
    ["the provenance", "provenance.jsonl", lines((all) => all.slice(0, -1)), ["RECORDS_DIFFER"]],
    [
      "the run's name",
      "manifest.json",
      (text) => text.replace("opening", "closing"),
      ["MANIFEST_HASH_DIFFERS"],
    ],
    ["the manifest's spelling", "manifest.json", (text) => `${text}\n`, ["MANIFEST_SPELLED_OTHERWISE"]],
    [
      "the version",
      "manifest.json",
      (text) => text.replace('"fixture_version": 1', '"fixture_version": 9'),
      ["UNSUPPORTED_VERSION"],
    ],
  ])("finds a change of %s in %s, and load refuses it", (_name, file, change, codes) => {
    const folder = tampered("changed", file, change);
    expect(codesOf(folder)).toEqual(codes);
    expect(faultsOf(folder).every((fault) => fault.file === file)).toBe(true);
    expect(fixture("load", folder)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(codes[0] as string),
    });
  });

  test("name the event that was changed", () => {
    const folder = tampered("changed", "events.jsonl", (text) =>
      text.replace("tests-0-000004", "tests-0-000004 "),
    );
    writeFileSync(
      at(folder, "events.jsonl"),
      repository.read("one/events.jsonl").replace('"seq":4', '"seq":5'),
    );
    expect(faultsOf(folder)).toMatchObject([{ code: "EVENT_DIFFERS", line: 5, trace_id: "tests-0-000004" }]);
  });

  test("miss no file, and load nothing without a manifest", () => {
    for (const file of ["events.jsonl", "provenance.jsonl", "labels.jsonl", "parameter-snapshot.json"]) {
      rmSync(
        at(
          tampered("changed", file, (text) => text),
          file,
        ),
      );
      expect(faultsOf("changed")).toMatchObject([{ code: "FIXTURE_FILE_MISSING", file }]);
    }
    rmSync(at("changed/manifest.json"));
    expect(fixture("load", "changed")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("NO_FIXTURE"),
    });
  });

  test("load by folder or manifest, and say what was loaded", () => {
    const byFolder = fixture("load", "one", "--json");
    expect(expectOutput("cli_fixture_load", byFolder.stdout)).toMatchObject({
      event_count: 20,
      provenance_records: 20,
    });
    expect(fixture("load", "one/manifest.json").stdout).toContain("options_print");
  });

  test("replay every event in order, also from a shuffled file, at any pace", () => {
    const events = repository.read("one/events.jsonl");
    expect(fixture("replay", "one")).toEqual({ status: 0, signal: null, stdout: events, stderr: "" });
    expect(fixture("replay", "one", "--speed", "100000").stdout).toBe(events);
    const folder = tampered(
      "shuffled",
      "events.jsonl",
      lines((all) => all.toSorted().toReversed()),
    );
    expect(fixture("replay", folder)).toMatchObject({
      status: 0,
      stdout: events,
      stderr: expect.stringContaining("shuffled"),
    });
    const { stdout } = fixture("replay", folder, "--json");
    expect(expectOutput("cli_fixture_replay", stdout)).toMatchObject({ order_restored: true });
    const stepped = repository.colophon(["fixture", "replay", "one", "--step"], { input: "\n\n\n" });
    expect(stepped.stdout).toBe(events.split("\n").slice(0, 3).join("\n").concat("\n"));
    const wrong = tampered("changed", "events.jsonl", (text) => text.replace('"seq":4', '"seq":5'));
    expect(fixture("replay", wrong)).toMatchObject({
      status: 1,
      stdout: "",
      stderr: expect.stringContaining("EVENT_DIFFERS"),
    });
  });

  test("diff names what another fixture was made from, and the events that differ", () => {
    generate("other", { flags: { profile: "volatile" } });
    const { status, stdout } = fixture("diff", "one", "other", "--json");
    expect(status).toBe(1);
    const diff = expectOutput("cli_fixture_diff", stdout) as {
      fields: { field: string }[];
      events: { differing: unknown[] };
    };
    expect(diff.fields.map(({ field }) => field)).toContain("profile.name");
    expect(diff.events.differing).toHaveLength(5);
  });
});

test("a fixture of more than 10,000 events has its digests in a file, pinned by digest and count (EVENT_HASHES_DIFFER)", () => {
  expect(generate("large", { params: ["events=10001", ...params.slice(1)] }).status).toBe(0);
  const manifest = JSON.parse(repository.read("large/manifest.json"));
  expect(manifest).toMatchObject({
    event_hashes: { events: null },
    replay_plan: { trace_ids: null },
    artifacts: { event_hashes: { path: "event-hashes.jsonl", count: 10_001 } },
  });
  expect(manifest.artifacts.event_hashes.sha256).toBe(manifest.event_hashes.events_hash);
  expect(faultsOf("large")).toEqual([]);
  const events = repository.read("large/events.jsonl");
  writeFileSync(at("large/events.jsonl"), events.replace('"seq":7777,', '"seq":7778,'));
  expect(faultsOf("large")).toMatchObject([
    { code: "EVENT_DIFFERS", line: 7778, trace_id: "tests-0-007777" },
  ]);
  writeFileSync(at("large/events.jsonl"), `${events.trimEnd().split("\n").toReversed().join("\n")}\n`);
  expect(fixture("replay", "large").stdout).toBe(events);
  writeFileSync(
    at("large/event-hashes.jsonl"),
    repository.read("large/event-hashes.jsonl").replace("quote", "quotf"),
  );
  expect(codesOf("large")).toEqual(["EVENT_HASHES_DIFFER"]);
  // Fewer events need no such file, and it goes.
  expect(generate("large", { more: ["--accept"] }).status).toBe(0);
  expect(existsSync(at("large/event-hashes.jsonl"))).toBe(false);
});

test("a manifest leads to no file outside its folder, and to none that is no file", () => {
  const folder = tampered("linked", "events.jsonl", (text) => text);
  rmSync(at(folder, "events.jsonl"));
  symlinkSync(at("one/events.jsonl"), at(folder, "events.jsonl"));
  expect(fixture("verify", folder)).toMatchObject({
    status: 3,
    stderr: expect.stringContaining("PATH_ESCAPES"),
  });
  rmSync(at(folder, "events.jsonl"));
  repository.call("mkfifo", [at(folder, "events.jsonl")]);
  expect(fixture("verify", folder).stderr).toContain("FIXTURE_FILE_UNREADABLE");
});

test("large fixtures are made, verified and replayed in a small heap (flat memory)", () => {
  const count = process.env.COLOPHON_TEST_LONG ? 1_000_000 : 40_000;
  const env = { ...repository.env, NODE_OPTIONS: "--max-old-space-size=40" };
  const made = generate("huge", { params: [`events=${count}`, ...params.slice(1)], env });
  expect(made).toMatchObject({ status: 0, signal: null });
  const verified = repository.colophon(["fixture", "verify", "huge"], { env });
  expect(verified).toMatchObject({ status: 0, stdout: "" });
  const counted = repository.call(
    "sh",
    ["-c", `"$0" "$1" fixture replay huge | wc -l`, process.execPath, cli],
    { env },
  );
  expect(counted.stdout.trim()).toBe(String(count));
  console.log(`${count} events in a heap of 40 MB`);
  rmSync(at("huge"), { recursive: true });
});
