/** What became of the hook, and what is left to do by hand. */
import { isAbsolute, relative } from "node:path";
import type { HookChange } from "../../operations/hooks/hook-change.js";
import { type Paint, printable } from "../terminal/paint.js";

/** Below the work tree as a relative path; the Git folder of a linked work tree lies elsewhere. */
export function showPath(path: string, root: string): string {
  const way = relative(root, path);
  return way.startsWith("..") || isAbsolute(way) ? path : way;
}

export function formatHookChange(change: HookChange, root: string, paint: Paint): string[] {
  const { status, hook, byHand } = change;
  const place = printable(showPath(hook, root));
  const { ok, note } = paint.glyphs;
  const said = {
    installed: `${paint.green(ok)} hook installed: ${place}`,
    updated: `${paint.green(ok)} hook brought up to date: ${place}`,
    unchanged: `${paint.green(ok)} hook is there already: ${place}`,
    removed: `${paint.green(ok)} hook removed: ${place}`,
    absent: `${paint.green(ok)} there is no hook of Colophon's: ${place}`,
    "by-hand": `${paint.yellow(note)} left as it is: ${place}`,
  }[status];
  if (byHand === null) return [said];
  const where = byHand.file === null ? "" : ` ${printable(showPath(byHand.file, root))}`;
  return [
    said,
    `${paint.glyphs.arrow} ${byHand.instruction}${where}:`,
    "",
    ...byHand.text.split("\n").map((line) => `    ${printable(line)}`),
    "",
  ];
}

/** As `spec/cli/hooks.schema.json` has it. */
export function hookChangeAsJson(change: HookChange, root: string): object {
  const { byHand } = change;
  const show = (path: string) => showPath(path, root);
  return {
    manager: change.manager,
    status: change.status,
    hook: show(change.hook),
    written: change.written.map(show),
    removed: change.removed.map(show),
    by_hand: byHand === null ? null : { ...byHand, file: byHand.file === null ? null : show(byHand.file) },
  };
}
