import { UsageError } from "../../errors.js";
import { notePorts } from "../../local-ports/records/notes.js";
import { shellWord } from "../../manifest/shell-word.js";
import { findRun } from "../../operations/records/find-run.js";
import { addNote } from "../../operations/records/notes/add-note.js";
import { type Flags, parseArguments } from "../arguments.js";
import type { Command } from "../commands.js";
import { reportNote } from "../reports/records/report-note.js";
import type { Streams } from "../terminal/streams.js";

const flags: Flags = {
  remove: { about: "take the tags away instead" },
  json: { about: "print one JSON object (spec/cli/note.schema.json)" },
};

export const tag: Command = {
  summary: "give a recorded run tags, or take them away",
  usage: "colophon tag [flags] RUN TAG …",
  flags,
  notes: [
    "A line is added to 00_run_metadata/notes.jsonl of the run; nothing else of its record changes.",
    "",
    "  colophon tag k3f9q2 baseline figure-3",
    "  colophon tag --remove k3f9q2 baseline",
  ],
  run: runTag,
};

async function runTag(words: readonly string[], streams: Streams): Promise<number> {
  const given = parseArguments("tag", words, flags);
  const [word, ...tags] = given.paths;
  if (word === undefined || tags.length === 0) throw nothingNamed(word);
  const ports = notePorts(streams.directory, streams.env);
  const request = given.has("remove") ? { tags: [], untags: tags } : { tags, untags: [] };
  const added = await addNote(findRun(word, ports), { ...request, text: null }, ports);
  return reportNote(added, given.has("json"), streams);
}

function nothingNamed(word: string | undefined): UsageError {
  const code = word === undefined ? "a run and its tags" : `tags for ${word}`;
  return new UsageError("NO_TAG", `colophon tag takes ${code}; found none`, {
    hint: `Type: colophon tag ${word === undefined ? "RUN" : shellWord(word)} baseline`,
  });
}
