import { describe, expect, test } from "@jest/globals";
import type { Note } from "../../../src/operations/records/load/loaded-run.js";
import type { AddNotePorts } from "../../../src/operations/records/notes/add-note.js";
import { addNote } from "../../../src/operations/records/notes/add-note.js";
import { formatNote, parseNotes, tagsOf } from "../../../src/operations/records/notes/notes.js";
import { redactText } from "../../../src/secrets/text.js";

const bytes = (text: string) => new TextEncoder().encode(text);

const noteAt = (time: string, more: Partial<Note> = {}): Note => ({
  time,
  by: "Ana",
  tags: [],
  untags: [],
  text: null,
  ...more,
});

describe("notes.jsonl", () => {
  test("reads what it writes, one line each, in canonical form", () => {
    const note = noteAt("2026-11-21T10:00:00.000Z", { tags: ["base"], text: "zwei\nZeilen ✓" });
    const line = formatNote(note);
    expect(line).toBe(
      '{"by":"Ana","note_version":1,"tags":["base"],"text":"zwei\\nZeilen ✓","time":"2026-11-21T10:00:00.000Z","untags":[]}\n',
    );
    expect(parseNotes(bytes(line + line))).toEqual({ notes: [note, note], findings: [] });
  });

  test("is empty where there is no file, and orders by time what branches put together", () => {
    expect(parseNotes(null)).toEqual({ notes: [], findings: [] });
    const [late, early] = [noteAt("2026-11-22T00:00:00Z"), noteAt("2026-11-21T00:00:00.5Z")];
    expect(parseNotes(bytes(formatNote(late) + formatNote(early))).notes).toEqual([early, late]);
  });

  test.each([
    ["no JSON", "hello"],
    ["a list", "[]"],
    ["a key twice", '{"by":null,"by":null}'],
    ["another version", formatNote(noteAt("2026-11-21T00:00:00Z")).replace(":1,", ":2,")],
    ["a tag that is none", formatNote(noteAt("2026-11-21T00:00:00Z", { tags: [""] }))],
    ["what merging left", "<<<<<<< HEAD"],
  ])("reports a line that is %s, and reads the others", (_, line) => {
    const good = formatNote(noteAt("2026-11-21T00:00:00Z"));
    const { notes, findings } = parseNotes(bytes(`${good}${line.trimEnd()}\n${good}`));
    expect(notes).toHaveLength(2);
    expect(findings).toMatchObject([{ code: "BAD_NOTE_LINE", severity: "warning", line: 2 }]);
  });

  test("says which tags a run has now: the last word on each counts", () => {
    const at = (second: number, more: Partial<Note>) => noteAt(`2026-11-21T00:00:0${second}Z`, more);
    expect(
      tagsOf([
        at(1, { tags: ["b", "a", "__proto__"] }),
        at(2, { untags: ["a", "never"] }),
        at(3, { tags: ["c"] }),
      ]),
    ).toEqual(["__proto__", "b", "c"]);
  });
});

describe("addNote", () => {
  const folder = "/records/20261120T104207Z_3f9c2e1_k3f9q2";
  let added: string[];
  let present: Uint8Array | null;

  const ports: AddNotePorts = {
    now: () => Date.UTC(2026, 10, 21),
    findRecord: () => ({ state: "record", folder, reason: null }),
    readFile: () => present,
    inRepository: () => true,
    findUser: async () => "Ana",
    redactText,
    appendLine: (_folder, _path, line) => added.push(line),
  };
  const add = (request: Partial<Parameters<typeof addNote>[1]>) => {
    added = [];
    return addNote(folder, { tags: [], untags: [], text: null, ...request }, ports);
  };

  test("adds one line with who and when, and gives the tags the run has now", async () => {
    present = bytes(formatNote(noteAt("2026-11-20T00:00:00Z", { tags: ["old"] })));
    expect(await add({ tags: [" base ", "base"] })).toMatchObject({
      id: "20261120T104207Z_3f9c2e1_k3f9q2",
      tags: ["base", "old"],
      note: { time: "2026-11-21T00:00:00.000Z", by: "Ana", tags: ["base"], untags: [], text: null },
    });
    expect(added).toHaveLength(1);
  });

  test("adds nothing where nothing would change", async () => {
    present = bytes(formatNote(noteAt("2026-11-20T00:00:00Z", { tags: ["old"] })));
    expect(await add({ tags: ["old"] })).toMatchObject({ note: null, tags: ["old"] });
    expect(await add({ untags: ["never"] })).toMatchObject({ note: null, tags: ["old"] });
    expect(added).toEqual([]);
  });

  test("leaves secrets out of a note, counted, and out of tags altogether", async () => {
    present = null;
    const token = `ghp_${"a1B2".repeat(9)}`;
    const { note, redactions } = await add({ text: `works with ${token}` });
    expect(note?.text).toMatch(/^works with «redacted:/);
    expect(Object.values(redactions)).toEqual([1]);
    expect(added.join()).not.toContain(token);
    await expect(add({ tags: [token] })).rejects.toMatchObject({ code: "BAD_TAG" });
  });

  test.each(["", "  ", "a\u0007b", "two\nlines", "a".repeat(101)])("refuses the tag %j", async (tag) => {
    present = null;
    await expect(add({ tags: ["good", tag] })).rejects.toMatchObject({ code: "BAD_TAG" });
    expect(added).toEqual([]);
  });

  test("refuses an empty note", async () => {
    await expect(add({ text: " \n" })).rejects.toMatchObject({ code: "EMPTY_NOTE" });
  });
});
