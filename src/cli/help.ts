/** Help texts, made from the tables. Only what works is listed. */
import { version } from "../version.js";
import type { Command } from "./commands.js";
import { commands } from "./commands.js";

export function overview(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return `colophon ${version}: a record, in your own Git history, of what every experiment was made from

usage: colophon <command> [flags]

${lines.join("\n")}

examples:
  colophon run --data train=data/train.csv -- python train.py --lr 3e-4
  colophon run --synthetic-seed 42 -- ./simulate
  colophon validate records

colophon <command> --help says more. Exit status: 0 fine, 1 findings, 2 usage, 3 could not run;
\`run\` returns the command's own, or 125, 126, 127 when it was not started.
`;
}

export function helpOf(name: string, { summary, usage, flags, notes }: Command): string {
  const rows = Object.entries(flags).map(([flag, { value, alone, repeat, short, about, choices }]) => {
    const shown = choices === undefined ? value : choices.filter((choice) => choice !== alone).join("|");
    const behind = alone === undefined ? ` ${shown}` : `[=${shown}]`;
    return [
      `  ${short ? `-${short}, ` : ""}--${flag}${shown === undefined ? "" : behind}`,
      `${about}${repeat ? " (may be given again)" : ""}`,
    ] as const;
  });
  const width = Math.min(34, Math.max(...rows.map(([left]) => left.length), 0));
  const lines = rows.map(([left, right]) =>
    left.length > width ? `${left}\n${" ".repeat(width)}  ${right}` : `${left.padEnd(width)}  ${right}`,
  );
  return `${[`colophon ${name}: ${summary}`, "", `usage: ${usage}`, "", ...lines, ...(notes.length > 0 ? ["", ...notes] : [])].join("\n")}\n`;
}
