import { describe, expect, test } from "@jest/globals";
import { terminalText } from "../../src/cli/terminal/terminal-text.js";

const shown = (...pieces: (string | Uint8Array)[]) => {
  const text = terminalText();
  const bytes = pieces.map((piece) => (typeof piece === "string" ? new TextEncoder().encode(piece) : piece));
  return bytes.map((piece) => text.pass(piece)).join("") + text.end();
};

describe("terminalText", () => {
  test("passes colours, tabs, lines and progress bars", () => {
    const log = "\u001b[1;31mred\u001b[0m\ta\r\u001b[K50 %\n";
    expect(shown(log)).toBe(`${log}\u001b[0m`);
  });

  test("shows what would write to the title, the clipboard, the keyboard or earlier lines", () => {
    for (const sequence of [
      "\u001b]0;title\u0007",
      "\u001b]52;c;aGk=\u0007",
      "\u001b[6n",
      "\u001b[2J",
      "\u001b[5A",
      "\u009b31m",
      "\u202e",
    ]) {
      expect(shown(`a${sequence}b`).slice(0, -4)).not.toMatch(/[\u001b\u0007\u009b\u202e]/);
    }
    expect(shown("\u001b[6n")).toBe("\\u001b[6n\u001b[0m");
  });

  test("keeps together what came in pieces", () => {
    const snowman = new TextEncoder().encode("☃");
    expect(shown("a\u001b", "[3", "1mb", snowman.slice(0, 1), snowman.slice(1))).toBe(
      "a\u001b[31mb☃\u001b[0m",
    );
    expect(shown("a\u001b[3")).toBe("a\\u001b[3\u001b[0m");
  });
});
