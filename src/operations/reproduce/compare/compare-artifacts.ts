/** Declared artifacts of two runs: by digest, then, where that differs, by what stands in them. */
import { sha256 } from "../../../manifest/digest.js";
import type { LoadedArtifact, LoadedRun } from "../../records/load/loaded-run.js";
import type { Agreement, ComparedArtifact } from "../result.js";
import { differenceOfTexts } from "./numbers.js";
import { inPlaceOf, type Places } from "./places.js";

/** A file of an artifact; of a folder every one, of a file the only one, under no name. */
export interface ArtifactFile {
  readonly path: string;
  readonly sha256: string;
}

export interface ArtifactPorts {
  /** In the order of their names; `null` where the content is not kept with the run. */
  readonly listFiles: (run: LoadedRun, artifact: LoadedArtifact) => Promise<readonly ArtifactFile[] | null>;
  /** `null` where it is no text, or too long to be one. */
  readonly readContent: (run: LoadedRun, artifact: LoadedArtifact, path: string) => string | null;
}

export interface ComparedRun {
  readonly run: LoadedRun;
  readonly places: Places;
}

export async function compareArtifacts(
  recorded: ComparedRun,
  now: ComparedRun,
  tolerance: number | null,
  ports: ArtifactPorts,
): Promise<ComparedArtifact[]> {
  const after = new Map(declaredArtifacts(now.run).map((artifact) => [artifact.name, artifact]));
  const compared: ComparedArtifact[] = [];
  for (const artifact of declaredArtifacts(recorded.run)) {
    const { name, sha256: before } = artifact;
    const other = after.get(name);
    const sides = { name, recorded_sha256: before, now_sha256: other?.sha256 ?? null };
    if (before === null) compared.push({ ...sides, ...judged("unknown", "its digest is not on record") });
    else if (other === undefined) compared.push({ ...sides, ...judged("differs", "it was not written") });
    else if (other.sha256 === before) compared.push({ ...sides, ...judged("identical") });
    else
      compared.push({ ...sides, ...(await compareFiles(recorded, artifact, now, other, tolerance, ports)) });
  }
  return compared;
}

/** Facts of the record and logs of the command are none. */
export function declaredArtifacts({ artifacts }: LoadedRun): LoadedArtifact[] {
  return artifacts.filter(({ path }) => !/^(00_run_metadata|logs)\//.test(path));
}

type Judgement = Omit<ComparedArtifact, "name" | "recorded_sha256" | "now_sha256">;

function judged(outcome: ComparedArtifact["outcome"], reason: string | null = null): Judgement {
  return { outcome, places_replaced: false, largest_difference: null, reason };
}

async function compareFiles(
  recorded: ComparedRun,
  before: LoadedArtifact,
  now: ComparedRun,
  after: LoadedArtifact,
  tolerance: number | null,
  ports: ArtifactPorts,
): Promise<Judgement> {
  const [filesBefore, filesAfter] = await Promise.all([
    ports.listFiles(recorded.run, before),
    ports.listFiles(now.run, after),
  ]);
  if (filesAfter === null) return judged("differs", "its content was not kept, and its digest differs");
  const wanted = filesBefore ?? onlyDigest(before, filesAfter);
  if (wanted === null) return judged("differs", "its digest differs, and the recorded content is not here");
  const found = new Map(filesAfter.map((file) => [file.path, file]));
  let worst = judged("identical");
  for (const file of wanted) {
    const other = found.get(file.path);
    found.delete(file.path);
    if (other === undefined) return judged("differs", `${file.path} was not written`);
    if (other.sha256 === file.sha256) continue;
    const textAfter = ports.readContent(now.run, after, file.path);
    const textBefore = filesBefore === null ? null : ports.readContent(recorded.run, before, file.path);
    worst = worse(worst, compareText(file, textBefore, textAfter, [recorded.places, now.places], tolerance));
    if (worst.outcome === "differs") return worst;
  }
  const [added] = found.keys();
  return added === undefined ? worst : judged("differs", `${added} was not there`);
}

/** The digest of a file is as good as the file for what follows. */
function onlyDigest(
  { sha256 }: LoadedArtifact,
  now: readonly ArtifactFile[],
): readonly ArtifactFile[] | null {
  return now.length === 1 && now[0]?.path === "" && sha256 !== null ? [{ path: "", sha256 }] : null;
}

function compareText(
  file: ArtifactFile,
  before: string | null,
  after: string | null,
  [recorded, now]: readonly [Places, Places],
  tolerance: number | null,
): Judgement {
  const named = file.path === "" ? "its bytes differ" : `${file.path} differs`;
  if (after === null) return judged("differs", named);
  const read = inPlaceOf(recorded, now, after);
  const places_replaced = read !== after;
  if (places_replaced && sha256(read) === file.sha256)
    return { ...judged("identical", "but for the places of the run"), places_replaced };
  const largest = before === null ? null : differenceOfTexts(before, read);
  if (largest === null) return { ...judged("differs", named), places_replaced };
  const outcome: Agreement =
    largest === 0 ? "same-numbers" : largest <= (tolerance ?? 0) ? "within-tolerance" : "differs";
  return { outcome, places_replaced, largest_difference: largest, reason: named };
}

const order: readonly ComparedArtifact["outcome"][] = [
  "identical",
  "same-numbers",
  "within-tolerance",
  "differs",
];

function worse(a: Judgement, b: Judgement): Judgement {
  const [later, earlier] = order.indexOf(b.outcome) >= order.indexOf(a.outcome) ? [b, a] : [a, b];
  const differences = [a.largest_difference, b.largest_difference].filter((one) => one !== null);
  return {
    ...later,
    places_replaced: later.places_replaced || earlier.places_replaced,
    largest_difference: differences.length === 0 ? null : Math.max(...differences),
  };
}
