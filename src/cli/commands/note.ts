import { UsageError } from "../../errors.js";
import { notePorts } from "../../local-ports/records/notes.js";
import { shellWord } from "../../manifest/shell-word.js";
import { findRun } from "../../operations/records/find-run.js";
import { addNote } from "../../operations/records/notes/add-note.js";
import { type Flags, parseArguments } from "../arguments.js";
import type { Command } from "../commands.js";
import { reportNote } from "../reports/records/report-note.js";
import type { Streams } from "../terminal/streams.js";

const flags: Flags = { json: { about: "print one JSON object (spec/cli/note.schema.json)" } };

export const note: Command = {
  summary: "add a note to a recorded run",
  usage: "colophon note [flags] RUN TEXT …",
  flags,
  notes: [
    "A line is added to 00_run_metadata/notes.jsonl of the run; nothing else of its record changes. Words are joined.",
    "",
    '  colophon note k3f9q2 "loss is flat after epoch 3: try a lower rate"',
  ],
  run: runNote,
};

async function runNote(words: readonly string[], streams: Streams): Promise<number> {
  const given = parseArguments("note", words, flags);
  const [word, ...texts] = given.paths;
  if (word === undefined || texts.length === 0) {
    throw new UsageError("EMPTY_NOTE", "colophon note takes a run and a text", {
      hint: `Type: colophon note ${word === undefined ? "RUN" : shellWord(word)} "what is to be remembered"`,
    });
  }
  const ports = notePorts(streams.directory, streams.env);
  const request = { tags: [], untags: [], text: texts.join(" ") };
  return reportNote(await addNote(findRun(word, ports), request, ports), given.has("json"), streams);
}
