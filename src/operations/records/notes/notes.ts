/** `notes.jsonl`: tags and notes that people add to a run at any time, one line each, and never change. */
import type { Finding } from "../../../errors.js";
import type { NoteLine } from "../../../generated/types.js";
import { note as validator } from "../../../generated/validators.js";
import { formatCanonical } from "../../../manifest/canonical.js";
import { splitLines } from "../../../manifest/lines.js";
import { parseJson } from "../../../manifest/parse.js";
import { schemaFindings } from "../../../manifest/schema.js";
import type { Note } from "../load/loaded-run.js";

export const notesPath = "00_run_metadata/notes.jsonl";

export const mostNotes = 8 * 1024 * 1024;

export interface ParsedNotes {
  /** By time, as branches that were merged may have put them in another order. */
  readonly notes: readonly Note[];
  /** One for every line that is none; the rest is read. */
  readonly findings: readonly Finding[];
}

export function parseNotes(bytes: Uint8Array | Finding | null): ParsedNotes {
  if (bytes === null) return { notes: [], findings: [] };
  if ("code" in bytes) return { notes: [], findings: [fault(1, bytes.message)] };
  const notes: Note[] = [];
  const findings: Finding[] = [];
  for (const [index, line] of splitLines(bytes).entries()) {
    if (line.every((byte) => byte === 0x20 || byte === 0x0d)) continue;
    const parsed = parseJson(line);
    const faults = parsed.ok ? schemaFindings(validator, parsed.value) : parsed.findings;
    const [first] = faults;
    if (first !== undefined) findings.push(fault(index + 1, first.message));
    else if (parsed.ok) notes.push(noteOf(parsed.value as NoteLine));
  }
  return { notes: notes.toSorted((a, b) => Date.parse(a.time) - Date.parse(b.time)), findings };
}

function noteOf({ time, by, tags, untags, text }: NoteLine): Note {
  return { time, by, tags, untags, text };
}

/** One line with its end. */
export function formatNote(note: Note): string {
  return `${formatCanonical({ note_version: 1, ...note })}\n`;
}

/** The tags a run has now: each added one that was not removed later. */
export function tagsOf(notes: readonly Note[]): string[] {
  const tags = new Set<string>();
  for (const { tags: added, untags: removed } of notes) {
    for (const tag of added) tags.add(tag);
    for (const tag of removed) tags.delete(tag);
  }
  return [...tags].sort();
}

function fault(line: number, message: string): Finding {
  return {
    code: "BAD_NOTE_LINE",
    severity: "warning",
    pointer: "",
    message: `${notesPath}:${line} ${message}`,
    hint: "Correct or remove that line; the others are read.",
    line,
    column: null,
  };
}
