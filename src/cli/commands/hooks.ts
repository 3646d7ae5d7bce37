import { exitStatus, UsageError } from "../../errors.js";
import { hooksPorts } from "../../local-ports/repository/hooks.js";
import { installHooks } from "../../operations/hooks/install-hooks.js";
import { uninstallHooks } from "../../operations/hooks/uninstall-hooks.js";
import { type Flags, parseArguments } from "../arguments.js";
import type { Command } from "../commands.js";
import { formatHookChange, hookChangeAsJson } from "../reports/report-hooks.js";
import { errPaint } from "../terminal/paint.js";
import type { Streams } from "../terminal/streams.js";

const flags: Flags = {
  json: { about: "print one JSON object (spec/cli/hooks.schema.json)" },
};

export const hooks: Command = {
  summary: "install or uninstall the pre-commit hook",
  usage: "colophon hooks install|uninstall [--json]",
  flags,
  notes: [
    "The hook judges staged manifests before each commit; it only reads. Once without it: git commit --no-verify",
    "core.hooksPath and husky are honoured; for lefthook, pre-commit and hooks that are there already, the lines to add",
    "are printed, and the exit status is 1 until they stand there. `git merge` without a conflict runs no pre-commit hook.",
    "",
    "  colophon hooks install",
  ],
  run: changeHooks,
};

async function changeHooks(words: readonly string[], streams: Streams): Promise<number> {
  const given = parseArguments("hooks", words, flags);
  const [verb, ...stray] = given.paths;
  if ((verb !== "install" && verb !== "uninstall") || stray.length > 0) throw noSuchVerb(given.paths);
  const ports = await hooksPorts(streams.directory, streams.env);
  const change = verb === "install" ? installHooks(ports) : uninstallHooks(ports);
  if (given.has("json")) {
    streams.out(`${JSON.stringify(hookChangeAsJson(change, ports.root), null, 2)}\n`);
  } else {
    const paint = errPaint(streams);
    for (const line of formatHookChange(change, ports.root, paint)) {
      streams.err(`${`${paint.glyphs.rule} ${line}`.trimEnd()}\n`);
    }
  }
  return change.byHand === null ? exitStatus.fine : exitStatus.findings;
}

function noSuchVerb(words: readonly string[]): UsageError {
  const found = words.length === 0 ? "nothing" : `"${words.join(" ")}"`;
  return new UsageError("NO_HOOKS_VERB", `colophon hooks takes install or uninstall; found ${found}`, {
    hint: "Type: colophon hooks install",
  });
}
