/** What the user said about the data, gathered from flags or `colophon.json`; nothing is read yet. */
import { RefusedError, UsageError } from "../../errors.js";
import type { ProjectConfig } from "../../generated/types.js";

export type ProvenanceRequest =
  | { readonly kind: "synthetic"; readonly seed: number }
  | {
      readonly kind: "external";
      /** Paths to read, by input name; relative to the current folder, or, of `ofProject`, to the project's root. */
      readonly paths: ReadonlyMap<string, string>;
      readonly ofProject: ReadonlySet<string>;
      /** Digests that are declared and not checked, by input name. */
      readonly declared: ReadonlyMap<string, string>;
      /** Files of `sha256sum` lines that declare more; by path in `ofProject`. */
      readonly sums: readonly string[];
    };

export interface ProvenanceFlags {
  readonly syntheticSeed: string | undefined;
  readonly data: readonly string[];
  readonly dataHash: readonly string[];
  readonly dataSums: readonly string[];
}

/** Which existing files and folders the command's words name; asked only for `--data auto` and for suggestions. */
export type NamedPaths = () => {
  readonly paths: readonly string[];
  /** A pipeline's words are meant from the project's root, where its commands run. */
  readonly ofProject: boolean;
};

/** The line to type, with these flags in it. */
export type TypedLine = (flags: string) => string;

export function requestProvenance(
  flags: ProvenanceFlags,
  config: ProjectConfig["data"],
  named: NamedPaths,
  typed: TypedLine,
): ProvenanceRequest {
  const external = flags.data.length + flags.dataHash.length + flags.dataSums.length > 0;
  if (flags.syntheticSeed !== undefined && external) {
    throw new UsageError(
      "TWO_PROVENANCES",
      "data is either made from a seed or fixed by content hashes; both were given",
      {
        hint: "Leave out --synthetic-seed, or the --data flags.",
      },
    );
  }
  if (flags.syntheticSeed !== undefined) return { kind: "synthetic", seed: parseSeed(flags.syntheticSeed) };
  if (external) return fromFlags(flags, named, typed);
  return fromConfig(config, named, typed) ?? refuse(named().paths, typed);
}

function parseSeed(text: string): number {
  const seed = Number(text);
  if (!/^-?[0-9]+$/.test(text) || !Number.isSafeInteger(seed)) {
    throw new UsageError(
      "BAD_SEED",
      `--synthetic-seed takes an integer within ±9007199254740991; found "${text}"`,
      {
        hint: "Type: --synthetic-seed 42",
      },
    );
  }
  return seed === 0 ? 0 : seed;
}

function fromFlags(
  { data, dataHash, dataSums }: ProvenanceFlags,
  named: NamedPaths,
  typed: TypedLine,
): ProvenanceRequest {
  const paths = new Map<string, string>();
  const ofProject = new Set<string>();
  const declared = new Map<string, string>();
  for (const text of data) {
    if (text === "auto") addNamed(paths, ofProject, named, typed);
    else put(paths, ...split("--data", text, "train=data/train.csv"), declared);
  }
  for (const text of dataHash) {
    const [name, digest] = split("--data-hash", text, `train=${"0123456789abcdef".repeat(4)}`);
    put(declared, name, checkDigest(name, digest), paths);
  }
  return { kind: "external", paths, ofProject, declared, sums: dataSums };
}

function fromConfig(
  config: ProjectConfig["data"],
  named: NamedPaths,
  typed: TypedLine,
): ProvenanceRequest | undefined {
  if (config === undefined) return undefined;
  const { syntheticSeed, files = {}, hashes = {}, sums = [], auto = false } = config;
  const external = Object.keys(files).length + Object.keys(hashes).length + sums.length > 0 || auto;
  if (syntheticSeed !== undefined && external) {
    throw new UsageError(
      "TWO_PROVENANCES",
      "colophon.json gives data both a syntheticSeed and content hashes",
      {
        hint: "Keep one of the two under `data` in colophon.json.",
      },
    );
  }
  if (syntheticSeed !== undefined) return { kind: "synthetic", seed: syntheticSeed };
  if (!external) return undefined;
  const paths = new Map(Object.entries(files));
  const ofProject = new Set([...paths.keys(), ...sums]);
  if (auto) addNamed(paths, ofProject, named, typed);
  const declared = new Map<string, string>();
  for (const [name, digest] of Object.entries(hashes)) put(declared, name, digest, paths);
  return { kind: "external", paths, ofProject, declared, sums };
}

function addNamed(
  paths: Map<string, string>,
  ofProject: Set<string>,
  named: NamedPaths,
  typed: TypedLine,
): void {
  const found = named();
  if (found.paths.length === 0) {
    throw new RefusedError(
      "NO_DATA_NAMED",
      "--data auto found no existing file or folder among the command's words",
      {
        hint: `Name the data: ${typed("--data train=PATH")}`,
      },
    );
  }
  for (const path of found.paths) {
    paths.set(path, path);
    if (found.ofProject) ofProject.add(path);
    else ofProject.delete(path);
  }
}

function split(flag: string, text: string, example: string): [string, string] {
  const at = text.indexOf("=");
  if (at < 1 || at === text.length - 1) {
    throw new UsageError(
      "BAD_FLAG_VALUE",
      `${flag} takes NAME=${flag === "--data" ? "PATH" : "SHA256"}; found "${text}"`,
      {
        hint: `Type: ${flag} ${example}`,
      },
    );
  }
  return [text.slice(0, at), text.slice(at + 1)];
}

function put(
  map: Map<string, string>,
  name: string,
  value: string,
  other: ReadonlyMap<string, string>,
): void {
  if (name === "__proto__") {
    throw new UsageError("BAD_FLAG_VALUE", 'an input cannot be named "__proto__"', {
      hint: "Choose another name.",
    });
  }
  if (map.has(name) || other.has(name)) {
    throw new UsageError("INPUT_TWICE", `the input "${name}" is given twice`, {
      hint: "Give every input a name of its own.",
    });
  }
  map.set(name, value);
}

export function checkDigest(name: string, digest: string): string {
  const bare = digest.startsWith("sha256:") ? digest.slice(7) : digest;
  if (!/^[0-9a-f]{64}$/.test(bare)) {
    throw new UsageError(
      "BAD_DIGEST",
      `the digest of "${name}" must be 64 lower-case hexadecimal digits; found "${digest}"`,
      {
        hint: "Type what `sha256sum FILE` prints.",
      },
    );
  }
  return bare;
}

/** Nothing is started on data that nobody named: the line to type is built from what was found. */
function refuse(found: readonly string[], typed: TypedLine): never {
  const suggestion =
    found.length > 0
      ? typed(found.map((path) => `--data ${nameFor(path)}=${path}`).join(" "))
      : `${typed("--data train=PATH")}    or, if the data is generated: ${typed("--synthetic-seed 42")}`;
  throw new RefusedError(
    "NO_PROVENANCE",
    [
      "no data provenance: every run names its data, by content or by the seed it is made from",
      "A training seed is not a data seed: --synthetic-seed says that the data itself is generated from that number.",
    ].join("\n"),
    { hint: `Type: ${suggestion}` },
  );
}

/** `data/train.csv` → `train`. */
function nameFor(path: string): string {
  const base = path.replace(/\/+$/, "").split("/").at(-1) ?? path;
  return base.replace(/\.[^.]+$/, "") || base;
}
