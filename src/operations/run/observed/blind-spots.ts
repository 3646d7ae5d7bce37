/** Where files may have been opened unseen: an observation that says nothing of its gaps would be a lie. */
import type { ObservedFiles } from "../../../generated/types.js";
import type { BegunRun } from "../run-request.js";
import type { Observed } from "./histories.js";
import type { ObservationFacts } from "./observed-files.js";

type BlindSpot = ObservedFiles["blind_spots"][number];

const mostNames = 50;

export function blindSpots(
  { prepared: { plan } }: BegunRun,
  { how }: Pick<ObservationFacts, "how">,
  { processes, heard, programs, capped, lost }: Observed,
): BlindSpot[] {
  const mechanisms = new Set([...processes.values()].map(({ by }) => by));
  const commands = plan.stages.filter(({ skip }) => skip === null).map(({ argv }) => nameOf(argv[0] ?? ""));
  const started = [...commands, ...(programs.get("seen") ?? [])];
  const spots: [BlindSpot["what"], Iterable<string>][] = [];
  if (how === "strace") {
    if (!mechanisms.has("strace")) spots.push(["silent", commands]);
  } else {
    spots.push(
      ["programs", started.filter((name) => mechanismOf(name) === null && !heard.has(name))],
      ["isolated", programs.get("isolated") ?? []],
      ["environment_cleared", programs.get("cleared") ?? []],
      ["silent", started.filter((name) => isSilent(mechanismOf(name), mechanisms))],
    );
  }
  const named = spots
    .map(([what, names]) => ({ what, names: [...new Set(names)].sort().slice(0, mostNames) }))
    .filter(({ names }) => names.length > 0);
  const plain = (what: BlindSpot["what"], is: boolean) => (is ? [{ what, names: [] }] : []);
  return [
    ...named,
    ...plain("libraries", how !== "strace"),
    ...plain("lost", lost > 0),
    ...plain("capped", capped > 0),
  ];
}

function mechanismOf(program: string): "python" | "node" | null {
  if (/^(python|pypy)[\d.]*$/.test(program)) return "python";
  return program === "node" || program === "nodejs" ? "node" : null;
}

function isSilent(mechanism: "python" | "node" | null, told: ReadonlySet<string>): boolean {
  return mechanism !== null && !told.has(mechanism);
}

function nameOf(program: string): string {
  return program.slice(program.lastIndexOf("/") + 1);
}
