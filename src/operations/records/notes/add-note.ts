/** Adds tags or a note to a recorded run, or takes tags away: one line at the end of `notes.jsonl`, whatever was there. */
import { UsageError } from "../../../errors.js";
import { formatUtc } from "../../../manifest/timestamps.js";
import type { Redacted, Redactions } from "../../../secrets/redactions.js";
import type { RecordPlace } from "../../../store/runs/run-record.js";
import { mostReports, parseReports, reportsPath } from "../../metrics/reports.js";
import { notesOf } from "../load/load-reports.js";
import { nameOf } from "../load/load-run.js";
import type { Note } from "../load/loaded-run.js";
import type { ReadManifestPorts } from "../load/read-manifest.js";
import { noRecordThere } from "../load/record-faults.js";
import { formatNote, mostNotes, notesPath, parseNotes, tagsOf } from "./notes.js";

export interface AddNotePorts extends ReadManifestPorts {
  readonly now: () => number;
  readonly findRecord: (path: string) => RecordPlace;
  /** Git's name of the user, where there is one. */
  readonly findUser: () => Promise<string | null>;
  readonly redactText: (text: string) => Redacted<string>;
  /** One write at the end of a file of the run, which is made where it is missing. */
  readonly appendLine: (folder: string, path: string, line: string) => void;
}

export interface NoteRequest {
  readonly tags: readonly string[];
  readonly untags: readonly string[];
  readonly text: string | null;
}

export interface AddedNote {
  readonly id: string;
  readonly folder: string;
  /** `null` when the run has these tags, or lacks them, already. */
  readonly note: Note | null;
  /** The tags it has now. */
  readonly tags: readonly string[];
  readonly redactions: Redactions;
}

/** A run that cannot be loaded can be spoken about all the same; one whose record is not here cannot. */
export async function addNote(path: string, request: NoteRequest, ports: AddNotePorts): Promise<AddedNote> {
  const place = ports.findRecord(path);
  if (place.state !== "record") throw noRecordThere(place, path, ports.inRepository(place.folder));
  const { folder } = place;
  const reported = parseReports(reportsPath, ports.readFile(folder, reportsPath, mostReports));
  const added = parseNotes(ports.readFile(folder, notesPath, mostNotes));
  const notes = [...notesOf(reported.lines, ""), ...added.notes];
  const present = tagsOf(notes);
  const tags = request.tags.map((tag) => cleanTag(tag, ports)).filter((tag) => !present.includes(tag));
  const untags = request.untags.map((tag) => cleanTag(tag, ports)).filter((tag) => present.includes(tag));
  const text = request.text === null ? null : cleanText(request.text, ports);
  const id = nameOf(folder);
  if (tags.length + untags.length === 0 && text === null)
    return { id, folder, note: null, tags: present, redactions: {} };
  const note: Note = {
    time: formatUtc(ports.now()),
    by: await ports.findUser(),
    tags: [...new Set(tags)],
    untags: [...new Set(untags)],
    text: text?.value ?? null,
  };
  ports.appendLine(folder, notesPath, formatNote(note));
  return { id, folder, note, tags: tagsOf([...notes, note]), redactions: text?.redactions ?? {} };
}

function cleanTag(word: string, { redactText }: AddNotePorts): string {
  const tag = word.trim();
  const fault =
    (tag === "" && "is empty") ||
    (/[\u0000-\u001f\u007f-\u009f]/.test(tag) && "holds a control character") ||
    (tag.length > longestTag && `is longer than ${longestTag} characters`) ||
    (Object.keys(redactText(tag).redactions).length > 0 && "looks like a secret");
  if (!fault) return tag;
  throw new UsageError("BAD_TAG", `a tag ${fault}`, { hint: "Type: colophon tag RUN baseline" });
}

function cleanText(text: string, { redactText }: AddNotePorts): Redacted<string> {
  if (text.trim() === "")
    throw new UsageError("EMPTY_NOTE", "the note is empty", {
      hint: 'Type: colophon note RUN "what is to be remembered"',
    });
  return redactText(text.trim());
}

const longestTag = 100;
