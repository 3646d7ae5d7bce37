/** Takes the pre-commit hook out again: what we wrote goes, what others wrote stays as it is. */
import type { HookScene } from "../../store/hook-files.js";
import { callsOfUs, type HookChange, isOurs } from "./hook-change.js";
import { joiningLine } from "./install-hooks.js";

export interface UninstallHooksPorts {
  readonly scene: () => HookScene;
  readonly shippedHook: () => string;
  readonly write: (path: string, text: string, executable: boolean) => void;
  readonly remove: (path: string) => void;
  readonly forgetProgram: () => void;
}

export function uninstallHooks(ports: UninstallHooksPorts): HookChange {
  const { rewritten, ...change } = planUninstall(ports.scene(), ports.shippedHook());
  for (const { path, text } of rewritten) ports.write(path, text, false);
  for (const path of change.removed) ports.remove(path);
  if (change.status !== "by-hand") ports.forgetProgram();
  return { ...change, written: rewritten.map(({ path }) => path) };
}

interface Removal extends Omit<HookChange, "written"> {
  readonly rewritten: readonly { readonly path: string; readonly text: string }[];
}

export function planUninstall(scene: HookScene, shipped: string): Removal {
  const { manager, configuration, hook, script, shared } = scene;
  const caller = configuration ?? hook;
  const nothing = { manager, hook: caller.path, rewritten: [], byHand: null };
  // In a folder that other repositories share, nothing is ours.
  const beside = script.text === undefined || shared ? [] : [script.path];
  if (configuration === undefined && !shared && hook.text !== undefined && isOurs(hook.text, shipped)) {
    return { ...nothing, status: "removed", removed: [hook.path, ...beside] };
  }
  const rest = manager === "husky" ? withoutLine(hook.text) : undefined;
  if (rest !== undefined && callsOfUs(rest).length === 0) {
    // A hook that says nothing any more was there for our line alone.
    return rest.trim() === ""
      ? { ...nothing, status: "removed", removed: [hook.path, ...beside] }
      : { ...nothing, status: "removed", removed: beside, rewritten: [{ path: hook.path, text: rest }] };
  }
  const calls = callsOfUs(caller.text);
  if (calls.length > 0) {
    // Our script stays as long as a hook calls it: a call of nothing would stop every commit.
    const instruction = "what was added by hand is taken out by hand; this stands in";
    const byHand = { instruction, file: caller.path, text: calls.join("\n") };
    return { ...nothing, status: "by-hand", removed: [], byHand };
  }
  return { ...nothing, status: beside.length > 0 ? "removed" : "absent", removed: beside };
}

/** `undefined` when our line is not there, exactly as we wrote it. */
function withoutLine(text: string | undefined): string | undefined {
  const lines = text?.split("\n");
  return lines?.includes(joiningLine) ? lines.filter((line) => line !== joiningLine).join("\n") : undefined;
}
