import { spawnSync } from "node:child_process";
import { describe, expect, test } from "@jest/globals";
import { shellWord } from "../../src/manifest/shell-word.js";

describe("shellWord", () => {
  test("leaves alone what a shell leaves alone", () => {
    for (const word of ["k3f9q2", "records/2026-11", "/srv/läufe/a=b", "x_1.2+3@h:4,5%"])
      expect(shellWord(word)).toBe(word);
  });

  test("quotes what a shell would read as something else", () => {
    expect(shellWord("/runs/sp äö")).toBe("'/runs/sp äö'");
    expect(shellWord("it's")).toBe("'it'\\''s'");
    expect(shellWord("")).toBe("''");
  });

  test("a shell gives the word back, and what is printed obeys nothing", () => {
    const words = [
      "a b",
      "it's",
      '$HOME `id` "x" \\ *',
      "",
      "~",
      "tab\there",
      "line\nbreak's \\",
      "\u001b]0;x\u0007",
      "a\u202eb",
    ];
    for (const word of words) {
      const { stdout } = spawnSync("bash", ["-c", `printf %s ${shellWord(word)}`], { encoding: "utf8" });
      expect(stdout).toBe(word);
      expect(shellWord(word)).not.toMatch(/[\u0000-\u001f\u202e]/);
    }
  });
});
