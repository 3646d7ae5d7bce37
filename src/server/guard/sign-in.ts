/** How a browser shows the token: it stands behind the # of the address, which no browser sends; a script exchanges it for a cookie. */
import { createHash } from "node:crypto";
import { contentPolicy } from "../answers/headers.js";
import { refusalAnswer, refuse } from "../answers/refusal.js";
import type { Answer, Route } from "../route.js";
import type { Access } from "./access.js";

const script = `const token = new URLSearchParams(location.hash.slice(1)).get("token");
const say = (text) => { document.querySelector("p").textContent = text; };
if (token !== null) {
  history.replaceState(null, "", location.pathname);
  say("One moment …");
  fetch("/session", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ token }) })
    .then(({ ok }) => (ok ? location.reload() : say("This is not the token of this server. It is new at every start; open the address that colophon serve printed last.")))
    .catch(() => say("The server did not answer."));
}
`;

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Colophon</title>
<p>This server answers the user who started it. Open the address with the token that colophon serve printed.</p>
<script>${script}</script>
</html>
`;

const scriptHash = createHash("sha256").update(script).digest("base64");

/** For a person; a program gets JSON. */
export function askForToken(accept: string): Answer {
  const refused = refusalAnswer("TOKEN_NEEDED");
  if (!accept.includes("text/html")) return refused;
  return {
    ...refused,
    type: "text/html; charset=utf-8",
    body: page,
    headers: {
      ...refused.headers,
      "Content-Security-Policy": contentPolicy.replace(
        "script-src 'self'",
        `script-src 'sha256-${scriptHash}'`,
      ),
    },
  };
}

export const sessionPath = "/session";

/** The one route in front of which no token is needed: it takes it. */
export function sessionRoute(access: Access, port: () => number): Route {
  return {
    method: "POST",
    path: sessionPath,
    answer: async ({ body }) => {
      const cookie = access.exchange((body as { token?: unknown } | null)?.token, port());
      if (cookie === undefined) throw refuse("TOKEN_NEEDED");
      return { status: 204, type: "text/plain; charset=utf-8", body: "", headers: { "Set-Cookie": cookie } };
    },
  };
}
