import { describe, expect, test } from "@jest/globals";
import { diffParameters } from "../../../src/operations/diff/parameters.js";
import { compareWords } from "../../../src/operations/diff/words.js";
import { madeRun, portsOver } from "./compared-run.js";

const ports = portsOver([]);

function differences(a: Record<string, unknown>, b: Record<string, unknown>): string[] {
  const { differing } = diffParameters(
    madeRun({ manifest: { params: a } }),
    madeRun({ manifest: { params: b } }),
    ports,
  );
  return differing.map(({ name, pointer, outcome, a, b }) =>
    [name, pointer, outcome, JSON.stringify(a), JSON.stringify(b)].join(" "),
  );
}

describe("diffParameters", () => {
  test("compares values as deep as they go, and names their place twice", () => {
    expect(
      differences(
        { optim: { name: "adam", lr: 1, "a.b": { "c/d": 1 } }, seed: 3 },
        { optim: { name: "adam", lr: 2, "a.b": { "c/d": 2 } }, seed: 3 },
      ),
    ).toEqual(['optim."a.b".c/d /optim/a.b/c~1d changed 1 2', "optim.lr /optim/lr changed 1 2"]);
  });

  test("tells what one run alone has from what is null", () => {
    expect(differences({ x: null, y: null }, { y: 0, z: null })).toEqual([
      "x /x only_a null null",
      "y /y changed null 0",
      "z /z only_b null null",
    ]);
  });

  test("types count, spelling does not", () => {
    expect(differences({ n: 1, t: "1", f: 1 }, { n: 1.0, t: 1, f: true })).toEqual([
      "f /f changed 1 true",
      't /t changed "1" 1',
    ]);
    expect(differences({ o: { a: 1, b: 2 } }, { o: { b: 2, a: 1 } })).toEqual([]);
  });

  test("lists are compared as a whole, unless they hold objects and are of one length", () => {
    expect(differences({ layers: [64, 64] }, { layers: [64, 128] })).toEqual([
      "layers /layers changed [64,64] [64,128]",
    ]);
    expect(differences({ s: [{ k: 1 }, 2] }, { s: [{ k: 2 }, 2] })).toEqual(["s.0.k /s/0/k changed 1 2"]);
    expect(differences({ s: [{ k: 1 }] }, { s: [{ k: 1 }, {}] })).toHaveLength(1);
    expect(differences({ s: {} }, { s: { k: 1 } })).toEqual(["s.k /s/k only_b null 1"]);
  });

  test("a parameter may be named like anything of JavaScript's own", () => {
    expect(differences({ constructor: 1, toString: 1 }, { constructor: 1, hasOwnProperty: 1 })).toEqual([
      "hasOwnProperty /hasOwnProperty only_b null 1",
      "toString /toString only_a 1 null",
    ]);
  });

  test("an argv that is no list of words is a parameter like any other", () => {
    expect(differences({ argv: { a: 1 } }, { argv: { a: 2 } })).toEqual(["argv.a /argv/a changed 1 2"]);
    expect(differences({ argv: [1] }, { argv: [2] })).toEqual(["argv /argv changed [1] [2]"]);
  });

  test("counts equal values one by one, without the command's words", () => {
    const params = { a: 1, b: { c: 1, d: [1, 2] }, argv: ["x"] };
    const run = madeRun({ manifest: { params } });
    expect(diffParameters(run, run, ports)).toMatchObject({
      outcome: "same",
      equal: 3,
      differing: [],
      command: [],
    });
  });

  test("takes the resolved configuration where there is no manifest, else its digest, and is unknown without either", () => {
    const bare = madeRun({ manifest: null, parameters: { lr: 1 } });
    expect(diffParameters(bare, madeRun({ manifest: { params: { lr: 2 } } }), ports)).toMatchObject({
      outcome: "changed",
      differing: [{ name: "lr", a: 1, b: 2 }],
    });
    const nothing = madeRun({ manifest: null });
    const file = (sha256: string) =>
      madeRun({ manifest: null, artifacts: [{ name: "config_resolved", sha256: sha256.repeat(64) }] });
    expect(diffParameters(file("a"), file("a"), ports).outcome).toBe("same");
    expect(diffParameters(file("a"), file("b"), ports)).toMatchObject({
      outcome: "changed",
      differing: [{ name: "config_resolved", outcome: "changed" }],
    });
    expect(diffParameters(nothing, bare, ports)).toMatchObject({
      outcome: "unknown",
      reason: expect.any(String),
    });
  });

  test("the folder a command ran in counts, and the words of a pipeline's stages", () => {
    const command = (cwd: string, words: string[]) => ({ cwd, argv: [], stages: { "20_fit": words } });
    const a = madeRun({ command: command(".", ["fit", "--lr", "1"]) });
    const b = madeRun({ command: command("sub", ["fit", "--lr", "2"]) });
    expect(diffParameters(a, b, ports).command).toMatchObject([
      { name: "20_fit --lr", a: ["1"], b: ["2"] },
      { name: "folder", a: ["."], b: ["sub"] },
    ]);
  });
});

describe("compareWords", () => {
  const compared = (a: string, b: string) =>
    compareWords(a.split(" "), b.split(" ")).map(({ name, outcome, a, b }) => [
      name,
      outcome,
      a?.join(" ") ?? null,
      b?.join(" ") ?? null,
    ]);

  test("names flags, however their values are written, and places of other words", () => {
    expect(compared("python a.py --lr 1 -n 5 seed=1", "python b.py --lr 2 -n 6 seed=2")).toEqual([
      ["--lr", "changed", "1", "2"],
      ["-n", "changed", "5", "6"],
      ["seed", "changed", "1", "2"],
      ["word 2", "changed", "a.py", "b.py"],
    ]);
  });

  test("tells a flag that one command alone has, and one that is given more often", () => {
    expect(compared("x --fast --lr=1", "x --lr=1")).toEqual([["--fast", "only_a", "", null]]);
    expect(compared("x -v -v", "x -v")).toEqual([["words", "changed", "x -v -v", "x -v"]]);
  });

  test("never calls commands equal that are not", () => {
    expect(compared("x --lr 1", "x --lr=1")).toEqual([["words", "changed", "x --lr 1", "x --lr=1"]]);
    expect(compared("x --a 1 --b 2", "x --b 2 --a 1")).toHaveLength(1);
    expect(compared("x --neg -1", "x --neg -2")).toEqual([["--neg", "changed", "-1", "-2"]]);
    expect(compared("x", "x")).toEqual([]);
  });
});
