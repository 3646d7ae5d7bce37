/** User and password in one word: in an address, and behind `-u`. */
import { looksRandom, standsForNothing } from "./judge.js";
import type { Secret } from "./secret.js";

/** `scheme://user:password@host` and `scheme://token@host`, also with slashes escaped as in JSON. */
export function findUrlLogins(line: string): Secret[] {
  if (!line.includes("@")) return [];
  return [...line.matchAll(urlLogin), ...line.matchAll(unescapedUrlLogin)].flatMap((match) => {
    const login = match[1]!;
    const start = match.index + match[0].length - login.length - 1;
    return holdsSecret(login) ? [{ start, end: start + login.length, rule: "url-credentials" }] : [];
  });
}

const urlLogin = /:\\?\/\\?\/([^\x00-\x20/?#"'<>`\\]{1,1024})@/g;

/** A password with `/`, `?` or `#` in it: what follows the colon is no port number. */
const unescapedUrlLogin =
  /:\/\/([^\x00-\x20/?#@:"'<>`[\\]{0,128}:(?!\d{1,5}(?:[/?#,;)\]}"'\x00-\x20]|$))[^\x00-\x20@"'<>`]{1,256})@/g;

function holdsSecret(login: string): boolean {
  if (standsForNothing(login)) return false;
  const colon = login.indexOf(":");
  const user = colon < 0 ? login : login.slice(0, colon);
  const password = colon < 0 ? "" : login.slice(colon + 1);
  if (password === "") return colon >= 0 ? user !== "" : user.length >= 16 && looksRandom(user);
  return !standsForNothing(password);
}

/** `-u user:password`, as curl and many a client take it; not `docker -u 1000:1000`, `python -u`, nor an address. */
export function findFlagLogins(line: string): Secret[] {
  if (!/-u|-U|user/.test(line)) return [];
  return Array.from(line.matchAll(flagLogin), (match) => {
    const end = match.index + match[0].length;
    return { start: end - match[1]!.length, end, rule: "login" };
  });
}

/** The same for a word of a command, which ends where the word ends. */
export function isLogin(word: string): boolean {
  return /^(?!\d+:\d+$|[A-Za-z]:[\\/])[^:\s/]{0,64}:(?!\/\/).+$/s.test(word);
}

const flagLogin =
  /(?<![\w-]|python[\d.]{0,5} )(?:-u|-U|--user|--proxy-user)(?:[ \t]{1,8}|=)\\?["']?((?!\d+:\d+(?:[\x00-\x20"']|$)|[A-Za-z]:[\\/])[\w.@+%-]{0,64}:(?!\/\/)[^\x00-\x20"']{1,256})/g;
