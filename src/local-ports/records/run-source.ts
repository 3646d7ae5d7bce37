/** What lists of runs are made from: every run, read and judged. */
import { basename } from "node:path";
import type { ListedRun, ReadRun, RunSource } from "../../catalog/catalog.js";
import { ColophonError } from "../../errors.js";
import { linkError } from "../../operations/records/list/link-error.js";
import { queriedRun } from "../../operations/records/list/queried-run.js";
import { restsOn } from "../../operations/records/list/rests-on.js";
import { type RunSummary, summarizeRun } from "../../operations/records/list/summarize-run.js";
import { loadListed } from "../../operations/records/load/load-run.js";
import { mostNotes, notesPath, parseNotes, tagsOf } from "../../operations/records/notes/notes.js";
import { createLiveMetrics } from "./live-metrics.js";
import { recordPorts } from "./records.js";

export interface ListSource extends RunSource<RunSummary> {
  /** Runs without an end whose journals are too large to be read for a list, of those that were read so far. */
  readonly notMeasured: () => readonly string[];
}

interface SourceRequest {
  /** Absolute; `undefined` for the runs of the project. */
  readonly folder: string | undefined;
  readonly namespace: string | undefined;
  readonly maximumBytes: number | undefined;
}

/** `moment`: what time it is for runs that go on, in milliseconds since 1970. */
export function openRunSource(
  directory: string,
  env: NodeJS.ProcessEnv,
  { folder, namespace, maximumBytes }: SourceRequest,
  moment: number,
): ListSource {
  const ports = recordPorts(directory, env, namespace, maximumBytes);
  const live = createLiveMetrics(ports.project);
  const folderOf = (id: string) => (folder === undefined ? ports.folderOf(id) : `${folder}/${id}`);
  const listNames = () => ports.folders(folder).map((path) => basename(path));
  return {
    ids: listNames,
    notMeasured: () => live.tooLarge,
    others: () => ports.links(folder).map((link) => explainLink(link.folder, linkError(link))),
    async read(id): Promise<ReadRun<RunSummary>> {
      const place = folderOf(id);
      try {
        const record = loadListed(place, ports.loading);
        const summary = summarizeRun(record, moment);
        const metrics =
          record.run.status === "running" ? await live.metricsOf(record) : ports.metricsOf(record);
        return {
          id,
          folder: place,
          run: { queried: queriedRun(record, summary, metrics), shown: summary },
          error: null,
          tags: summary.tags,
          restsOn: restsOn(record, ports.loading),
        };
      } catch (error) {
        if (!(error instanceof ColophonError)) throw error;
        const notes = parseNotes(ports.loading.readFile(place, notesPath, mostNotes)).notes;
        return { id, folder: place, run: null, error, tags: tagsOf(notes), restsOn: null };
      }
    },
  };
}

function explainLink(folder: string, error: ColophonError): ListedRun<RunSummary> {
  return { id: basename(folder), folder, run: null, error };
}
