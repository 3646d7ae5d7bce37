/** Figures that the commands of a run ask for: a file each in `logs/figures/` of the run folder. */
import { readdirSync, realpathSync, rmSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { FileError } from "../../errors.js";
import { isOwnPath } from "../../manifest/ids.js";
import type { FiguresPorts } from "../../operations/run/record-figures.js";
import type { BegunRun } from "../../operations/run/run-request.js";
import { pathWithin } from "../path-within.js";

const placeOf = ({ folder }: BegunRun) => join(folder.logs, "figures");
const form = /^([a-z0-9][a-z0-9_-]{0,63})\.json$/;
/** Of one request, and of one drawing. */
const mostBytes = 64 * 1024 * 1024;

export function askedFigurePorts(
  env: NodeJS.ProcessEnv,
): Pick<FiguresPorts, "askedFigures" | "recordAskedFigure"> {
  return {
    askedFigures: (begun) => {
      try {
        return readdirSync(placeOf(begun))
          .flatMap((file) => form.exec(file)?.[1] ?? [])
          .sort();
      } catch {
        return []; // Nobody asked.
      }
    },
    recordAskedFigure: async (begun, name, entries) => {
      const [{ recordRequested }, { figurePorts }, files, { readDocument }] = await Promise.all([
        import("../../operations/figures/record-requested.js"),
        import("../figures/figures.js"),
        import("../../files/figure-files.js"),
        import("../../store/read-document.js"),
      ]);
      const { project } = begun.prepared;
      const local = figurePorts(project.root, env);
      const read = (path: string) => {
        const bytes = readDocument(project.root, path, mostBytes);
        if ("code" in bytes)
          throw new FileError(bytes.code, `${path} ${bytes.message}`, { hint: bytes.hint });
        return bytes;
      };
      const ofRun = (digests: ReadonlySet<string>) =>
        Object.entries(entries)
          .map(([artifact, entry]) => ({
            experiment_id: begun.folder.id,
            artifact,
            sha256: `sha256:${entry.sha256}`,
          }))
          .filter(({ sha256 }) => digests.has(sha256));
      const file = join(placeOf(begun), `${name}.json`);
      const called = { name, named: `logs/figures/${name}.json` };
      const { id, state, manifestPath } = await recordRequested(read(file), called, {
        ...local,
        findRuns: (digests) => [...local.findRuns(digests), ...ofRun(digests)],
        withinProject: (path) =>
          isAbsolute(path) ? pathWithin(realpathSync(project.root), path) : undefined,
        isInRecords: (path) => isOwnPath(pathWithin(realpathSync(project.root), path) ?? "", project.records),
        readDrawing: read,
        writeBytes: (path, bytes) => files.writeInside(project.root, path, bytes),
      });
      for (const suffix of ["json", "png"])
        rmSync(join(placeOf(begun), `${name}.${suffix}`), { force: true });
      return { id, state, manifestPath };
    },
  };
}
