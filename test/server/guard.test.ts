import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { homedir, networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { refusals } from "../../src/server/answers/refusal.js";
import { newAccess } from "../../src/server/guard/access.js";
import { findOwner } from "../../src/server/guard/peer.js";
import { listen } from "../../src/server/http/listen.js";
import type { Route } from "../../src/server/route.js";
import { testIf } from "../files/scratch.js";
import { ask, canBeSomebodyElse, exchange, post, type Reply, type Started, startIn } from "./asking.js";

let folder: string;
let server: Started;
let port: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "colophon-guard-"));
  server = await startIn(folder);
  port = server.port;
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const everyHeader = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cache-control": "no-store",
};

function codeOf({ body }: Reply): string {
  return (JSON.parse(body) as { error: { code: string } }).error.code;
}

describe("where the server listens (rel-H1)", () => {
  testIf(process.platform === "linux", "this system lists no sockets")("is loopback and nothing else", () => {
    const wanted = port.toString(16).toUpperCase().padStart(4, "0");
    const listening = ["tcp", "tcp6"].flatMap((list) =>
      readFileSync(`/proc/self/net/${list}`, "latin1")
        .split("\n")
        .map((line) => line.trim().split(/\s+/))
        .filter(([, local, , state]) => state === "0A" && local?.endsWith(`:${wanted}`))
        .map(([, local]) => local?.split(":")[0]),
    );
    const expected = ["0100007F", "00000000000000000000000001000000"].slice(0, server.addresses.length);
    expect(listening.sort()).toEqual(expected.sort());
  });

  test("is no other address of this machine", async () => {
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === "IPv4");
    for (const { address } of others)
      await expect(exchange(port, "GET / HTTP/1.1\r\n\r\n", address)).rejects.toMatchObject({
        code: "ECONNREFUSED",
      });
    expect(server.addresses[0]).toBe("127.0.0.1");
  });

  test("answers at ::1 too, where there is one", async () => {
    if (!server.addresses.includes("::1")) return;
    const request = `GET /nothing HTTP/1.1\r\nHost: [::1]:${port}\r\nConnection: close\r\n\r\n`;
    expect((await exchange(port, request, "::1")).status).toBe(404);
  });

  test("is a port of its own: one that is taken is refused", async () => {
    await expect(startIn(folder, { port })).rejects.toMatchObject({ code: "PORT_TAKEN" });
  });
});

describe("the host that a request names (rel-H2)", () => {
  test.each([
    ["localhost"],
    ["127.0.0.1"],
    ["[::1]"],
    ["LOCALHOST"],
    ["localhost:PORT"],
    ["127.0.0.1:PORT"],
    ["[::1]:PORT"],
  ])("%s is this one", async (host) => {
    expect((await ask(port, { path: "/nothing", host: host.replace("PORT", String(port)) })).status).toBe(
      404,
    );
  });

  test.each([
    ["evil.com"],
    ["localhost.evil.com"],
    ["evil.com:PORT"],
    ["127.0.0.1.nip.io"],
    ["0.0.0.0:PORT"],
    ["localhost:1"],
    ["127.0.0.1:"],
    ["localhost."],
    ["localhost.:PORT"],
    ["2130706433"],
    ["0x7f.1"],
    ["127.1"],
    ["[::ffff:7f00:1]"],
    ["[::]"],
    ["user@localhost"],
    ["localhost, evil.com"],
    [" "],
  ])("%j is another", async (host) => {
    const reply = await ask(port, { path: "/secret-word", host: host.replace("PORT", String(port)) });
    expect([reply.status, codeOf(reply)]).toEqual([403, "FOREIGN_HOST"]);
    expect(reply.body).not.toContain("secret-word");
    expect(Object.keys(reply.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  });

  test("is named once, and in the first line the same", async () => {
    const line = (first: string, ...hosts: string[]) =>
      exchange(
        port,
        `${first}\r\n${hosts.map((host) => `Host: ${host}\r\n`).join("")}Connection: close\r\n\r\n`,
      );
    expect((await line("GET /nothing HTTP/1.1")).status).toBe(403);
    expect((await line("GET /nothing HTTP/1.0")).status).toBe(403);
    expect((await line("GET /nothing HTTP/1.1", "localhost", "evil.com")).status).toBe(403);
    expect((await line("GET /nothing HTTP/1.1", "localhost", "localhost")).status).toBe(403);
    expect((await line("GET http://evil.com/ HTTP/1.1", "localhost")).status).toBe(403);
    expect((await line("GET ftp://localhost/ HTTP/1.1", "localhost")).status).toBe(403);
    expect((await line(`GET http://localhost:${port}/nothing HTTP/1.1`, "localhost")).status).toBe(404);
  });
});

describe("pages of other origins (rel-H3)", () => {
  const fetched = (site: string, mode = "cors", dest = "empty") => [
    `Sec-Fetch-Site: ${site}`,
    `Sec-Fetch-Mode: ${mode}`,
    `Sec-Fetch-Dest: ${dest}`,
  ];

  test("are answered nothing, in any combination", async () => {
    const origins = [
      "http://evil.com",
      "null",
      "https://localhost:PORT",
      "http://localhost",
      "http://localhost:1",
      "http://localhost:PORT.evil.com",
      "file://",
      "http://127.0.0.1:PORT/",
    ];
    const sites = ["cross-site", "same-site", "same-origin", "none", "odd"];
    const asked = origins.flatMap((origin) => sites.map((site) => [origin, site] as const));
    let accepted = 0;
    for (const [origin, site] of asked) {
      const headers = [`Origin: ${origin.replace("PORT", String(port))}`, ...fetched(site)];
      const reply = await ask(port, { path: "/nothing", headers });
      if (reply.status !== 403 || codeOf(reply) !== "FOREIGN_ORIGIN") accepted += 1;
    }
    console.log(`rel-H3: ${asked.length} foreign combinations, ${accepted} accepted`);
    expect([asked.length, accepted]).toEqual([40, 0]);
  });

  test.each([
    ["a picture", fetched("cross-site", "no-cors", "image"), "/", "GET", 403],
    ["a frame", fetched("cross-site", "navigate", "iframe"), "/", "GET", 403],
    ["a page of another port", fetched("same-site"), "/", "GET", 403],
    ["a link to the first page", fetched("cross-site", "navigate", "document"), "/", "GET", 200],
    [
      "a link to another page",
      fetched("cross-site", "navigate", "document"),
      "/trace/x.00000000",
      "GET",
      403,
    ],
    ["a form of another page", fetched("cross-site", "navigate", "document"), "/", "POST", 403],
    ["the page itself", fetched("same-origin"), "/nothing", "GET", 404],
    ["an address that was typed", fetched("none", "navigate", "document"), "/nothing", "GET", 404],
  ] as const)("%s", async (_, headers, path, method, status) => {
    expect((await ask(port, { headers, path, method })).status).toBe(status);
  });

  test("its own origin, by each of its names, is none of them", async () => {
    for (const name of ["localhost", "127.0.0.1", "[::1]"]) {
      const headers = [`Origin: http://${name}:${port}`];
      expect((await ask(port, { path: "/nothing", headers })).status).toBe(404);
    }
  });

  test("an upgrade is refused, to a WebSocket as to HTTP/2", async () => {
    for (const protocol of ["websocket", "h2c"]) {
      const headers = [
        `Upgrade: ${protocol}`,
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
      ];
      const lines = ["GET / HTTP/1.1", `Host: localhost:${port}`, "Connection: Upgrade, close", ...headers];
      const reply = await exchange(port, `${lines.join("\r\n")}\r\n\r\n`);
      expect([reply.status, codeOf(reply)]).toEqual([426, "NO_UPGRADE"]);
    }
  });
});

describe("who may ask (rel-H4)", () => {
  const hello: Route = {
    method: "GET",
    path: "/hello",
    answer: async () => ({ status: 200, type: "text/plain; charset=utf-8", body: "hello" }),
  };

  async function serverFor(peer: "root" | "other" | "unknown") {
    const access = newAccess(() => peer);
    const { sessionRoute } = await import("../../src/server/guard/sign-in.js");
    let at = 0;
    const routes = [hello, sessionRoute(access, () => at)];
    const listening = await listen(0, { routes, access, onFault: () => {} });
    at = listening.port;
    return { ...listening, access };
  }

  testIf(process.platform === "linux", "this system lists no sockets")(
    "the user who started it, without a token",
    async () => {
      expect((await ask(port, { path: "/nothing" })).status).toBe(404);
    },
  );

  test.each(["root", "other", "unknown"] as const)("a peer that is %s needs the token", async (peer) => {
    const { port: at, access, close } = await serverFor(peer);
    try {
      expect(access.token).toMatch(/^[A-Za-z0-9_-]{43}$/);
      const wrong = `${access.token.slice(0, -1)}${access.token.endsWith("A") ? "B" : "A"}`;
      const refused = [
        [],
        [`Authorization: Bearer ${wrong}`],
        ["Authorization: Bearer"],
        [`Authorization: Basic ${access.token}`],
      ];
      for (const headers of [...refused, [`Cookie: colophon-${at}=${access.token}`]]) {
        const reply = await ask(at, { path: "/hello", headers });
        expect([reply.status, codeOf(reply)]).toEqual([401, "TOKEN_NEEDED"]);
        expect(reply.headers["www-authenticate"]).toContain("Bearer");
      }
      const reply = await ask(at, { path: "/hello", headers: [`Authorization: Bearer ${access.token}`] });
      expect([reply.status, reply.body]).toEqual([200, "hello"]);
      expect((await ask(at, { path: `/hello?token=${access.token}` })).status).toBe(401);
    } finally {
      await close();
    }
  });

  test("a browser exchanges it for a cookie that belongs to this port", async () => {
    const { port: at, access, close } = await serverFor("unknown");
    try {
      expect((await post(at, "/session", { token: "wrong" })).status).toBe(401);
      const { status, headers } = await post(at, "/session", { token: access.token });
      expect(status).toBe(204);
      const cookie = headers["set-cookie"] ?? "";
      expect(cookie).toMatch(
        new RegExp(`^colophon-${at}=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Strict$`),
      );
      expect(cookie).not.toContain(access.token);
      const pair = cookie.split(";")[0];
      expect((await ask(at, { path: "/hello", headers: [`Cookie: a=b; ${pair}`] })).body).toBe("hello");
      expect((await ask(at, { path: "/hello", headers: [`Cookie: ${pair}x`] })).status).toBe(401);
    } finally {
      await close();
    }
  });

  test("the cookie, which every server of this host gets to see, is nothing in another user's hands", async () => {
    const { port: at, access, close } = await serverFor("other");
    try {
      const { headers } = await post(at, "/session", { token: access.token });
      const pair = (headers["set-cookie"] ?? "").split(";")[0];
      expect((await ask(at, { path: "/hello", headers: [`Cookie: ${pair}`] })).status).toBe(401);
    } finally {
      await close();
    }
  });

  test("a browser without it gets a page that asks for it, whose script is the only one that may run", async () => {
    const { port: at, close } = await serverFor("unknown");
    try {
      const reply = await ask(at, { path: "/hello", headers: ["Accept: text/html,*/*;q=0.8"] });
      expect(reply.status).toBe(401);
      const script = /<script>([\s\S]*?)<\/script>/.exec(reply.body)?.[1] ?? "";
      const { createHash } = await import("node:crypto");
      const hash = createHash("sha256").update(script).digest("base64");
      expect(reply.headers["content-security-policy"]).toContain(`script-src 'sha256-${hash}';`);
    } finally {
      await close();
    }
  });

  testIf(canBeSomebodyElse, "nobody else can be asked here")(
    "another user gets 401 on every route",
    async () => {
      const paths = [
        "/",
        "/nothing",
        "/trace/a.00000000",
        "/trace/rows",
        "/trace/a.00000000/manifest",
        "/session",
      ];
      const script = `const [port, ...paths] = process.argv.slice(1);
      for (const path of paths) for (const host of ["127.0.0.1", "[::1]"]) for (const method of ["GET", "POST"]) {
        if (path === "/session" && method === "POST") continue; // It takes the token.
        const headers = { "content-type": "application/json" };
        const reply = await fetch("http://" + host + ":" + port + path, { method, headers, body: method === "POST" ? "{}" : undefined }).catch(() => ({ status: 0 }));
        console.log(reply.status);
      }`;
      const words = [
        "--reuid",
        "65533",
        "--clear-groups",
        process.execPath,
        "--input-type=module",
        "-e",
        script,
      ];
      const { stdout } = await promisify(execFile)("setpriv", [...words, "--", String(port), ...paths], {
        cwd: "/",
      });
      const statuses = stdout.trim().split("\n");
      console.log(`rel-H4: ${statuses.length} requests of another user`);
      expect(statuses.length).toBe(22);
      expect(
        statuses.filter((status) => status !== "401" && !(status === "0" && server.addresses.length === 1)),
      ).toEqual([]);
    },
  );

  test("a socket that nobody holds any more has no owner, though the system lists it as root's", () => {
    const line = (inode: number) =>
      `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   1: 0100007F:A001 0100007F:1F90 06 00000000:00000000 03:00000FFF 00000000     0        0 ${inode} 3`;
    const [theirs, ours] = [
      { address: "127.0.0.1", port: 0xa001 },
      { address: "127.0.0.1", port: 8080 },
    ];
    expect(findOwner(line(0), theirs, ours)).toBeUndefined();
    expect(findOwner(line(5), theirs, ours)).toBe(0);
    expect(findOwner(line(5), ours, theirs)).toBeUndefined();
  });
});

describe("what changes nothing (rel-H5)", () => {
  test("a POST without JSON, a method in disguise, or an unknown method is refused, and the project stays as it is", async () => {
    const before = readdirSync(folder, { recursive: true });
    const form = { method: "POST", path: "/trace/rows", body: "table=x" };
    const statuses = await Promise.all([
      ask(port, { ...form, headers: ["Content-Type: application/x-www-form-urlencoded"] }),
      ask(port, { ...form, headers: ["Content-Type: text/plain"] }),
      ask(port, { ...form, headers: ["Content-Type: application/jsonx"] }),
      ask(port, form),
      ask(port, { path: "/trace/rows?_method=POST", headers: ["X-HTTP-Method-Override: POST"] }),
      ask(port, { method: "OPTIONS", path: "/trace/rows" }),
      ask(port, { method: "PUT", path: "/trace/rows" }),
      ask(port, { method: "DELETE", path: "/trace/rows" }),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([415, 415, 415, 415, 404, 405, 405, 405]);
    expect(readdirSync(folder, { recursive: true })).toEqual(before);
  });

  test("addresses of a tracking server, and its queries, are none of ours (rel-H12)", async () => {
    for (const path of ["/api/2.0/mlflow/runs/create", "/ajax-api/2.0/mlflow/experiments/search", "/graphql"])
      expect((await post(port, path, {})).status).toBe(404);
  });
});

describe("every answer", () => {
  /** One request for each refusal, and whatever else there is. */
  const asked: Readonly<Record<string, () => Promise<Reply>>> = {
    TOKEN_NEEDED: () => post(port, "/session", { token: "" }),
    BAD_REQUEST: () => exchange(port, "no HTTP\r\n\r\n"),
    BAD_BODY: () => post(port, "/trace/rows", "{"),
    FOREIGN_HOST: () => ask(port, { host: "evil.com" }),
    FOREIGN_ORIGIN: () => ask(port, { headers: ["Origin: http://evil.com"] }),
    NOTHING_HERE: () => ask(port, { path: "/nothing" }),
    NO_SUCH_FIGURE: () => ask(port, { path: "/trace/nothing.00000000" }),
    NO_SUCH_TABLE: () => post(port, "/trace/rows", { table: "nothing" }),
    OTHER_METHOD: () => ask(port, { method: "DELETE", path: "/trace/rows" }),
    JSON_NEEDED: () => ask(port, { method: "POST", path: "/trace/rows", body: "" }),
    BODY_TOO_LARGE: () => post(port, "/trace/rows", `"${"x".repeat(1024 * 1024)}"`),
    NO_UPGRADE: () => ask(port, { headers: ["Upgrade: websocket"] }),
    HEADERS_TOO_LARGE: () => ask(port, { headers: [`X-Long: ${"x".repeat(9000)}`] }),
  };

  test.each(Object.keys(asked))(
    "%s has all the headers (rel-H6), and the same words for everybody (rel-H14)",
    async (code) => {
      const reply = await (asked[code] as () => Promise<Reply>)();
      const { status, message, hint } = refusals[code as keyof typeof refusals];
      expect(reply.status).toBe(status);
      expect(reply.headers).toMatchObject(everyHeader);
      expect(reply.headers["content-type"]).toBe("application/json; charset=utf-8");
      expect(JSON.parse(reply.body)).toEqual({ error: { code, message, hint } });
    },
  );

  test("that is an error names no place of this machine, no stack, and nothing that was asked (rel-H14)", async () => {
    const odd = "odd-word-17";
    const paths = [
      `/${odd}`,
      `/trace/${odd}.00000000`,
      `/trace/${odd}%00`,
      `/trace/%E0%A4%A`,
      `/trace/..%2f..%2f${odd}`,
      `//${odd}/`,
      `/trace/rows/${odd}`,
      "*",
      `/${"%2e%2e/".repeat(20)}${odd}`,
    ];
    const bodies = [
      { table: odd },
      { table: odd, keys: { [odd]: odd } },
      { table: 1, [odd]: odd },
      { table: odd, figure_id: odd },
      [odd],
      `{"${odd}":`,
      `{"table":"a","table":"${odd}"}`,
      `${"[".repeat(5000)}`,
    ];
    const code = fileURLToPath(new URL("../..", import.meta.url));
    const places = [folder, code, tmpdir(), homedir()].filter((place) => place !== "/");
    const replies = [
      ...(await Promise.all(paths.map((path) => ask(port, { path })))),
      ...(await Promise.all(bodies.map((body) => post(port, "/trace/rows", body)))),
      await ask(port, { headers: [`Host: ${odd}`] }),
      await exchange(port, `${odd} / ${odd}\r\n\r\n`),
    ];
    for (const { raw, status } of replies) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(raw).not.toContain(odd);
      for (const place of places) expect(raw).not.toContain(place);
      expect(raw).not.toMatch(/\bat .+:\d+:\d+|node:/);
    }
    expect(server.faults).toEqual([]);
  });

  test("of a route that fails says nothing of why, and the terminal all of it", async () => {
    const faults: unknown[] = [];
    const broken: Route = {
      method: "GET",
      path: "/",
      answer: async () => {
        throw new Error(`/secret/place ${folder}`);
      },
    };
    const { port: at, close } = await listen(0, {
      routes: [broken],
      access: newAccess(() => "own"),
      onFault: (fault) => faults.push(fault),
    });
    try {
      const reply = await ask(at);
      expect([reply.status, codeOf(reply)]).toEqual([500, "SERVER_FAULT"]);
      expect(reply.raw).not.toContain("secret");
      expect(reply.headers).toMatchObject(everyHeader);
      expect(faults).toHaveLength(1);
    } finally {
      await close();
    }
  });

  test("to HEAD has the headers of GET, and no body", async () => {
    const [get, head] = await Promise.all([
      ask(port, { path: "/nothing" }),
      ask(port, { method: "HEAD", path: "/nothing" }),
    ]);
    expect([head.status, head.body]).toEqual([get.status, ""]);
    expect(head.headers["content-length"]).toBe(get.headers["content-length"]);
  });
});
