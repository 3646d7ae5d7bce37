/** What `colophon tag` and `colophon note` say. */
import { exitStatus } from "../../../errors.js";
import { isExperimentId, suffixOf } from "../../../manifest/ids.js";
import type { AddedNote } from "../../../operations/records/notes/add-note.js";
import { errPaint, printable } from "../../terminal/paint.js";
import type { Streams } from "../../terminal/streams.js";

export function reportNote(added: AddedNote, json: boolean, streams: Streams): number {
  const { id, folder, note, tags, redactions } = added;
  if (json) {
    streams.out(`${JSON.stringify({ id, folder, note, tags, redactions }, null, 2)}\n`);
    return exitStatus.fine;
  }
  const { glyphs, green, yellow } = errPaint(streams);
  const name = isExperimentId(id) ? suffixOf(id) : printable(id);
  const now = tags.length === 0 ? "no tags" : `tags: ${tags.map(printable).join(", ")}`;
  const done = note === null ? "as it was" : note.text === null ? "tagged" : "noted";
  streams.err(`${glyphs.rule} ${green(glyphs.ok)} ${done}  ${name}  ${now}\n`);
  const rules = Object.keys(redactions);
  if (rules.length > 0)
    streams.err(`${glyphs.rule} ${yellow(`${glyphs.note} a secret was left out: ${rules.join(", ")}`)}\n`);
  return exitStatus.fine;
}
