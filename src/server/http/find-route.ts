/** Which route a path belongs to. */
import { refuse } from "../answers/refusal.js";
import type { Route } from "../route.js";

export interface Found {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** A path without a parameter goes before one with. @throws Refusal */
export function findRoute(routes: readonly Route[], method: string, path: string): Found {
  const matching = routes.flatMap((route) => {
    const params = paramsOf(route.path, path);
    return params === undefined ? [] : [{ route, params }];
  });
  if (matching.length === 0) throw refuse("NOTHING_HERE");
  const asked = method === "HEAD" ? "GET" : method;
  const [found] = matching
    .filter(({ route }) => route.method === asked)
    .sort((a, b) => Object.keys(a.params).length - Object.keys(b.params).length);
  if (found === undefined) throw refuse("OTHER_METHOD");
  return found;
}

/** `undefined` when it is not that path. A segment that decodes to several, or to none, is no parameter. */
function paramsOf(pattern: string, path: string): Record<string, string> | undefined {
  const [wanted, given] = [pattern.split("/"), path.split("/")];
  if (wanted.length !== given.length) return undefined;
  const params: [string, string][] = [];
  for (const [index, segment] of wanted.entries()) {
    const text = given[index] as string;
    if (!segment.startsWith(":")) {
      if (segment !== text) return undefined;
      continue;
    }
    const value = decoded(text);
    if (value === undefined || value === "" || /[/\\\0]/.test(value)) return undefined;
    params.push([segment.slice(1), value]);
  }
  return Object.fromEntries(params);
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
