/** What went wrong on the way to a remote, in Git's own words, without credentials. */
import { GitError } from "../../errors.js";
import { redactText } from "../../secrets/text.js";
import { redactUrl } from "../../secrets/url.js";
import type { GitOutcome } from "../run-git.js";
import type { Remote } from "./remote.js";

const mostLines = 6;

export function unreachable(remote: Remote, what: string, outcome: GitOutcome): GitError {
  const said = lastWords(outcome.stderr, remote);
  const ended = outcome.signal === null ? "" : ` (Git was ended by ${outcome.signal})`;
  const lines = said.map((line) => `\n  ${line}`).join("");
  return new GitError("REMOTE_UNREACHABLE", `${remote.name} (${remote.address}): ${what}${ended}${lines}`, {
    hint: hintFor(outcome.stderr, remote),
  });
}

/** What was sent or fetched before stays; so the same line is right again. */
function hintFor(stderr: string, { name }: Remote): string {
  if (/transport '.*' not allowed/.test(stderr))
    return "Use an address that begins with https://, ssh:// or file://: others would start programs.";
  if (/could not read (Username|Password)|Authentication failed|Permission denied \(/i.test(stderr))
    return `See that Git can log in there, then type the same again: git ls-remote ${name}`;
  return `See whether Git reaches it, then type the same again: git ls-remote ${name}`;
}

/** Progress is no reason; what stands last is. */
function lastWords(stderr: string, remote: Remote): string[] {
  const lines = stderr
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^(remote: )?[A-Z][a-z]+( [a-z]+)*: +\d+%/.test(line));
  return lines.slice(-mostLines).map((line) => withoutCredentials(line, remote));
}

/** Git leaves most of them out by itself, and not all. */
export function withoutCredentials(text: string, { addresses }: Pick<Remote, "addresses">): string {
  let shown = text;
  for (const address of addresses) {
    shown = shown.replaceAll(address, redactUrl(address).value);
    const login = /^[\w+.-]+:\/\/([^/?#]+)@/.exec(address)?.[1] ?? "";
    const secrets = [login, login.slice(login.indexOf(":") + 1)].filter(
      (one) => one.length > 3 && one !== "git",
    );
    for (const secret of secrets) shown = shown.replaceAll(secret, "«redacted:url-credentials»");
  }
  return redactText(shown).value;
}
