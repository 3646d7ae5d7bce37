import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { writeAtomic } from "../../../src/files/write-atomic.js";
import { buildExperiment, synthetic } from "../../../src/kinds/experiment.js";
import { defaultRules, kinds } from "../../../src/kinds/table.js";
import { publishDocument } from "../../../src/operations/manifests/publish-document.js";
import { type BeginPorts, beginRun } from "../../../src/operations/run/begin-run.js";
import type { PreparedRun } from "../../../src/operations/run/run-request.js";

const manifest = buildExperiment({
  experimentId: "e1",
  timestampUtc: "2026-11-20T10:42:07.120Z",
  git: { sha: "a".repeat(40), branch: "main", dirty: false },
  env: { platform: "Linux", node: "20" },
  params: {},
  dataProvenance: synthetic(1),
  extensions: {},
  namespace: "colophon",
});

describe("publishDocument (C12)", () => {
  test("reads back what it wrote, and says READ_BACK_DIFFERS when something else stands there", () => {
    const folder = mkdtempSync(join(tmpdir(), "colophon-publish-"));
    const path = join(folder, "manifest.json");
    const readText = (file: string) => readFileSync(file, "utf8");
    const ports = { writeAtomic, readText, findText: () => undefined };
    publishDocument(manifest, kinds.experiment, path, defaultRules(), ports);
    expect(JSON.parse(readText(path))).toEqual(manifest);
    const torn = (file: string) => readText(file).slice(0, -1);
    expect(() =>
      publishDocument(manifest, kinds.experiment, path, defaultRules(), { ...ports, readText: torn }),
    ).toThrow(expect.objectContaining({ code: "READ_BACK_DIFFERS" }));
    rmSync(folder, { recursive: true });
  });
});

describe("beginRun", () => {
  test("draws ids until one is free, and gives up after twenty with NO_FREE_ID", async () => {
    let drawn = 0;
    const ports = {
      ensureRecordsIgnore: () => {},
      captureBaseline: async () => ({}),
      newSuffix: () => "aaaaaa",
      createRunFolder: () => {
        drawn += 1;
        return undefined;
      },
    } as unknown as BeginPorts;
    const prepared = {
      project: {},
      captured: { git: manifest.git },
      inputs: {},
      request: {},
      dirtyPolicy: "warn",
      startedAt: 0,
    } as unknown as PreparedRun;
    await expect(beginRun(prepared, ports)).rejects.toMatchObject({ code: "NO_FREE_ID" });
    expect(drawn).toBe(20);
  });
});
