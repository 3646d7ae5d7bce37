/** Addresses of Git remotes and packages, as they may be recorded. */
import { mergeRedactions, type Redacted } from "./redactions.js";
import { redactText } from "./text.js";

/** `https://u:p@h/r.git?x=y` → `https://h/r.git`. What is no address (a folder, `git@host:path`) passes the rules for text. */
export function redactUrl(url: string): Redacted<string> {
  const parts = /^((?:[\w+.-]+::)?([a-z][\w+.-]*):\/\/)(.*)$/is.exec(url);
  if (parts === null) return redactText(url);
  const [, scheme = "", protocol = "", address = ""] = parts;
  const [, authority = "", path = "", query = ""] =
    unescapedLogin.exec(address) ?? /^([^/?#]*)([^?#]*)(.*)$/s.exec(address) ?? [];
  const { user, password, host } = splitAuthority(authority);
  const kept = keepsUser(protocol, user) ? `${user}@` : "";
  const stripped = kept === "" ? user !== null : password !== null;
  const rest = redactText(`${scheme}${kept}${host}${path}`);
  return {
    value: rest.value,
    redactions: mergeRedactions(
      rest.redactions,
      stripped ? { "url-credentials": 1 } : {},
      query.length > 1 ? { "url-query": 1 } : {},
    ),
  };
}

/** `u:pa/ss@h/r`: what follows the colon is no port, so it is a password that should have been escaped. */
const unescapedLogin = /^([^/?#@:[\]]*:(?!\d{1,5}(?:[/?#]|$))[^@/?#]*[/?#].*@[^/?#]*)([^?#]*)(.*)$/s;

/** The host begins after the last `@`: passwords with an unescaped `@` are common. */
function splitAuthority(authority: string): { user: string | null; password: string | null; host: string } {
  const at = authority.lastIndexOf("@");
  if (at < 0) return { user: null, password: null, host: authority };
  const login = authority.slice(0, at);
  const colon = login.indexOf(":");
  return {
    user: colon < 0 ? login : login.slice(0, colon),
    password: colon < 0 ? null : login.slice(colon + 1),
    host: authority.slice(at + 1),
  };
}

/** Over SSH the user is part of the address, as in `git@host:path`; everywhere else it may itself be the token. */
function keepsUser(protocol: string, user: string | null): boolean {
  return user !== null && /(?:^|\+)ssh$/i.test(protocol) && /^[\w.-]{1,15}$/.test(user);
}
