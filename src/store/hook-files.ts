/** What is there of Git hooks in a repository and who looks after them; and the few files that we put there ourselves. */
import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, rmdirSync, rmSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { ColophonError } from "../errors.js";
import { writeAtomic } from "../files/write-atomic.js";

export type HookManager = "git" | "husky" | "lefthook" | "pre-commit";

/** All paths are absolute. */
export interface HookScene {
  readonly manager: HookManager;
  /** Whether Git runs the manager's hooks already. */
  readonly active: boolean;
  /** lefthook's or pre-commit's own file. */
  readonly configuration: HookFile | undefined;
  /** Where hooks stand; outside the repository, other repositories use it too. */
  readonly folder: string;
  readonly shared: boolean;
  readonly hook: HookFile;
  /** Our script under the name it has beside a hook of somebody else's. */
  readonly script: HookFile;
}

export interface HookFile {
  readonly path: string;
  /** One character a byte, so that what is not ours comes back as it was; `undefined` when there is no such file. */
  readonly text: string | undefined;
}

export interface HookPlaces {
  /** The work tree. */
  readonly root: string;
  /** The Git folder that all linked work trees share. */
  readonly commonFolder: string;
  /** The folder of Git's hooks, and whether `core.hooksPath` says so. */
  readonly hooks: { readonly path: string; readonly configured: boolean };
}

export function readHookScene({ root, commonFolder, hooks }: HookPlaces): HookScene {
  const husky = findHusky(root, hooks);
  const { manager, configuration } =
    husky !== undefined && hooks.configured ? { manager: "husky" as const } : findManager(root, husky);
  const folder = manager === "husky" ? (husky as string) : hooks.path;
  return {
    manager,
    active: manager !== "husky" || hooks.configured,
    configuration: configuration === undefined ? undefined : readHookFile(configuration),
    folder,
    shared: !isBelow(folder, root) && !isBelow(folder, commonFolder),
    hook: readHookFile(join(folder, "pre-commit")),
    script: readHookFile(join(folder, "colophon-pre-commit")),
  };
}

/** Hooks are read by Git while they are replaced, so they are put in place whole. */
export function writeHookFile(path: string, text: string, executable: boolean): void {
  mkdirSync(dirname(path), { recursive: true });
  writeAtomic(path, Buffer.from(text, "latin1"));
  if (executable) chmodSync(path, 0o755);
}

export function removeHookFile(path: string): void {
  rmSync(path, { force: true });
}

/** The shipped hook, in the package that this program belongs to. */
export function readShippedHook(program: string): string {
  const file = join(dirname(realpathSync(program)), "..", "hooks", "pre-commit");
  try {
    return readFileSync(file, "latin1");
  } catch (cause) {
    throw new ColophonError("HOOK_SCRIPT_MISSING", `this installation of Colophon lacks its hook: ${file}`, {
      hint: "Install Colophon again as a whole package.",
      cause,
    });
  }
}

/**
 * Notes which Node and which program the hook may ask where neither is on its PATH. It stands in the Git folder, since it
 * is true of this machine only.
 */
export function noteProgram(commonFolder: string, node: string, program: string): void {
  writeHookFile(
    noteIn(commonFolder),
    Buffer.from(`${node}\n${realpathSync(program)}\n`).toString("latin1"),
    false,
  );
}

export function forgetProgram(commonFolder: string): void {
  rmSync(noteIn(commonFolder), { force: true });
  try {
    rmdirSync(dirname(noteIn(commonFolder)));
  } catch {
    // It holds something else, or was never there.
  }
}

function noteIn(commonFolder: string): string {
  return join(commonFolder, "colophon", "program");
}

function readHookFile(path: string): HookFile {
  if (!existsSync(path)) return { path, text: undefined };
  try {
    return { path, text: readFileSync(path, "latin1") };
  } catch (cause) {
    throw new ColophonError("HOOK_UNREADABLE", `cannot read the hook ${path}: ${(cause as Error).message}`, {
      hint: `Look at what stands there: ls -ld ${path}`,
      cause,
    });
  }
}

/** husky 9 sends Git to `.husky/_`, older ones to `.husky`; either way the hooks that people write stand in `.husky`. */
function findHusky(root: string, { path, configured }: HookPlaces["hooks"]): string | undefined {
  if (!configured) return existsSync(join(root, ".husky")) ? join(root, ".husky") : undefined;
  const folder = basename(path) === "_" ? dirname(path) : path;
  const known = ["_/h", "_/husky.sh"].some((file) => existsSync(join(folder, file)));
  return known || basename(folder) === ".husky" ? folder : undefined;
}

/** Managers that own Git's hooks themselves are seen by their file, even before they have installed anything. */
function findManager(
  root: string,
  husky: string | undefined,
): { manager: HookManager; configuration?: string } {
  const lefthook = ["", ".", ".config/"]
    .flatMap((before) =>
      ["yml", "yaml", "json", "jsonc", "toml"].map((ending) => `${before}lefthook.${ending}`),
    )
    .find((file) => existsSync(join(root, file)));
  if (lefthook !== undefined) return { manager: "lefthook", configuration: join(root, lefthook) };
  const framework = [".pre-commit-config.yaml", ".pre-commit-config.yml"].find((file) =>
    existsSync(join(root, file)),
  );
  if (framework !== undefined) return { manager: "pre-commit", configuration: join(root, framework) };
  return { manager: husky === undefined ? "git" : "husky" };
}

function isBelow(path: string, folder: string): boolean {
  const way = relative(realpathSync(folder), existsSync(path) ? realpathSync(path) : path);
  return way !== ".." && !way.startsWith(`..${sep}`);
}
