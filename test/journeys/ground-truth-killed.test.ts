import { cpSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { worldFile } from "../generators/ground-truth/world.js";
import { expectOutput } from "./matches-schema.js";
import { makeRepository } from "./repository.js";
import { bytesBelow } from "./repository-state.js";

const repository = makeRepository();
afterAll(() => repository.remove());
const at = (...parts: string[]) => join(repository.root, ...parts);
const truth = (words: readonly string[]) => repository.colophon(["ground-truth", ...words]);
const generate = (config: string, folder: string, ...more: string[]) =>
  truth(["generate", config, "--output-dir", folder, ...more]);

beforeAll(() => {
  cpSync(fileURLToPath(worldFile), at("world.yaml"));
  repository.write("other.yaml", repository.read("world.yaml").replace("seed: 42", "seed: 43"));
  generate("world.yaml", "out");
});

describe("a generation that is killed", () => {
  /** Ends the process at the n-th of its moves. */
  const killer = repository.write(
    "killer.cjs",
    `const fs = require("node:fs");
const rename = fs.renameSync;
let left = Number(process.env.MOVES);
fs.renameSync = (...words) => {
  if (left-- === 0) process.kill(process.pid, "SIGKILL");
  return rename(...words);
};`,
  );
  const killed = (moves: number, words: readonly string[]) =>
    repository.colophon(words, {
      env: { ...repository.env, MOVES: String(moves), NODE_OPTIONS: `--require ${at(killer)}` },
    });

  test.each([
    ["the first", 0],
    ["the fifth", 4],
    ["the last", 9],
  ])("at %s of its moves leaves nothing that loads, and nothing that stays", (_, moves) => {
    const folder = `killed-${moves}`;
    const words = ["ground-truth", "generate", "world.yaml", "--output-dir", folder];
    expect(killed(moves, words).signal).toBe("SIGKILL");
    expect(readdirSync(at(folder)).some((name) => name.startsWith(".partial-"))).toBe(true);
    expect(existsSync(at(folder, "manifest.json"))).toBe(false);
    expect(truth(["show", folder]).status).toBe(3);
    expect(generate("world.yaml", folder).status).toBe(0);
    expect(bytesBelow(at(folder))).toEqual(bytesBelow(at("out")));
  });

  test("while it replaces another leaves neither, and the next one either", () => {
    cpSync(at("out"), at("replaced"), { recursive: true });
    const words = ["ground-truth", "generate", "other.yaml", "--accept", "--output-dir", "replaced"];
    expect(killed(3, words).signal).toBe("SIGKILL");
    expect(truth(["show", "replaced"]).status).toBe(3);
    expect(generate("world.yaml", "replaced").status).toBe(0);
    expect(bytesBelow(at("replaced"))).toEqual(bytesBelow(at("out")));
  });

  test("of a fixture is cleared away, too", () => {
    const bundle = '{"seed": 1, "namespace": "tests", "partition": "0"}';
    const words = ["fixture", "generate", "--generator", "market-events", "--seed-bundle", bundle];
    words.push("--profile", "calm", "--scenario", "plain", "--run-name", "r", "--output-dir", "events");
    words.push("-p", "events=9", "-p", "symbols=SPY", "-p", "start_ts=0", "-p", "interval_ms=9");
    expect(killed(1, words).signal).toBe("SIGKILL");
    expect(existsSync(at("events/manifest.json"))).toBe(false);
    expect(repository.colophon(words).status).toBe(0);
    expect(repository.colophon(["fixture", "verify", "events"]).status).toBe(0);
    expect(readdirSync(at("events")).filter((name) => name.startsWith("."))).toEqual([]);
  });

  test("of a fixture, made again, is what a run that kept it leads to", () => {
    const words = ["--synthetic-seed", "1", "--artifact", "fixture=events/manifest.json", "--", "true"];
    repository.git("add", "events");
    repository.git("commit", "--quiet", "--message=Events");
    expect(repository.colophon(["run", ...words]).status).toBe(0);
    const { stdout } = repository.colophon(["trace", "--json", "events/manifest.json"]);
    expect(expectOutput("cli_trace", stdout).links).toContainEqual(
      expect.objectContaining({ relation: "described-by", name: "fixture", state: "ok" }),
    );
  });

  test("clears nothing of a process that lives, or of one that nobody can judge", () => {
    mkdirSync(at("shared/.partial-00000000-00000000-00000000-1-1-abcd1234"), { recursive: true });
    mkdirSync(at("shared/.partial-anybody"), { recursive: true });
    expect(generate("world.yaml", "shared").status).toBe(0);
    expect(readdirSync(at("shared")).filter((name) => name.startsWith("."))).toHaveLength(2);
  });
});
