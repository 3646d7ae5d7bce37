/** The inputs of a run, each held to its digest: from the recorded tree, from the user's, or from where it lay. */
import type { LoadedRun } from "../records/load/loaded-run.js";
import type { DataAnswer, RecordedData } from "../verify/find-data.js";
import { missing } from "./missing.js";
import type { TreePlaces } from "./prepare-tree.js";
import { inputsOf } from "./recorded-inputs.js";
import type { Brought, Missing } from "./result.js";

export interface InputPorts {
  readonly resolve: (base: string, path: string) => string;
  /** `path` relative to `folder`, or `undefined` when it lies outside; by its words alone. */
  readonly within: (folder: string, path: string) => string | undefined;
  readonly digestData: (path: string, bytes: number | null) => Promise<DataAnswer>;
  /** Links each file of it; gives why not, or `null`. Nothing is written outside `scratch`. */
  readonly linkData: (from: string, to: string, scratch: string) => string | null;
}

export interface BroughtInputs {
  readonly places: ReadonlyMap<string, string>;
  readonly brought: readonly Brought[];
  readonly missing: readonly Missing[];
  readonly notes: readonly string[];
}

export async function bringInputs(
  loaded: LoadedRun,
  places: TreePlaces,
  ports: InputPorts,
): Promise<BroughtInputs> {
  const found = new Map<string, string>();
  const [brought, gone, notes]: [Brought[], Missing[], string[]] = [[], [], []];
  for (const [name, data] of inputsOf(loaded)) {
    const { authored } = data;
    if (authored === null) {
      notes.push(`the input ${name} was declared by its digest, and is not looked at`);
      continue;
    }
    const bases = authored.startsWith("/")
      ? [authored]
      : [places.cwd, places.project].map((base) => ports.resolve(base, authored));
    const [target = authored] = bases;
    const there = await firstRight(bases, data, ports);
    if (there.path !== undefined) {
      found.set(authored, there.path);
      continue;
    }
    const users = [places.userCwd, places.userProject].map((base) => ports.resolve(base, authored));
    const elsewhere = await firstRight(
      [...users, ...(data.resolved === null ? [] : [data.resolved])],
      data,
      ports,
    );
    if (elsewhere.path === undefined) {
      gone.push(missing("input", `${name}=${authored}`, elsewhere.reason ?? there.reason ?? "it is gone"));
      continue;
    }
    found.set(authored, elsewhere.path);
    const isOfProject = elsewhere.path === users[1] && users[0] !== users[1];
    const why = ports.linkData(elsewhere.path, isOfProject ? (bases[1] ?? target) : target, places.scratch);
    if (why === null) brought.push({ path: authored, what: "input", from: elsewhere.path });
    else gone.push(missing("input", `${name}=${authored}`, why));
  }
  return { places: found, brought, missing: gone, notes };
}

interface Looked {
  readonly path?: string;
  readonly reason?: string;
}

async function firstRight(
  paths: readonly string[],
  { sha256, bytes }: RecordedData,
  { digestData }: InputPorts,
): Promise<Looked> {
  let reason: string | undefined;
  for (const path of new Set(paths)) {
    const answer = await digestData(path, bytes);
    if (answer.state === "read" && answer.sha256 === sha256) return { path };
    reason ??= whyWrong(path, answer, sha256, bytes);
  }
  return reason === undefined ? {} : { reason };
}

function whyWrong(
  path: string,
  answer: DataAnswer,
  sha256: string,
  bytes: number | null,
): string | undefined {
  switch (answer.state) {
    case "absent":
      return undefined;
    case "unreadable":
      return `it cannot be read: ${answer.reason}`;
    case "resized":
      return `it has changed: ${path} has ${answer.bytes} bytes, recorded are ${bytes}`;
    default:
      return `it has changed: the digest of ${path} is ${answer.sha256.slice(0, 8)}…, recorded is ${sha256.slice(0, 8)}…`;
  }
}
