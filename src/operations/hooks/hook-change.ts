/** What a change of hooks comes to, and how our own part of a hook is told from everybody else's. */
import type { HookManager } from "../../store/hook-files.js";

export interface HookChange {
  readonly manager: HookManager;
  /** `by-hand`: nothing calls Colophon until somebody does what `byHand` says (or, when removing, something still does). */
  readonly status: "installed" | "updated" | "unchanged" | "removed" | "absent" | "by-hand";
  /** The file that Git, or the manager, starts from. */
  readonly hook: string;
  readonly written: readonly string[];
  readonly removed: readonly string[];
  readonly byHand: ByHand | null;
}

export interface ByHand {
  /** Ends where the name of the file follows, or, without a file, the text itself. */
  readonly instruction: string;
  readonly file: string | null;
  readonly text: string;
}

/** A change before it is made. */
export interface ScriptedChange extends Omit<HookChange, "written" | "removed"> {
  readonly files: readonly { readonly path: string; readonly text: string; readonly executable: boolean }[];
  /** Whether our script is what runs in the end, which may have to be told where the program is. */
  readonly usesScript: boolean;
}

/** Ours, of this version or another, and whole: begins and ends as the shipped one, so that nothing was added to it. */
export function isOurs(text: string, shipped: string): boolean {
  const head = shipped.split("\n").slice(0, 2).join("\n");
  return text === shipped || (text.startsWith(`${head}\n`) && text.endsWith("\nexit 1\n"));
}

/** The lines, comments aside, by which a hook or a manager's file has Colophon run. */
export function callsOfUs(text: string | undefined): string[] {
  return (text ?? "").split("\n").filter((line) => call.test(line));
}

const call =
  /^[^#]*(colophon-pre-commit|colophon(\.cjs)?["']?\s+validate|\bid:\s*["']?colophon\b|\bCOLOPHON=)/;
