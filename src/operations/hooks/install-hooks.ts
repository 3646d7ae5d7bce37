/** Puts the pre-commit hook where Git will run it. A hook of somebody else's is never changed: one line is added, or asked for. */
import type { HookFile, HookScene } from "../../store/hook-files.js";
import { callsOfUs, type HookChange, isOurs, type ScriptedChange } from "./hook-change.js";

export interface InstallHooksPorts {
  readonly scene: () => HookScene;
  readonly shippedHook: () => string;
  readonly write: (path: string, text: string, executable: boolean) => void;
  readonly noteProgram: () => void;
}

export function installHooks(ports: InstallHooksPorts): HookChange {
  const scene = ports.scene();
  const { files, usesScript, ...change } = planInstall(scene, ports.shippedHook());
  for (const { path, text, executable } of files) ports.write(path, text, executable);
  if (usesScript) ports.noteProgram();
  return { ...change, written: files.map(({ path }) => path), removed: [] };
}

/** What to do about what is there; decides everything, does nothing. */
export function planInstall(scene: HookScene, script: string): ScriptedChange {
  if (scene.configuration !== undefined) return joinManager(scene);
  if (scene.shared) return joinShared(scene);
  if (scene.manager === "husky") {
    const change = standBeside(scene, script);
    return scene.active ? change : setUpHusky(change);
  }
  if (scene.hook.text === undefined || isOurs(scene.hook.text, script)) return placeHook(scene, script);
  return standBeside(scene, script);
}

/** The line that calls our script from a shell script beside it; it ends that hook the way ours ended. */
export const joiningLine = `sh "$(dirname "$0")/colophon-pre-commit" || exit`;

const stanzas = {
  lefthook: `pre-commit:
  commands:
    colophon:
      run: colophon validate --staged`,
  "pre-commit": `  - repo: local
    hooks:
      - id: colophon
        name: colophon validate --staged
        entry: colophon validate --staged
        language: system
        always_run: true
        pass_filenames: false`,
};

function joinManager({ manager, configuration }: HookScene): ScriptedChange {
  const path = configuration?.path as string;
  const nothing = { manager, hook: path, files: [], usesScript: false };
  if (callsOfUs(configuration?.text).length > 0) return { ...nothing, status: "unchanged", byHand: null };
  const text = stanzas[manager as keyof typeof stanzas];
  const instruction = manager === "lefthook" ? "add this to" : 'add this under "repos" in';
  return { ...nothing, status: "by-hand", byHand: { instruction, file: path, text } };
}

/** A folder outside the repository serves other repositories too, so what stands there is their business as well. */
function joinShared({ manager, hook }: HookScene): ScriptedChange {
  const nothing = { manager, hook: hook.path, files: [], usesScript: false };
  if (callsOfUs(hook.text).length > 0) return { ...nothing, status: "unchanged", byHand: null };
  const text = "! command -v colophon >/dev/null || colophon validate --staged || exit";
  const instruction = "core.hooksPath leads out of this repository; add this line to";
  return { ...nothing, status: "by-hand", byHand: { instruction, file: hook.path, text } };
}

function placeHook({ manager, hook }: HookScene, script: string): ScriptedChange {
  const same = hook.text === script;
  const files = same ? [] : [{ path: hook.path, text: script, executable: true }];
  const status = same ? "unchanged" : hook.text === undefined ? "installed" : "updated";
  return { manager, hook: hook.path, status, byHand: null, usesScript: true, files };
}

/** Ours stands ready beside a hook that others write in. Husky's is made to be added to; any other is theirs to change. */
function standBeside(scene: HookScene, script: string): ScriptedChange {
  const { hook, manager } = scene;
  const calls = callsOfUs(hook.text);
  // A call of a script that is not there would stop every commit; a hook that calls the program itself needs no script.
  const usesScript = calls.length === 0 || calls.some((line) => line.includes("colophon-pre-commit"));
  const beside = usesScript ? scriptBeside(scene, script) : [];
  const change = { manager, hook: hook.path, usesScript, byHand: null };
  if (calls.length > 0)
    return { ...change, status: beside.length > 0 ? "updated" : "unchanged", files: beside };
  if (manager === "husky")
    return { ...change, status: "installed", files: [...beside, withLine(scene.hook)] };
  const instruction = "there is a hook already; add this line to";
  return {
    ...change,
    status: "by-hand",
    files: beside,
    byHand: { instruction, file: hook.path, text: joiningLine },
  };
}

function withLine({ path, text = "" }: HookFile): ScriptedChange["files"][number] {
  const whole = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  return { path, text: `${whole}${joiningLine}\n`, executable: text === "" };
}

/** Husky's hooks are in every clone, but Git runs them only in those where husky has been set up. */
function setUpHusky(change: ScriptedChange): ScriptedChange {
  return {
    ...change,
    byHand: { instruction: "husky is not set up in this clone; type", file: null, text: "npx husky" },
  };
}

function scriptBeside({ script }: HookScene, text: string): ScriptedChange["files"] {
  return script.text === text ? [] : [{ path: script.path, text, executable: true }];
}
