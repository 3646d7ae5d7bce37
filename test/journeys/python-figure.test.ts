import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { makeRepository, type Repository } from "./repository.js";

const moduleFolder = fileURLToPath(new URL("../../python", import.meta.url));
const python = spawnSync("python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 8))"]).status === 0;
const withPython = python ? describe : describe.skip;
if (!python) process.stderr.write("skipped: there is no python3 of 3.8 or newer\n");
const matplotlib = spawnSync("python3", ["-c", "import matplotlib"]).status === 0;
if (!matplotlib) process.stderr.write("skipped: figures of matplotlib, which is not installed\n");

/** A figure of a table that the script has made; it has a `savefig`, as those of matplotlib. */
const script = `
import colophon, sys
rows = [{"site": "A", "kg": 1.5}, {"site": "A", "kg": 2}, {"site": "B", "kg": 4}]
with open("sites.csv", "w") as file:
    file.write("site,kg\\n" + "".join("%s,%s\\n" % (row["site"], row["kg"]) for row in rows))
colophon.artifact("sites", "sites.csv")
class Drawing:
    def savefig(self, buffer, format):
        buffer.write(b"\\x89PNG\\r\\n\\x1a\\n drawn")
class Scalar:
    def tolist(self): return 3.5
def record(name="by_site", drawn=None, rendering=Drawing(), **changed):
    drawn = drawn or [{"site": "A", "kg": Scalar(), "source_ids": []}, {"site": "B", "kg": 4.0, "source_ids": []}]
    fields = {
        "type": "table", "layer_id": "sites", "title": "By site", "sources": [], "code": [__file__],
        "dataset": {"reference_year": 2026}, "tables": [{"path": "sites.csv"}],
        "contracts": {stage: "example.v1" for stage in ("ingest", "validate", "derive", "visualize")},
        "invariance": {"table": "sites.csv", "column": "kg", "field": "kg"}, "trace_keys": {"sites": ["site"]},
        "transforms": [{"name": "slice.by_site", "version": "1.0.0", "before": "sites.csv"}],
    }
    return colophon.figure(name, drawn, rendering=rendering, **{**fields, **changed})
`;

let repository: Repository;
beforeEach(() => {
  repository = makeRepository();
  repository.write("colophon.json", '{"figures": {"dataset": []}}');
  repository.write("drawn.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");
  repository.write(".gitignore", "*.py\n__pycache__/\n");
  repository.commit("Begin");
});
afterEach(() => repository.remove());

function draw(body: string) {
  repository.write("draw.py", `${script}\n${body}`);
  const outcome = repository.colophon(["run", "--synthetic-seed", "1", "--", "python3", "draw.py"]);
  const folder = join(repository.root, /record +(\S+)/.exec(outcome.stderr)?.[1] ?? "");
  const run = JSON.parse(readFileSync(join(folder, "run_manifest.json"), "utf8"));
  const asked = join(folder, "logs/figures");
  return { ...outcome, folder, run, asked: existsSync(asked) ? readdirSync(asked).sort() : [] };
}

function figures() {
  const folder = join(repository.root, "dist/artifacts/manifests");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((name) => ({ name, manifest: JSON.parse(readFileSync(join(folder, name), "utf8")) }));
}

withPython("colophon.figure", () => {
  test("is a figure manifest with its drawing when the run ends, and names the run", () => {
    const { status, stdout, stderr, folder, run, asked } = draw("print(record())");
    expect({ status, stdout, asked }).toEqual({ status: 0, stdout: "True\n", asked: [] });
    const [figure] = figures();
    expect(stderr).toContain(`written  dist/artifacts/manifests/${figure?.name}`);
    const { recording } = figure?.manifest.colophon ?? {};
    const [drawing] = recording.renderings;
    expect(readFileSync(join(repository.root, drawing.path), "latin1")).toBe("\x89PNG\r\n\x1a\n drawn");
    expect(recording.code).toMatchObject([{ path: "draw.py" }]);
    expect(recording.runs).toMatchObject([
      { table: "sites", artifact: "sites", experiment_id: folder.slice(folder.lastIndexOf("/") + 1) },
    ]);
    expect(figure?.manifest.outputs.numeric_invariance).toMatchObject({ pre_agg_sum: 7.5, passed: true });
    expect(run.colophon.figures).toBeUndefined();
    expect(run.colophon.drift.state).toBe("none");
    expect(repository.colophon(["figure", "verify"]).status).toBe(0);
    expect(repository.colophon(["validate", "records", "dist/artifacts"]).status).toBe(0);
    expect(repository.colophon(["validate", "--profile", "complete", folder]).status).toBe(0);
  });

  test("of the same data is unchanged, and one that differs is replaced only when that is accepted", () => {
    draw("record()");
    expect(draw("record()").stderr).toMatch(/by_site\.[0-9a-f]{8} {2}unchanged/);
    const before = figures();
    const other = 'drawn=[{"site": "all", "kg": 7.5, "source_ids": []}]';
    const { status, stderr, run, asked } = draw(`record(${other})`);
    expect({ status, asked }).toEqual({ status: 0, asked: ["by_site.json", "by_site.png"] });
    expect(stderr).toContain("figure by_site not recorded: by_site.");
    expect(run.status).toBe("completed");
    expect(run.colophon.figures.refused).toMatchObject([
      { name: "by_site", reason: expect.stringMatching(/differs from what stands there[\s\S]*accept=True/) },
    ]);
    expect(figures()).toEqual(before);
    expect(repository.colophon(["validate", "records"]).status).toBe(0);
    const drawing = readdirSync(join(repository.root, "dist/artifacts/renderings"));
    expect(drawing).toHaveLength(1);
    expect(draw(`record(${other}, accept=True, rendering="drawn.svg")`).stderr).toContain("  replaced  ");
    const [figure, ...more] = figures();
    expect(more).toEqual([]);
    expect(figure?.manifest.colophon.recording.renderings).toMatchObject([{ path: "drawn.svg" }]);
    expect(readdirSync(join(repository.root, "dist/artifacts/renderings"))).toEqual([]);
    expect(repository.colophon(["figure", "verify"]).status).toBe(0);
  });

  test("that loses something is refused, and changes nothing of how the command ends", () => {
    const lost = 'record(drawn=[{"site": "A", "kg": 1, "source_ids": []}]); record("second"); sys.exit(3)';
    const { status, run, stderr, folder } = draw(lost);
    expect(status).toBe(3);
    expect(run.status).toBe("failed");
    expect(run.colophon.figures.refused.map(({ name }: { name: string }) => name)).toEqual(["by_site"]);
    expect(figures().map(({ manifest }) => manifest.figure.id)).toEqual([
      expect.stringMatching(/^second\.[0-9a-f]{8}$/),
    ]);
    expect(stderr).toMatch(/figure by_site not recorded: .*7\.5/);
    expect(repository.colophon(["show", folder]).stdout).toContain("figure by_site not recorded");
    expect(repository.colophon(["validate", folder]).status).toBe(0);
    // Of the refused one nothing was left among the figures, the drawing is that of the other.
    expect(readdirSync(join(repository.root, "dist/artifacts/renderings"))).toEqual([
      expect.stringMatching(/^second\./),
    ]);
  });

  test("says what no figure can be, and does nothing outside of a run", () => {
    repository.write(
      "plain.py",
      `${script}
for wrong in (lambda: record("A b"), lambda: record(drawn=[{"kg": float("nan")}]), lambda: record(rendering=3)):
    print(wrong())
print(record())`,
    );
    const env = { PYTHONPATH: moduleFolder, PYTHONDONTWRITEBYTECODE: "1" };
    const { stdout, stderr } = repository.call("python3", ["plain.py"], { env });
    expect(stdout).toBe("False\nFalse\nFalse\nFalse\n");
    expect(stderr).toMatch(
      /^colophon: figure: a figure is named with .*; the program goes on\ncolophon: 3 calls of figure were wrong\n$/,
    );
    expect(existsSync(join(repository.root, "dist"))).toBe(false);
  });

  test("asked for by any other program is judged as strictly (BAD_FIGURE_SPEC)", () => {
    const ask = (name: string, text: string) =>
      `mkdir -p logs/figures; printf '%s' '${text}' >logs/figures/${name}.json`;
    const outcome = repository.colophon([
      "run",
      "--synthetic-seed",
      "1",
      "--",
      "sh",
      "-c",
      `cd "$COLOPHON_RUN_DIR"; ${ask("a", '{"figure_request_version": 1, "spec": {"name": "../../b"}}')}; ${ask("b", "none")}`,
    ]);
    expect(outcome.status).toBe(0);
    expect(outcome.stderr).toContain("figure a not recorded: logs/figures/a.json is not what it should be");
    expect(outcome.stderr).toContain("figure b not recorded: logs/figures/b.json is not what it should be");
  });

  (matplotlib ? test : test.skip)("takes a figure of matplotlib as it is", () => {
    const { status } = draw(`
import matplotlib
matplotlib.use("Agg")
from matplotlib import pyplot
fig, axes = pyplot.subplots()
axes.bar(["A", "B"], [3.5, 4])
record(rendering=fig)`);
    expect(status).toBe(0);
    const [drawing] = figures()[0]?.manifest.colophon.recording.renderings ?? [];
    expect(readFileSync(join(repository.root, drawing.path)).subarray(1, 4).toString()).toBe("PNG");
  });
});
