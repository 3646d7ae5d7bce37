import { describe, expect, test } from "@jest/globals";
import { withoutTypescriptFrame } from "../../../src/process/terminal/typescript.js";
import { createLineRedactor } from "../line-redactor.js";

const first = 'Script started on 2026-11-20 10:00:00+00:00 [COMMAND="secret" TERM="xterm"]\n';
const last = '\nScript done on 2026-11-20 10:00:01+00:00 [COMMAND_EXIT_CODE="0"]\n';

function pass(pieces: readonly string[]): { readonly text: string; readonly removed: number } {
  const frame = withoutTypescriptFrame(createLineRedactor());
  const out = pieces.map((piece) => frame.push(Buffer.from(piece, "latin1")));
  return { text: Buffer.concat([...out, frame.end()]).toString("latin1"), removed: frame.removed };
}

function everyCut(text: string): string[][] {
  return Array.from({ length: text.length }, (_, at) => [text.slice(0, at), text.slice(at)]);
}

describe("withoutTypescriptFrame", () => {
  test("leaves what the command wrote, wherever the stream is cut", () => {
    const body = "one\r\ntwo\r\n";
    // `script` writes its last line in one piece: a cut right behind the line end that begins it is left out.
    const cuts = everyCut(`${first}${body}${last}`).filter(([head]) => head !== `${first}${body}\n`);
    for (const pieces of cuts) {
      expect(pass(pieces)).toEqual({ text: body, removed: first.length + last.length });
    }
  });

  test("leaves a typescript alone that has no such lines, as BSD's", () => {
    for (const pieces of everyCut("Script\r\nScript done on paper\r\n")) {
      expect(pass(pieces).text).toBe("Script\r\nScript done on paper\r\n");
    }
  });

  test("takes only the very last line for the last one", () => {
    const body = `quoted:${last}and on\r\n`;
    expect(pass([first, `quoted:${last}`, "and on\r\n", last]).text).toBe(body);
  });

  test("holds no line of the command's back", () => {
    const frame = withoutTypescriptFrame(createLineRedactor());
    expect(Buffer.from(frame.push(Buffer.from(`${first}ready\r\n`))).toString()).toBe("ready\r\n");
    expect(frame.held).toHaveLength(0);
  });
});
