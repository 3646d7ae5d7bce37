import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { defaultRules } from "../../src/kinds/table.js";
import { judgeInThreads } from "../../src/local-ports/records/judging/in-threads.js";
import { type Candidate, judgeCandidate } from "../../src/operations/manifests/validate-files.js";
import { readDocument } from "../../src/store/read-document.js";
import { builtCli } from "../journeys/built-cli.js";

const cli = builtCli();
const folder = mkdtempSync(join(tmpdir(), "colophon-threads-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const manifest = {
  manifest_schema_version: 1,
  experiment_id: "x",
  timestamp_utc: "2026-11-20T10:42:07Z",
  git: { sha: "a".repeat(40), branch: "main", dirty: false },
  env: {},
  params: {},
  data_provenance: { kind: "synthetic", seed: 1 },
};
const texts: Record<string, string> = {
  "valid.json": JSON.stringify(manifest),
  "wrong.json": JSON.stringify({ ...manifest, params: 1 }),
  "cut.json": JSON.stringify(manifest).slice(0, -1),
  "another-program's.json": '{"name": "app"}',
  "pytyche.json": JSON.stringify({ ...manifest, pytyche: {} }),
};
for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text);
const names = [...Object.keys(texts), "missing.json"];
const fault = {
  code: "NOT_A_FILE",
  severity: "error",
  pointer: "",
  message: "",
  hint: "",
  line: null,
  column: null,
} as const;

/** The same few files again and again, in ever new order. */
function candidates(count: number): Candidate[] {
  return Array.from({ length: count }, (_, index) => ({
    path: names[(index * index + (index >> 7)) % names.length] as string,
    inRunFolder: index % 3 === 0,
    isPerhaps: index % 2 === 0,
    fault: index % 1000 === 999 ? fault : undefined,
  }));
}

const request = {
  kind: undefined,
  maximumBytes: undefined,
  rules: defaultRules({ namespace: "pytyche", mode: "tolerant" }),
};
const read = (path: string, maximumBytes: number | undefined) => readDocument(folder, path, maximumBytes);
const expected = (given: readonly Candidate[]) =>
  given.map((candidate) => judgeCandidate(candidate, request, { read }));

describe("judgeInThreads", () => {
  test.each([0, 1, 128, 3071, 3072, 5000])(
    "judges %i files as one thread does, in their order",
    async (count) => {
      const given = candidates(count);
      expect(await judgeInThreads(given, folder, request, cli)).toEqual(expected(given));
    },
  );

  test("is not held up by threads that cannot start, or that end at once", async () => {
    const given = candidates(4000);
    const ends = join(folder, "ends.cjs");
    writeFileSync(ends, "process.exit(1)");
    for (const program of [join(folder, "missing.cjs"), ends])
      expect(await judgeInThreads(given, folder, request, program)).toEqual(expected(given));
  });
});
