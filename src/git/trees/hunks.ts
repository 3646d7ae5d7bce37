/** The hunks of Git's unified format, and the same from the other side. */

export interface Hunk {
  readonly a_start: number;
  readonly a_lines: number;
  readonly b_start: number;
  readonly b_lines: number;
  /** The function or section it lies in, as Git found it; may be empty. */
  readonly heading: string;
  /** Each begins with a blank, `-` (only in a), `+` (only in b), or `\` (the line before it has no newline at its end). */
  readonly lines: readonly string[];
}

const header = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$/s;

/** The patches of several files, one after the other, as lists of hunks. A file of which only the mode changed has none. */
export function parsePatches(text: string): Hunk[][] {
  const files: Hunk[][] = [];
  let lines: string[] = [];
  let left = { a: 0, b: 0 };
  for (const line of text.split("\n")) {
    if (left.a > 0 || left.b > 0 || line.startsWith("\\")) {
      // `diff.suppressBlankEmpty` leaves the blank of an empty line out.
      lines.push(line === "" ? " " : line);
      left = countDown(left, line);
    } else if (line.startsWith("diff --git ")) {
      files.push([]);
    } else {
      const parts = header.exec(line);
      if (parts === null) continue;
      const [, a_start, a_lines = "1", b_start, b_lines = "1", heading = ""] = parts;
      left = { a: Number(a_lines), b: Number(b_lines) };
      lines = [];
      const place = { a_start: Number(a_start), a_lines: left.a, b_start: Number(b_start), b_lines: left.b };
      files.at(-1)?.push({ ...place, heading, lines });
    }
  }
  return files;
}

function countDown({ a, b }: { a: number; b: number }, line: string): { a: number; b: number } {
  const sign = line.charAt(0);
  if (sign === "\\") return { a, b };
  return { a: sign === "+" ? a : a - 1, b: sign === "-" ? b : b - 1 };
}

/** What Git prints depends a little on the direction, so the other direction is turned around, not asked for. */
export function mirrorHunk({ a_start, a_lines, b_start, b_lines, heading, lines }: Hunk): Hunk {
  return {
    a_start: b_start,
    a_lines: b_lines,
    b_start: a_start,
    b_lines: a_lines,
    heading,
    lines: mirrorLines(lines),
  };
}

/** What is removed stands before what is added, and `\` stays with its line. */
function mirrorLines(lines: readonly string[]): string[] {
  const mirrored: string[] = [];
  let removed: string[] = [];
  let added: string[] = [];
  const flush = () => {
    mirrored.push(...removed, ...added);
    removed = [];
    added = [];
  };
  let into = mirrored;
  for (const line of lines) {
    const sign = line.charAt(0);
    if (sign === "+") into = removed;
    else if (sign === "-") into = added;
    else if (sign === " ") {
      flush();
      into = mirrored;
    }
    into.push(sign === "+" ? `-${line.slice(1)}` : sign === "-" ? `+${line.slice(1)}` : line);
  }
  flush();
  return mirrored;
}
