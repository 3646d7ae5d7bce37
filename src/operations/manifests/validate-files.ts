/** `colophon validate`: finds manifests in files, folders, standard input or the index, and judges each alone. */
import type { Finding } from "../../errors.js";
import { kinds } from "../../kinds/table.js";
import { locateFindings } from "../../manifest/parse.js";
import { isValid } from "../../manifest/validate.js";
import type { Judge } from "../../store/candidates.js";
import type { Listed } from "../../store/documents.js";
import { checkStagedFigures, type StagedFigure, type StagedFigures } from "../figures/check/check-staged.js";
import {
  type Judgement,
  type JudgingRequest,
  judgeDocument,
  judgeUnreadable,
  mostBytes,
} from "./validate-documents.js";

export interface ReadPorts {
  /** `-` is standard input. The finding says why it cannot be read. */
  readonly read: (path: string, maximumBytes: number | undefined) => Uint8Array | Finding;
}

export interface ValidatePorts {
  readonly isFolder: (path: string) => boolean;
  /** Files below a folder, sorted, with their path as shown and as relative to the project. */
  readonly list: (folder: string) => Iterable<Listed>;
  readonly judge: Judge;
  readonly isInRunFolder: (path: string) => boolean;
  readonly staged: () => Promise<readonly { readonly path: string; readonly bytes: Uint8Array }[]>;
  /** `undefined` where the commit has no figures. */
  readonly stagedFigures: () => Promise<StagedFigures | undefined>;
  /** `judgeCandidate` of each, in their order; of many, in several threads. */
  readonly judgeAll: (candidates: Iterable<Candidate>, request: JudgingRequest) => Promise<Judged[]>;
}

export interface ValidateRequest extends JudgingRequest {
  readonly paths: readonly string[];
}

/** A file to be judged. Data alone, so that it can be handed to another thread. */
export interface Candidate {
  /** As it is to be shown, and as it is read. */
  readonly path: string;
  readonly inRunFolder: boolean;
  /** Whether it may belong to another program, and is left alone then. */
  readonly isPerhaps: boolean;
  /** Why it is not read. */
  readonly fault: Finding | undefined;
}

/** `undefined` for a file of another program. */
export type Judged = Judgement | undefined;

export interface ValidateOutcome {
  readonly judgements: readonly Judgement[];
  /** Files named `manifest.json` that belong to something else. */
  readonly leftAlone: number;
}

export async function validateFiles(
  { paths, ...request }: ValidateRequest,
  ports: ValidatePorts,
): Promise<ValidateOutcome> {
  return outcomeOf(await ports.judgeAll(findCandidates(paths, ports), request));
}

/** The same for what is about to be committed: the blobs in the index of the commit in progress, never the work tree. */
export async function validateStaged(
  request: JudgingRequest,
  ports: ValidatePorts,
): Promise<ValidateOutcome> {
  const judged = (await ports.staged()).map(({ path, bytes }) =>
    unlessForeign(
      judgeDocument({ path, bytes, inRunFolder: ports.isInRunFolder(path) }, request),
      ports.judge(path) === "perhaps",
    ),
  );
  const staged = await ports.stagedFigures();
  if (staged === undefined) return outcomeOf(judged);
  return outcomeOf(withFigures(judged, await checkStagedFigures(staged, request.rules.namespace)));
}

/** What the gates found is told with what the document alone is told; a figure may be touched without its manifest. */
function withFigures(judged: readonly Judged[], figures: readonly StagedFigure[]): Judged[] {
  const added = figures.map(({ path, kind, bytes, findings }): Judged => {
    const before = judged.find((judgement) => judgement?.path === path);
    const text = new TextDecoder().decode(bytes);
    const all = [...(before?.findings ?? []), ...locateFindings(text, findings)];
    return { path, kind, valid: isValid(all), findings: all, text, suspect: false };
  });
  const others = judged.filter((judgement) => !figures.some(({ path }) => path === judgement?.path));
  return [...others, ...added];
}

export function judgeCandidate(
  { path, inRunFolder, isPerhaps, fault }: Candidate,
  request: JudgingRequest,
  { read }: ReadPorts,
): Judged {
  const content = fault ?? read(path, request.maximumBytes ?? capBefore(path, request));
  if ("code" in content) return judgeUnreadable(path, content);
  return unlessForeign(judgeDocument({ path, bytes: content, inRunFolder }, request), isPerhaps);
}

/** A pipe has no size that could be asked first, so it gets the common cap unless its kind is named. */
function capBefore(path: string, { kind }: JudgingRequest): number | undefined {
  if (kind !== undefined) return kinds[kind].maximumBytes;
  return path === "-" ? undefined : mostBytes;
}

function* findCandidates(paths: readonly string[], ports: ValidatePorts): Iterable<Candidate> {
  for (const named of paths) {
    if (!ports.isFolder(named)) {
      yield { path: named, inRunFolder: ports.isInRunFolder(named), isPerhaps: false, fault: undefined };
      continue;
    }
    for (const { shown: path, relative, unsearchable, fault } of ports.list(named)) {
      const inRunFolder = ports.isInRunFolder(relative);
      if (unsearchable !== undefined) yield { path, inRunFolder, isPerhaps: false, fault: unsearchable };
      const candidacy = ports.judge(relative);
      if (candidacy !== undefined) yield { path, inRunFolder, isPerhaps: candidacy === "perhaps", fault };
    }
  }
}

/** A web app's `manifest.json` is left alone; one that may be ours and cannot be told is not. Only excerpts need the text. */
function unlessForeign(judgement: Judgement, isPerhaps: boolean): Judged {
  const isOurs = judgement.kind !== null || judgement.suspect;
  if (isPerhaps && !isOurs) return undefined;
  return judgement.findings.length === 0 ? { ...judgement, text: undefined } : judgement;
}

function outcomeOf(judged: readonly Judged[]): ValidateOutcome {
  const judgements = judged.filter((judgement) => judgement !== undefined);
  return { judgements, leftAlone: judged.length - judgements.length };
}
