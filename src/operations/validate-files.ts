/** `colophon validate`: finds manifests in files, folders, standard input or the index, and judges each alone. */
import type { Finding } from "../errors.js";
import type { Judge } from "../store/candidates.js";
import type { Listed } from "../store/documents.js";
import { type Judgement, type JudgingRequest, judgeDocument, judgeUnreadable } from "./validate-documents.js";

export interface ValidatePorts {
  /** `-` is standard input. Throws a finding's facts as a `ColophonError` when it cannot be read. */
  readonly read: (path: string, maximumBytes: number | undefined) => Uint8Array | Finding;
  readonly isFolder: (path: string) => boolean;
  /** Files below a folder, sorted, with their path as shown and as relative to the project. */
  readonly list: (folder: string) => Iterable<Listed>;
  readonly judge: Judge;
  readonly isInRunFolder: (path: string) => boolean;
  readonly staged: () => Promise<readonly { readonly path: string; readonly bytes: Uint8Array }[]>;
}

export interface ValidateRequest extends JudgingRequest {
  readonly paths: readonly string[];
}

export interface ValidateOutcome {
  readonly judgements: readonly Judgement[];
  /** Files named `manifest.json` that belong to something else. */
  readonly leftAlone: number;
}

export function validateFiles(request: ValidateRequest, ports: ValidatePorts): ValidateOutcome {
  const judgements: Judgement[] = [];
  let leftAlone = 0;
  for (const path of request.paths) {
    if (!ports.isFolder(path)) {
      judgements.push(judgePath(path, path, request, ports));
      continue;
    }
    for (const { shown, relative, unsearchable, fault } of ports.list(path)) {
      if (unsearchable !== undefined) judgements.push(judgeUnreadable(shown, unsearchable));
      const candidacy = ports.judge(relative);
      if (candidacy === undefined) continue;
      const judgement =
        fault === undefined ? judgePath(shown, relative, request, ports) : judgeUnreadable(shown, fault);
      if (candidacy === "perhaps" && !isOurs(judgement)) leftAlone += 1;
      else judgements.push(judgement);
    }
  }
  return { judgements, leftAlone };
}

/** The same for what is about to be committed: the blobs in the index of the commit in progress, never the work tree. */
export async function validateStaged(
  request: JudgingRequest,
  ports: ValidatePorts,
): Promise<ValidateOutcome> {
  const judgements: Judgement[] = [];
  let leftAlone = 0;
  for (const { path, bytes } of await ports.staged()) {
    const judgement = judgeDocument({ path, bytes, inRunFolder: ports.isInRunFolder(path) }, request);
    if (ports.judge(path) === "perhaps" && !isOurs(judgement)) leftAlone += 1;
    else judgements.push(judgement);
  }
  return { judgements, leftAlone };
}

function judgePath(
  shown: string,
  relative: string,
  request: JudgingRequest,
  ports: ValidatePorts,
): Judgement {
  const bytes = ports.read(shown, request.maximumBytes);
  if ("code" in bytes) return judgeUnreadable(shown, bytes);
  return judgeDocument({ path: shown, bytes, inRunFolder: ports.isInRunFolder(relative) }, request);
}

/** A web app's `manifest.json` is left alone; one that may be ours and cannot be told is not. */
function isOurs({ kind, suspect }: Judgement): boolean {
  return kind !== null || suspect;
}
