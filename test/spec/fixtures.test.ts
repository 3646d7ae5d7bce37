import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type FixtureEvent, loadFixture, replayFixture, verifyFixture } from "../../src/index.js";

const opening = fileURLToPath(new URL("../../spec/examples/fixtures/opening/", import.meta.url));
let copy: string;
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "colophon-fixture-"));
  cpSync(opening, copy, { recursive: true });
});
afterAll(() => rmSync(copy, { recursive: true }));

describe("the fixture in spec/examples/fixtures/opening", () => {
  test("is tiny (I16)", () => {
    const bytes = readdirSync(opening).map((file) => readFileSync(join(opening, file)).length);
    expect(bytes.reduce((a, b) => a + b)).toBeLessThanOrEqual(20_000);
    expect(loadFixture(opening).events.length).toBeLessThanOrEqual(50);
  });

  test("loads by folder, manifest path and URL, with labels beside its events (I10-I12)", () => {
    const { events, labels, provenance, manifest } = loadFixture(opening);
    expect(loadFixture(join(opening, "manifest.json")).events).toEqual(events);
    expect(loadFixture(new URL("../../spec/examples/fixtures/opening/", import.meta.url)).events).toEqual(
      events,
    );
    expect(events.map(({ trace_id }) => trace_id)).toEqual(manifest.replay_plan.trace_ids);
    expect([...provenance.keys()]).toEqual(manifest.replay_plan.trace_ids);
    const labelled = events.filter(({ trace_id }) => labels?.has(trace_id));
    expect(labelled).toHaveLength(6);
    expect(new Set(labelled.map(({ kind }) => kind))).toEqual(new Set(["options_print"]));
    expect(JSON.stringify(events)).not.toMatch(/label|sweep|scenario/);
    expect(loadFixture(opening, { labels: false }).labels).toBeNull();
  });

  test("is replayed one event at a time, each taken before the next comes", async () => {
    const { events } = loadFixture(opening);
    const taken: FixtureEvent[] = [];
    let open = 0;
    const replayed = await replayFixture(opening, async (event) => {
      open += 1;
      expect(open).toBe(1);
      await Promise.resolve();
      taken.push(event);
      open -= 1;
    });
    expect(replayed).toEqual({ events: events.length, orderRestored: false });
    expect(taken).toEqual(events);
  });

  test("is the same at any pace, and can be left", async () => {
    const { events } = loadFixture(opening);
    const taken: FixtureEvent[] = [];
    await replayFixture(opening, (event) => void taken.push(event), { speed: 50 });
    expect(taken).toEqual(events);
    const stop = new AbortController();
    const left = replayFixture(opening, () => stop.abort(), { speed: 0.001, signal: stop.signal });
    await expect(left).rejects.toMatchObject({ name: "AbortError" });
    await expect(replayFixture(opening, () => {}, { speed: 0 })).rejects.toMatchObject({
      code: "BAD_ARGUMENT",
    });
  });

  test("is refused when it is shuffled, unless its order is to be restored", () => {
    const { events } = loadFixture(opening);
    const file = join(copy, "events.jsonl");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, `${text.trimEnd().split("\n").toReversed().join("\n")}\n`);
    expect(() => loadFixture(copy)).toThrow(
      expect.objectContaining({ name: "FixtureError", code: "EVENTS_OUT_OF_ORDER" }),
    );
    expect(loadFixture(copy, { order: "restore" }).events).toEqual(events);
    writeFileSync(file, text);
    expect(verifyFixture(copy).faults).toEqual([]);
  });

  test("has no bit that can be flipped unseen, and the file is named", () => {
    const stride = process.env.COLOPHON_TEST_LONG ? 1 : 23;
    let flips = 0;
    for (const file of readdirSync(copy)) {
      const bytes = readFileSync(join(copy, file));
      for (let at = 0; at < bytes.length; at += stride) {
        const flipped = Buffer.from(bytes);
        flipped[at] = (bytes[at] as number) ^ (1 << (at % 8));
        writeFileSync(join(copy, file), flipped);
        const { faults } = verifyFixture(copy);
        if (!faults.some((fault) => fault.file === file)) {
          throw new Error(`byte ${at} of ${file}: ${JSON.stringify(faults)}`);
        }
        flips += 1;
      }
      writeFileSync(join(copy, file), bytes);
    }
    console.log(`${flips} flipped bits, all found`);
    expect(flips).toBeGreaterThan(500);
  });
});
