import {
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { LifecycleError } from "../../../src/errors.js";
import { loadRunAt, recordPorts } from "../../../src/local-ports/records/records.js";
import { artifactOf } from "../../../src/operations/records/load/loaded-run.js";
import {
  commandFact,
  environmentFact,
  example,
  foundingExample,
  inputFact,
  type Json,
  newPlace,
  writeOriginRun,
  writeRecord,
} from "./records.js";

let place: string;

beforeEach(() => {
  place = newPlace();
});

afterEach(() => rmSync(place, { recursive: true, force: true }));

const load = (path: string, namespace?: string) => recordPorts(place, {}, namespace).load(path);
const codesOf = (folder: string) => load(folder).findings.map(({ code, severity }) => [code, severity]);

/** Code, message and hint of the refusal. */
function refusal(path: string, namespace?: string): [string, string, string] {
  try {
    loadRunAt(path, namespace);
  } catch (error) {
    expect(error).toBeInstanceOf(LifecycleError);
    const { code, message, hint } = error as LifecycleError;
    expect(hint).not.toBe("");
    return [code, message, hint];
  }
  throw new Error(`${path} was loaded`);
}

/** A run with an artifact that Git leaves out, its digest recorded. */
function writeWithModel(status: "completed" | "running" = "completed") {
  return writeRecord(place, {
    status,
    change: (run) => {
      run.stages[1].artifacts.model = "artifacts/model.bin";
      run.colophon.artifacts = { artifacts_version: 1, entries: { model: modelEntry } };
    },
  });
}

const modelEntry = {
  path: "artifacts/model.bin",
  sha256: "ab".repeat(32),
  size_bytes: 7,
  form: "file",
  how: "copied",
  source: "model.bin",
};

describe("loadRun", () => {
  test("gives the record, its facts, and its artifacts with absolute paths (M20)", () => {
    const { folder, id } = writeRecord(place);
    const run = load(folder);
    expect(run).toMatchObject({
      id,
      folder,
      version: 3,
      defaulted: [],
      observed: { state: "completed" },
      parameters: { lr: 3e-4 },
      inputs: { kind: "synthetic" },
      command: { command_version: 1 },
      environment: { not_gathered: [] },
      notes: [],
      findings: [],
    });
    expect(run.manifest?.experiment_id).toBe(id);
    expect(artifactOf(run, "config_resolved")).toEqual({
      name: "config_resolved",
      stage: "00_run_metadata",
      path: "00_run_metadata/config.resolved.json",
      absolute: join(folder, "00_run_metadata/config.resolved.json"),
      availability: "here",
      how: null,
      sha256: null,
      bytes: null,
      mtime_utc: null,
    });
  });

  test("takes the folder, its run_manifest.json, and nothing of another name (M01, M34)", () => {
    const { folder } = writeRecord(place);
    expect(load(`${folder}/`).folder).toBe(folder);
    expect(load(join(folder, "run_manifest.json")).folder).toBe(folder);
    expect(refusal(join(folder, "manifest.json"))).toEqual([
      "WRONG_FILE_NAME",
      expect.stringContaining("run_manifest.json"),
      `Name the folder: ${folder}`,
    ]);
  });

  test("loads the founding document's example, verbatim, as the folder it describes (M19, M20)", () => {
    const folder = writeOriginRun(place);
    expect(readFileSync(join(folder, "run_manifest.json"), "utf8")).toBe(foundingExample());
    const run = load(folder);
    expect(run).toMatchObject({ version: 3, manifest: null, findings: [], defaulted: [] });
    expect(run.run).toEqual(JSON.parse(foundingExample()));
    expect(run.artifacts).toHaveLength(12);
    expect(run.artifacts.every(({ availability }) => availability === "here")).toBe(true);
    expect(artifactOf(run, "diagnostics_bundle")?.absolute).toBe(
      join(folder, "30_model_assessment/diagnostics_bundle.json"),
    );
  });

  test("gives null for diagnostics_bundle where a run has none (M27)", () => {
    const folder = writeOriginRun(place);
    const run: Json = { ...JSON.parse(foundingExample()), status: "failed" };
    delete run.artifacts.diagnostics_bundle;
    delete run.stages[3].artifacts.diagnostics_bundle;
    writeFileSync(join(folder, "run_manifest.json"), JSON.stringify(run));
    expect(artifactOf(load(folder), "diagnostics_bundle")).toBeNull();
  });

  test.each([0, 1, 2, 3])("loads version %d, in the shape of version 3 (M02, M32)", (version) => {
    const document = version === 3 ? JSON.parse(foundingExample()) : example(`run-version-${version}`);
    const folder = writeOriginRun(place, "old-run");
    for (const { artifacts = {} } of document.stages) {
      for (const path of Object.values(artifacts as Record<string, string>)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), "");
      }
    }
    writeFileSync(join(folder, "run_manifest.json"), JSON.stringify(document));
    const run = load(folder);
    expect(run.version).toBe(version);
    expect(run.run.manifest_version).toBe(3);
    expect(run.defaulted.length > 0).toBe(version < 2);
    expect(artifactOf(run, "config_source")?.availability).toBe("here");
  });

  test("loads a folder that was moved, out of any project too (M19)", () => {
    const { folder, id } = writeRecord(join(place, "records"));
    mkdirSync(join(place, "elsewhere"));
    renameSync(folder, join(place, "elsewhere", id));
    const moved = load(join(place, "elsewhere", id));
    expect(moved).toMatchObject({ id, findings: [] });
    expect(moved.artifacts[0]?.absolute).toMatch(join(place, "elsewhere", id));
  });

  test("judges by the extension key of the project around it, or by the one that is named", () => {
    const other = (run: Json) => {
      run.pytyche = run.colophon;
      delete run.colophon;
    };
    const { folder, put, id } = writeRecord(join(place, "project/runs"), { change: other });
    const { colophon, ...experiment } = example("experiment-synthetic");
    put("manifest.json", { ...experiment, experiment_id: id, pytyche: {} });
    expect(refusal(folder)).toEqual([
      "RECORD_INVALID",
      expect.stringContaining("'pytyche'"),
      expect.stringContaining("--namespace"),
    ]);
    expect(load(folder, "pytyche").id).toBe(id);
    writeFileSync(join(place, "project/colophon.json"), '{"extensionNamespace": "pytyche"}');
    expect(load(folder).id).toBe(id);
  });
});

describe("the artifacts of a loaded run", () => {
  test("say how the run has them; of a reference, digest and size are the original's", () => {
    const { folder, put, edit } = writeWithModel();
    put("artifacts/model.bin", "weights");
    expect(artifactOf(load(folder), "model")).toMatchObject({ how: "copied", mtime_utc: null });
    edit((run) => {
      run.stages[1].artifacts.model = "artifacts/model.reference.json";
      run.colophon.artifacts.entries.model = {
        ...modelEntry,
        path: "artifacts/model.reference.json",
        how: "referenced",
        mtime_utc: "2026-11-20T10:42:07.000Z",
      };
    });
    put("artifacts/model.reference.json", "{}");
    expect(artifactOf(load(folder), "model")).toMatchObject({
      how: "referenced",
      absolute: join(folder, "artifacts/model.reference.json"),
      sha256: modelEntry.sha256,
      bytes: 7,
      mtime_utc: "2026-11-20T10:42:07.000Z",
    });
  });

  test("are not here, with a notice, where Git leaves them out and their digest is known (C29)", () => {
    const { folder, put } = writeWithModel();
    expect(artifactOf(load(folder), "model")).toMatchObject({
      availability: "not-here",
      sha256: modelEntry.sha256,
      bytes: 7,
      absolute: join(folder, "artifacts/model.bin"),
    });
    expect(codesOf(folder)).toEqual([["ARTIFACT_NOT_HERE", "notice"]]);
    put("artifacts/model.bin", "weights");
    expect(artifactOf(load(folder), "model")?.availability).toBe("here");
    expect(codesOf(folder)).toEqual([]);
  });

  test("are gone, which is an error, where nothing says what they were (M33)", () => {
    const { folder, edit } = writeWithModel();
    edit((run) => {
      delete run.colophon.artifacts;
    });
    expect(refusal(folder)).toEqual([
      "ARTIFACT_GONE",
      expect.stringContaining("model of 20_execute: artifacts/model.bin"),
      expect.any(String),
    ]);
  });

  test("are gone where Git would have kept them, required or not, whatever is known of them (M33)", () => {
    const { folder } = writeRecord(place);
    rmSync(join(folder, "00_run_metadata/environment.json"));
    rmSync(join(folder, "00_run_metadata/config.resolved.json"));
    const [code, message, hint] = refusal(folder);
    expect(code).toBe("ARTIFACT_GONE");
    expect(message).toMatch(/config_resolved of 00_run_metadata.*environment of 30_collect/s);
    const gone = "00_run_metadata/config.resolved.json 00_run_metadata/environment.json";
    expect(hint).toBe(`Copy it from where the run was made: ${gone}`);
    mkdirSync(join(place, ".git"));
    expect(refusal(folder)[2]).toMatch(`git -C ${folder} checkout HEAD -- ${gone}`);
  });

  test("may be away without a word while the run goes on; logs may at any time", () => {
    const { folder, edit } = writeWithModel("running");
    edit((run) => {
      delete run.colophon.artifacts;
    });
    rmSync(join(folder, "logs"), { recursive: true });
    expect(artifactOf(load(folder), "model")?.availability).toBe("not-here");
    expect(codesOf(folder)).toEqual([]);
    const { folder: ended } = writeRecord(join(place, "ended"));
    rmSync(join(ended, "logs"), { recursive: true });
    expect(codesOf(ended)).toEqual([["ARTIFACT_NOT_HERE", "notice"]]);
  });

  test("may be reached by a link inside the folder, never by one that leaves it (M33, K14)", () => {
    const { folder, put } = writeRecord(place);
    const path = join(folder, "00_run_metadata/environment.json");
    put("environment.json", { not_gathered: [] });
    rmSync(path);
    symlinkSync("../environment.json", path);
    expect(artifactOf(load(folder), "environment")?.absolute).toBe(join(folder, "environment.json"));
    rmSync(path);
    writeFileSync(join(place, "secret.json"), "{}");
    symlinkSync("../../secret.json", path);
    expect(refusal(folder)).toEqual([
      "PATH_ESCAPES",
      expect.stringContaining(join(place, "secret.json")),
      expect.any(String),
    ]);
    rmSync(path);
    symlinkSync("environment.json", path);
    expect(refusal(folder)[0]).toBe("SYMLINK_LOOP");
    rmSync(path);
    symlinkSync("nowhere.json", path);
    expect(refusal(folder)[0]).toBe("ARTIFACT_GONE");
  });

  test.each(["../secret.json", "/etc/passwd", "a/../../b"])(
    "never leave the folder by their spelling: %s (M33)",
    (path) => {
      const { folder } = writeRecord(place, {
        change: (run) => {
          run.stages[1].artifacts.model = path;
        },
      });
      expect(refusal(folder)).toEqual(["PATH_ESCAPES", expect.stringContaining(path), expect.any(String)]);
    },
  );

  test.each(["config_source", "config_resolved", "input_data_provenance"])(
    "include %s, without which no run is loaded (M24, M25, M26)",
    (name) => {
      const { folder } = writeRecord(place, {
        change: (run) => {
          delete run.artifacts[name];
          delete run.stages[0].artifacts[name];
        },
      });
      const [code, message] = refusal(folder);
      expect([code, message]).toEqual(["MISSING_ARTIFACT", expect.stringContaining(name)]);
    },
  );
});

describe("a run that cannot be loaded", () => {
  const written = (text: string | Uint8Array) => {
    const { folder } = writeRecord(place);
    writeFileSync(join(folder, "run_manifest.json"), text);
    return folder;
  };
  const whole = () => JSON.stringify(example("run-completed"), null, 2);

  test("is not there", () => {
    expect(refusal(join(place, "nothing"))[0]).toBe("RUN_NOT_FOUND");
    const { folder } = writeRecord(place);
    expect(refusal(join(folder, "manifest.json/below"))[0]).toBe("RUN_NOT_FOUND");
  });

  test("is a folder of another kind", () => {
    expect(refusal(place)[0]).toBe("NOT_A_RUN");
    expect(refusal(join(place, "run_manifest.json"))[0]).toBe("NOT_A_RUN");
  });

  test("has a manifest that cannot be read", () => {
    const folder = written("");
    rmSync(join(folder, "run_manifest.json"));
    mkdirSync(join(folder, "run_manifest.json"));
    expect(refusal(folder)).toEqual([
      "RECORD_UNREADABLE",
      expect.stringContaining("not a regular file"),
      expect.any(String),
    ]);
  });

  test("has a manifest above the cap, which can be raised by the line that is given", () => {
    const folder = written(whole() + " ".repeat(9 * 1024 * 1024));
    const size = statSync(join(folder, "run_manifest.json")).size;
    expect(refusal(folder)).toEqual([
      "RECORD_UNREADABLE",
      expect.stringContaining(`is ${size} bytes long; at most 8388608 are read`),
      `If it is whole, raise the cap: colophon show --max-bytes ${size} ${folder}`,
    ]);
    expect(recordPorts(place, {}, undefined, size).load(folder).folder).toBe(folder);
    expect(() => recordPorts(place, {}, undefined, 100).load(folder)).toThrow(LifecycleError);
  });

  test("lies where a shell would not find it unquoted: lines to type are quoted", () => {
    const odd = join(place, "sp äö $x");
    const { folder } = writeRecord(odd);
    mkdirSync(join(odd, ".git"));
    writeFileSync(join(folder, "run_manifest.json"), "{");
    expect(refusal(folder)[2]).toMatch(`git -C '${folder}' checkout HEAD -- run_manifest.json`);
  });

  test("has a manifest that ends early, wherever it was cut", () => {
    const text = whole();
    mkdirSync(join(place, ".git"));
    const cuts = [0, 1, 2, 20, Math.floor(text.length / 3), Math.floor(text.length / 2), text.length - 1];
    // Behind an inner brace too.
    cuts.push(text.indexOf("}") + 1);
    for (const cut of cuts) {
      expect(refusal(written(text.slice(0, cut)))).toEqual([
        "RECORD_TRUNCATED",
        expect.stringContaining("ends early"),
        expect.stringContaining("checkout HEAD -- run_manifest.json"),
      ]);
    }
    expect(cuts).toHaveLength(8);
  });

  test("has a manifest that is no JSON", () => {
    expect(refusal(written(whole().replace('"status":', "status:")))[0]).toBe("RECORD_NOT_JSON");
    expect(refusal(written(Buffer.from(whole(), "utf16le")))[0]).toBe("RECORD_NOT_JSON");
    expect(refusal(written(`<<<<<<< HEAD\n${whole()}`))[0]).toBe("RECORD_NOT_JSON");
  });

  test("has a foreign manifest, of a web app or of another tool", () => {
    expect(refusal(written('{"name": "app", "start_url": "/"}'))[0]).toBe("RECORD_FOREIGN");
    expect(refusal(written("[1, 2]"))[0]).toBe("RECORD_FOREIGN");
  });

  test("has a manifest of a newer version, or of none (M50)", () => {
    const version = (value: unknown) =>
      written(JSON.stringify({ ...example("run-completed"), manifest_version: value }));
    expect(refusal(version(4))).toEqual([
      "RECORD_TOO_NEW",
      expect.stringMatching(/manifest_version is 4; this Colophon reads 0, 1, 2, 3|reads 3/),
      "Update your clone of Colophon, in its folder: git pull && npm run setup",
    ]);
    for (const wrong of [true, "3", 3.5, null, -1]) expect(refusal(version(wrong))[0]).toBe("RECORD_INVALID");
  });

  test("has a manifest that was edited by hand: every place is named", () => {
    const { folder } = writeRecord(place, {
      change: (run) => {
        run.status = "done";
        run.extra = 1;
      },
    });
    const [code, message] = refusal(folder);
    expect(code).toBe("RECORD_INVALID");
    expect(message).toMatch(/\d+:\d+ {2}.*'extra'.*\d+:\d+ {2}status: .*"done"/s);
  });

  test("names what is wrong with its experiment manifest in the same words", () => {
    const { folder, put } = writeRecord(place);
    put("manifest.json", '{"manifest_schema_version": 1,');
    expect(refusal(folder)).toEqual([
      "RECORD_TRUNCATED",
      expect.stringContaining(`${folder}/manifest.json`),
      expect.any(String),
    ]);
    put("manifest.json", '{"name": "app"}');
    expect(refusal(folder)[0]).toBe("RECORD_FOREIGN");
  });

  test("has a manifest behind a link that leaves the folder, or leads to itself", () => {
    const { folder } = writeRecord(place);
    renameSync(join(folder, "run_manifest.json"), join(place, "run_manifest.json"));
    symlinkSync("../run_manifest.json", join(folder, "run_manifest.json"));
    expect(refusal(folder)[0]).toBe("PATH_ESCAPES");
    rmSync(join(folder, "run_manifest.json"));
    symlinkSync("run_manifest.json", join(folder, "run_manifest.json"));
    expect(refusal(folder)[0]).toBe("SYMLINK_LOOP");
    symlinkSync("loop", join(place, "loop"));
    expect(refusal(join(place, "loop"))[0]).toBe("SYMLINK_LOOP");
  });

  test("left only what Git leaves out: its record is on another branch", () => {
    const { folder, put } = writeRecord(place);
    for (const path of ["manifest.json", "run_manifest.json", "00_run_metadata"])
      rmSync(join(folder, path), { recursive: true });
    put("metrics.jsonl", "");
    put("artifacts/model.bin", "");
    mkdirSync(join(folder, "00_run_metadata"));
    expect(refusal(folder)).toEqual([
      "RUN_ON_ANOTHER_BRANCH",
      expect.stringContaining("another branch"),
      "Copy the rest of the run from where it was made.",
    ]);
    mkdirSync(join(place, ".git"));
    expect(refusal(folder)[2]).toBe(`See which commits have it: git -C ${folder} log --all --oneline -- .`);
    expect(refusal(join(folder, "run_manifest.json"))[0]).toBe("RUN_ON_ANOTHER_BRANCH");
  });

  test("is half here, without its run manifest", () => {
    const { folder } = writeRecord(place);
    rmSync(join(folder, "run_manifest.json"));
    expect(refusal(folder)[0]).toBe("RUN_HALF_HERE");
  });
});

describe("what a loaded run warns of", () => {
  test("an experiment manifest of another id: the folder was renamed", () => {
    const { folder } = writeRecord(place);
    const renamed = join(place, "20261120T104207Z_3f9c2e1_aaaaaa");
    renameSync(folder, renamed);
    expect(codesOf(renamed)).toEqual([["ID_DISAGREES", "warning"]]);
  });

  test("no experiment manifest in a folder of ours, and none to be expected elsewhere", () => {
    const { folder } = writeRecord(place);
    rmSync(join(folder, "manifest.json"));
    expect(codesOf(folder)).toEqual([["EXPERIMENT_MISSING", "warning"]]);
    expect(load(folder).manifest).toBeNull();
  });

  test("facts that are no JSON, and goes on without them", () => {
    const { folder, put } = writeRecord(place);
    put("00_run_metadata/environment.json", "{");
    put("00_run_metadata/config.resolved.json", "[]");
    expect(codesOf(folder)).toEqual([
      ["FACTS_UNREADABLE", "warning"],
      ["FACTS_UNREADABLE", "warning"],
    ]);
    expect(load(folder)).toMatchObject({ environment: null, parameters: null, inputs: { seed: 42 } });
  });

  test("facts that are not what their schema wants, each with its place (M29)", () => {
    const { folder, put } = writeRecord(place);
    put("00_run_metadata/input_data_provenance.json", "{}\n");
    expect(load(folder).findings).toEqual([
      {
        code: "FACTS_INVALID",
        severity: "warning",
        pointer: "",
        message:
          "00_run_metadata/input_data_provenance.json: names neither an input (sha256), nor inputs, nor the seed of synthetic data",
        hint: "Copy it from where the run was made: 00_run_metadata/input_data_provenance.json",
        line: 1,
        column: 1,
      },
    ]);
    put("00_run_metadata/input_data_provenance.json", { ...inputFact, sha256: "zz", row_count: undefined });
    put("00_run_metadata/command.json", { ...commandFact, argv: "python" });
    put("00_run_metadata/environment.json", { ...environmentFact, gpus: [{}], more: 1 });
    const places = load(folder).findings.map(({ code, pointer }) => `${code} ${pointer}`);
    expect(places).toEqual(
      expect.arrayContaining(["/row_count", "/sha256", "/argv", "/more"].map((at) => `FACTS_INVALID ${at}`)),
    );
    expect(places).toContain("FACTS_INVALID /gpus/0/name");
    // What cannot be used is still shown.
    expect(load(folder).inputs).toMatchObject({ sha256: "zz" });
  });

  test("what is wrong with one of several inputs, and with a seed", () => {
    const { folder, put } = writeRecord(place);
    const placesOf = (inputs: object) => {
      put("00_run_metadata/input_data_provenance.json", inputs);
      return load(folder).findings.map(({ pointer }) => pointer);
    };
    const { mtime_utc, ...timeless } = inputFact;
    expect(placesOf({ provenance_version: 1, inputs: { a: inputFact, b: timeless } })).toEqual([
      "/inputs/b/mtime_utc",
    ]);
    expect(placesOf({ provenance_version: 1, kind: "synthetic", seed: "1" })).toEqual(["/seed"]);
    expect(placesOf({ provenance_version: 2, kind: "synthetic", seed: 1 })).toEqual(["/provenance_version"]);
    expect(placesOf(inputFact)).toEqual([]);
  });

  test("of a run of another tool, only the fields of its provenance that the founding document names", () => {
    const folder = writeOriginRun(place);
    const provenance = join(folder, "00_run_metadata/input_data_provenance.json");
    expect(load(folder).findings).toEqual([]);
    writeFileSync(provenance, JSON.stringify({ ...inputFact, provenance_version: "1.0", theirs: true }));
    expect(load(folder).findings).toEqual([]);
    writeFileSync(provenance, "{}");
    expect(codesOf(folder)).toEqual([["FACTS_INVALID", "warning"]]);
  });

  test("lines of notes.jsonl that are none, by their number", () => {
    const { folder, put } = writeRecord(place);
    const line =
      '{"note_version":1,"time":"2026-11-21T00:00:00Z","by":null,"tags":["a"],"untags":[],"text":null}';
    put(
      "00_run_metadata/notes.jsonl",
      `${line}\nnot json\n\n${line.replace('"a"', '"b"')}\n${line.slice(0, 20)}`,
    );
    const { notes, findings } = load(folder);
    expect(notes.map(({ tags }) => tags)).toEqual([["a"], ["b"]]);
    expect(findings.map(({ code, line: at, message }) => [code, at, message.split(" ")[0]])).toEqual([
      ["BAD_NOTE_LINE", 2, "00_run_metadata/notes.jsonl:2"],
      ["BAD_NOTE_LINE", 5, "00_run_metadata/notes.jsonl:5"],
    ]);
  });

  test("nothing of a copy that is whole", () => {
    const { folder, id } = writeRecord(join(place, "here"));
    cpSync(folder, join(place, "there", id), { recursive: true });
    expect(load(join(place, "there", id))).toMatchObject({ id, findings: [] });
  });
});
