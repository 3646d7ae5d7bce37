/** What would be run, and all that stands in its way as far as the record and the repository tell. */
import { findAbsolute, findRedacted, giveArguments } from "./arguments.js";
import { whyElsewhere } from "./compare/compare-environment.js";
import { asMissing, couldNotRun, missing } from "./missing.js";
import { type RecordedSource, type RecordedTree, readSource } from "./read-source.js";
import { inputPaths } from "./recorded-inputs.js";
import type { ReproducePorts, ReproduceRequest } from "./reproduce-run.js";
import type { Missing, RecordedCommand, Reproduction } from "./result.js";

export interface Plan {
  readonly request: ReproduceRequest;
  readonly source: RecordedSource;
  readonly code: RecordedTree;
  readonly commands: readonly RecordedCommand[];
  readonly root: string;
  /** What is known so far, as a result. */
  readonly known: Reproduction;
}

export async function planReproduction(
  request: ReproduceRequest,
  ports: ReproducePorts,
): Promise<Plan | Reproduction> {
  const { source: loaded, given, namespace, tolerance } = request;
  const source = readSource(loaded);
  const commands = giveArguments(source.commands, given);
  const { code } = source;
  const known: Reproduction = {
    verdict: "not-attempted",
    summary: "not attempted",
    run: { id: loaded.id, folder: loaded.folder, name: loaded.run.run_name },
    code: code && { commit: code.commit, tree: code.tree, snapshot: code.snapshot !== undefined },
    cwd: source.cwd,
    commands,
    elsewhere: whyElsewhere(loaded, namespace, ports.here),
    environment: null,
    missing: [],
    brought: [],
    notes: source.notes,
    tolerance,
    attempts: [],
    agrees_with_itself: null,
    causes: [],
    worktree: null,
  };
  const root = await ports.findRoot().catch(asMissing("repository", "."));
  if (typeof root !== "string") return couldNotRun(known, [...source.missing, root]);
  const gone = [
    ...source.missing,
    ...findRedacted(commands),
    ...findAbsolute(commands, (path) => ports.realWithin(root, path), new Set(inputPaths(loaded))),
    ...(request.yes ? [] : writtenOutside(source, root, ports)),
    ...(code === null ? [] : await ports.checkCode(code, root)),
  ];
  return gone.length > 0 || code === null
    ? couldNotRun(known, gone)
    : { request, source, code, commands, root, known };
}

/** What is declared outside the repository would be written over. */
function writtenOutside({ artifacts, cwd }: RecordedSource, root: string, ports: ReproducePorts): Missing[] {
  return artifacts.flatMap(({ name, path }) => {
    const place = ports.resolve(ports.userCwd(root, cwd), path);
    if (ports.within(root, place) !== undefined) return [];
    const reason = `is written to ${place}, outside the recorded tree, and would be written over`;
    return [missing("artifact", name, reason, "If that may be, type: --yes")];
  });
}
