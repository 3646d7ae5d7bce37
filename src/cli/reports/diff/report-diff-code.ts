/** The code of two runs for people: files, counts, the lines that changed, and what the comparison does not hold. */
import type { Hunk } from "../../../git/trees/hunks.js";
import type { CodeDiff, CodeFile } from "../../../operations/diff/code.js";
import { cutInMiddle } from "../../terminal/columns.js";
import { counted } from "../../terminal/counted.js";
import { type Paint, printable } from "../../terminal/paint.js";
import { type DiffView, type Line, limited, notKnown } from "./report-diff-lines.js";

/** Lines of code on a screen before the rest is counted. */
const mostLines = 40;
const mostLinesOfFile = 16;
const longestPath = 48;

export function codeLines(code: CodeDiff, view: DiffView, paint: Paint): Line[] {
  const files = code.files.filter(({ outcome }) => outcome !== "same");
  const silent = code.reason === null ? [] : [notKnown(code.reason, paint)];
  if (files.length === 0 && silent.length === 0)
    return [{ text: `= ${commitWords(code, paint)}`, colour: paint.dim }];
  const changed = files.filter(({ outcome }) => outcome !== "unknown");
  const added = changed.reduce((sum, file) => sum + (file.added ?? 0), 0);
  const removed = changed.reduce((sum, file) => sum + (file.removed ?? 0), 0);
  const lines = added + removed === 0 ? "" : `  +${added} -${removed}`;
  const size = changed.length === 0 ? "" : `  ${counted(changed.length, "file")}${lines}`;
  const width = Math.min(longestPath, Math.max(...files.map(({ path }) => printable(path).length), 0));
  const shown = view.patch ? { ...view, all: true } : view;
  const names = limited(
    files.map((file) => fileLine(file, width, view, paint)),
    "files",
    shown,
  );
  return [
    { text: `${commitWords(code, paint)}${size}` },
    ...silent,
    ...names,
    ...(view.patch ? files.flatMap((file) => patchLines(file, paint)) : excerptLines(files, paint)),
  ];
}

function commitWords({ commit, trees }: CodeDiff, { glyphs }: Paint): string {
  const [a, b] = [commit.a, commit.b].map((sha) => (sha === null ? "none" : sha.slice(0, 7))) as [
    string,
    string,
  ];
  if (a === b) return a;
  return trees === "same" ? `${a} and ${b} hold the same code` : `${a} ${glyphs.arrow} ${b}`;
}

function fileLine(file: CodeFile, width: number, view: DiffView, { glyphs, yellow }: Paint): Line {
  const { path, text, outcome, added, removed, a, b } = file;
  const name =
    view.width === null ? printable(path) : cutInMiddle(printable(path), longestPath, glyphs.ellipsis);
  const counts = added === null || removed === null ? "" : `+${added} -${removed}`;
  const modes =
    a !== null && b !== null && a.mode !== b.mode ? `mode ${a.mode} ${glyphs.arrow} ${b.mode}` : "";
  const only = outcome === "only_a" ? "only in A" : outcome === "only_b" ? "only in B" : "";
  const size =
    counts !== "" ? counts : isUncounted(file) ? "content not here" : text === false ? "not text" : "";
  const words = [name.padEnd(width), size, modes, only, editWords(file)].filter((word) => word !== "");
  return outcome === "unknown"
    ? { text: `${glyphs.note} ${words.join("  ")}`, colour: yellow }
    : { text: words.join("  ") };
}

function isUncounted({ committed, text }: CodeFile): boolean {
  return committed !== "same" && committed !== "unknown" && text === null;
}

/** Uncommitted edits were there when the run started, and what they were is not on record. */
function editWords({ edited: { a, b }, outcome }: CodeFile): string {
  const sides =
    a === b
      ? [`${a} in A and B`]
      : [...(a === null ? [] : [`${a} in A`]), ...(b === null ? [] : [`${b} in B`])];
  if (a === null && b === null) return "";
  return `${outcome === "unknown" ? "not known: " : ""}${sides.join(", ")}, not committed`;
}

/** What changed, without what is around it; the number is the line's own, in A for `-`, in B for `+`. */
function excerptLines(files: readonly CodeFile[], paint: Paint): Line[] {
  const lines: Line[] = [];
  let left = 0;
  let cut = 0;
  for (const { path, hunks, added, removed } of files) {
    const changed = (hunks ?? []).flatMap(numberedLines);
    const shown = changed.slice(0, Math.max(0, Math.min(mostLinesOfFile, mostLines - lines.length)));
    if (shown.length > 0) lines.push({ text: "" }, { text: printable(path), colour: paint.bold });
    lines.push(...shown.map((line) => changedLine(line, paint)));
    const rest = (added ?? 0) + (removed ?? 0) - shown.length;
    if (rest > 0) cut += 1;
    left += Math.max(0, rest);
  }
  if (left === 0) return lines;
  const more = `${counted(left, "more changed line")} in ${counted(cut, "file")}: --patch shows all`;
  return [...lines, { text: more }];
}

interface NumberedLine {
  readonly number: number;
  readonly sign: string;
  readonly text: string;
}

function numberedLines({ a_start, b_start, lines }: Hunk): NumberedLine[] {
  const numbered: NumberedLine[] = [];
  let [a, b] = [a_start, b_start];
  for (const line of lines) {
    const sign = line.charAt(0);
    if (sign === "-" || sign === "+")
      numbered.push({ number: sign === "-" ? a : b, sign, text: line.slice(1) });
    if (sign === "-" || sign === " ") a += 1;
    if (sign === "+" || sign === " ") b += 1;
  }
  return numbered;
}

function changedLine({ number, sign, text }: NumberedLine, { red, green }: Paint): Line {
  return {
    text: `${String(number).padStart(5)}  ${sign}  ${visible(text)}`.trimEnd(),
    colour: sign === "-" ? red : green,
  };
}

/** As `git diff` prints it. */
function patchLines({ path, hunks, a, b }: CodeFile, paint: Paint): Line[] {
  if (hunks === null || hunks.length === 0) return [];
  const whole = true as const;
  const name = (side: string, entry: CodeFile["a"]) =>
    entry === null ? "/dev/null" : `${side}/${printable(path)}`;
  return [
    { text: "" },
    { text: `--- ${name("a", a)}`, colour: paint.bold, whole },
    { text: `+++ ${name("b", b)}`, colour: paint.bold, whole },
    ...hunks.flatMap((hunk) => [
      { text: headerOf(hunk), colour: paint.dim, whole },
      ...hunk.lines.map((line) => ({
        text: `${line.charAt(0)}${visible(line.slice(1))}`,
        ...(line.startsWith("-")
          ? { colour: paint.red }
          : line.startsWith("+")
            ? { colour: paint.green }
            : {}),
        whole,
      })),
    ]),
  ];
}

function headerOf({ a_start, a_lines, b_start, b_lines, heading }: Hunk): string {
  return `@@ -${a_start},${a_lines} +${b_start},${b_lines} @@ ${printable(heading)}`.trimEnd();
}

/** The carriage return of a line's end is seen only where it matters to a terminal: not at all. */
function visible(text: string): string {
  return printable(text.replace(/\r$/, "")).replaceAll("\t", "    ");
}
