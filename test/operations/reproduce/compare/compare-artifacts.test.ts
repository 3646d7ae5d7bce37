import { describe, expect, test } from "@jest/globals";
import { sha256 } from "../../../../src/manifest/digest.js";
import type { LoadedArtifact, LoadedRun } from "../../../../src/operations/records/load/loaded-run.js";
import {
  type ComparedRun,
  compareArtifacts,
} from "../../../../src/operations/reproduce/compare/compare-artifacts.js";

type Content = string | Readonly<Record<string, string>> | { readonly away: string };

/** A run with these artifacts: a file's text, a folder's, or only a digest. */
function run(root: string, id: string, contents: Readonly<Record<string, Content>>): ComparedRun {
  const artifacts = Object.entries(contents).map(([name, content]) => ({
    name,
    path: `artifacts/${name}`,
    sha256: sha256(typeof content === "string" ? content : JSON.stringify(content)),
    ...(isAway(content) && { sha256: content.away }),
    content,
  }));
  return {
    run: { id, artifacts } as unknown as LoadedRun,
    places: { root, folder: `${root}/records/${id}`, id },
  };
}

function isAway(content: Content): content is { readonly away: string } {
  return typeof content !== "string" && "away" in content;
}

const contentOf = (artifact: LoadedArtifact) => (artifact as unknown as { content: Content }).content;

const ports = {
  listFiles: async (_: LoadedRun, artifact: LoadedArtifact) => {
    const content = contentOf(artifact);
    if (isAway(content)) return null;
    const files = typeof content === "string" ? { "": content } : content;
    return Object.entries(files).map(([path, text]) => ({ path, sha256: sha256(text) }));
  },
  readContent: (_: LoadedRun, artifact: LoadedArtifact, path: string) => {
    const content = contentOf(artifact);
    const text = typeof content === "string" ? content : (content as Record<string, string>)[path];
    return text === undefined || text.includes("\0") ? null : text;
  },
};

async function compare(before: Content, now: Content | undefined, tolerance: number | null = null) {
  const recorded = run("/home/ann/study", "then", { a: before });
  const again = run("/tmp/x/study", "now", now === undefined ? {} : { a: now });
  const [found] = await compareArtifacts(recorded, again, tolerance, ports);
  return found;
}

describe("compareArtifacts", () => {
  test("equal bytes are identical, other bytes differ, and what was not written is said", async () => {
    expect(await compare("1\n", "1\n")).toMatchObject({ outcome: "identical", reason: null });
    expect(await compare("a\0b", "a\0c")).toMatchObject({ outcome: "differs", reason: "its bytes differ" });
    expect(await compare("1\n", undefined)).toMatchObject({
      outcome: "differs",
      reason: "it was not written",
      now_sha256: null,
    });
  });

  test("places of the reproduction stand for those of the recorded run, and that is said", async () => {
    expect(await compare("in /home/ann/study/out, run then", "in /tmp/x/study/out, run now")).toMatchObject({
      outcome: "identical",
      places_replaced: true,
      reason: "but for the places of the run",
    });
    const folder = "/records/";
    expect(await compare(`/home/ann/study${folder}then/x 1`, `/tmp/x/study${folder}now/x 1.0`)).toMatchObject(
      { outcome: "same-numbers", places_replaced: true },
    );
  });

  test("with only the digest of the recorded one, places are replaced all the same, and numbers are not read", async () => {
    expect(await compare({ away: sha256("in /home/ann/study") }, "in /tmp/x/study")).toMatchObject({
      outcome: "identical",
    });
    expect(await compare({ away: sha256("1") }, "1.0")).toMatchObject({ outcome: "differs" });
  });

  test("numbers of texts", async () => {
    expect(await compare("x 1", "x 1.0")).toMatchObject({ outcome: "same-numbers", largest_difference: 0 });
    expect(await compare("x 1", "x 1.001", 0.01)).toMatchObject({ outcome: "within-tolerance" });
    expect(await compare("x 1", "x 1.1", 0.01)).toMatchObject({ outcome: "differs" });
  });

  test("of a folder the first file that differs is named, one that is new too, and the worst decides", async () => {
    const folder = { "a.txt": "1", "b.txt": "2", "c.txt": "x" };
    expect(await compare(folder, { ...folder, "b.txt": "2.0" })).toMatchObject({
      outcome: "same-numbers",
      reason: "b.txt differs",
    });
    expect(await compare(folder, { ...folder, "b.txt": "2.0", "c.txt": "y" })).toMatchObject({
      outcome: "differs",
      reason: "c.txt differs",
    });
    expect(await compare(folder, { "a.txt": "1", "c.txt": "x" })).toMatchObject({
      outcome: "differs",
      reason: "b.txt was not written",
    });
    expect(await compare(folder, { ...folder, "d.txt": "" })).toMatchObject({
      outcome: "differs",
      reason: "d.txt was not there",
    });
    expect(await compare({ away: "0".repeat(64) }, folder)).toMatchObject({
      outcome: "differs",
      reason: expect.stringContaining("not here"),
    });
  });
});
