import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { fileAnswer, fileNameParameter } from "../../src/server/answers/file-answer.js";
import { newAccess } from "../../src/server/guard/access.js";
import { type Listening, limits, listen } from "../../src/server/http/listen.js";
import type { Answer, Route } from "../../src/server/route.js";
import { ask, exchange, post } from "./asking.js";

const hello: Answer = { status: 200, type: "text/plain; charset=utf-8", body: "hello" };
let answers = 0;

const routes: readonly Route[] = [
  { method: "GET", path: "/", answer: async () => hello },
  {
    method: "POST",
    path: "/count",
    answer: async () => {
      answers += 1;
      return hello;
    },
  },
  {
    method: "GET",
    path: "/half",
    answer: async () => ({ ...hello, body: half() }),
  },
];

async function* half(): AsyncIterable<Uint8Array> {
  yield Buffer.from("half of it");
  await new Promise((resolve) => setImmediate(resolve));
  throw new Error("the rest is lost");
}

let server: Listening;
const faults: unknown[] = [];

beforeAll(async () => {
  const access = newAccess(() => "own");
  const within = { ...limits, headers: 400, request: 800, connections: 40 };
  server = await listen(0, { routes, access, onFault: (fault) => faults.push(fault) }, within);
});
afterAll(() => server.close());

describe("limits (rel-H13)", () => {
  test("are those of the requirement", () => {
    expect(limits).toEqual({ headerBytes: 8192, request: 30_000, headers: 10_000, connections: 256 });
  });

  test("a body of 1 MiB is read, one byte more is not, however it says its length", async () => {
    const body = (bytes: number) => `"${"x".repeat(bytes - 2)}"`;
    expect((await post(server.port, "/count", body(1024 * 1024))).status).toBe(200);
    expect((await post(server.port, "/count", body(1024 * 1024 + 1))).status).toBe(413);
    const chunks = `${(700_000).toString(16)}\r\n${"x".repeat(700_000)}\r\n`;
    const head = `POST /count HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
    expect((await exchange(server.port, `${head}${chunks}${chunks}0\r\n\r\n`)).status).toBe(413);
    expect(answers).toBe(1);
  });

  test("JSON is read as strictly as a manifest", async () => {
    const bad = ['{"a":1,"a":2}', '{"__proto__":1}', "NaN", "[".repeat(600), '"\\ud800', "1e999", ""];
    for (const body of bad)
      expect([body, (await post(server.port, "/count", body)).status]).toEqual([body, 400]);
    expect(answers).toBe(1);
  });

  test("a request that never ends is closed, and says so", async () => {
    const slowHeaders = exchange(server.port, "GET / HTTP/1.1\r\nHost: localhost\r\n");
    const slowBody = exchange(
      server.port,
      "POST /count HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{",
    );
    const replies = await Promise.all([slowHeaders, slowBody]);
    expect(replies.map(({ status }) => status)).toEqual([408, 408]);
    expect(replies[0]?.headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    });
  });

  test("connections that ask nothing give way to those that ask", async () => {
    const idle: Socket[] = [];
    for (let n = 0; n < 500; n += 1) {
      const socket = connect({ port: server.port, host: "127.0.0.1" });
      socket.on("error", () => {});
      await once(socket, "connect");
      socket.write("GET / HTTP/1.1\r\nHost: loc");
      idle.push(socket);
    }
    let answered = 0;
    for (let n = 0; n < 20; n += 1) if ((await ask(server.port)).body === "hello") answered += 1;
    for (const socket of idle) socket.destroy();
    console.log(`rel-H13: ${idle.length} connections that ask nothing, ${answered} of 20 requests answered`);
    expect(answered).toBe(20);
  });

  test("two requests on one connection that came together are both answered", async () => {
    const request = "GET / HTTP/1.1\r\nHost: localhost\r\n";
    const { raw } = await exchange(server.port, `${request}\r\n${request}Connection: close\r\n\r\n`);
    expect(raw.match(/hello/g)).toHaveLength(2);
  });

  test("an answer that fails half-way is no whole answer", async () => {
    const { raw } = await ask(server.port, { path: "/half" });
    expect(raw).toContain("half of it");
    expect(raw).not.toContain("0\r\n\r\n");
    expect(raw).not.toContain("lost");
    expect(faults).toHaveLength(1);
  });
});

describe("files (rel-H8)", () => {
  const png = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");
  const html = Buffer.from("<!doctype html><script>alert(1)</script>");
  const shown: readonly (readonly [string, Buffer, string])[] = [
    ["a.png", png, "image/png"],
    ["a.html", png, "image/png"],
    ["a.jpg", Buffer.from("ffd8ffe000104a464946", "hex"), "image/jpeg"],
    ["a.gif", Buffer.from("GIF89a\x01\x00"), "image/gif"],
    ["a.webp", Buffer.from("RIFF\x10\x00\x00\x00WEBPVP8 "), "image/webp"],
    ["refs.txt", Buffer.from("[1] Ü, <b>title</b>\n"), "text/plain; charset=utf-8"],
  ];

  test.each(shown)("%s is shown by what it is", (name, bytes, type) => {
    const answer = fileAnswer(bytes, name);
    expect(answer.type).toBe(type);
    expect(answer.headers).toEqual({
      "Content-Disposition": expect.stringMatching(/^inline; /),
      "Content-Security-Policy": "sandbox; default-src 'none'",
    });
  });

  const kept: readonly (readonly [string, Buffer])[] = [
    ["a.png", html],
    ["a.jpg", Buffer.concat([Buffer.from("GIF8"), html])],
    ["a.svg", Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
    ["a.html", html],
    ["a.pdf", Buffer.from("%PDF-1.7")],
    ["a.csv", Buffer.from("a,b\n=cmd(),2\n")],
    ["a.json", Buffer.from("{}")],
    ["a.txt", Buffer.from([0xff, 0xfe, 0x3c])],
    ["a.txt", Buffer.from("a\0<html>")],
    ["a", Buffer.alloc(0)],
    ["a.webp", Buffer.from("RIFF\x10\x00\x00\x00WAVEfmt ")],
  ];

  test.each(kept)("%s is a download, whatever its name", (name, bytes) => {
    const answer = fileAnswer(bytes, name);
    expect(answer.type).toBe("application/octet-stream");
    expect(answer.headers?.["Content-Disposition"]).toMatch(/^attachment; /);
    expect(answer.headers?.["Content-Security-Policy"]).toBe("sandbox; default-src 'none'");
  });
});

describe("names of files in headers (rel-H15)", () => {
  test.each([
    ["a.csv", "filename=\"a.csv\"; filename*=UTF-8''a.csv"],
    ["ü €.csv", "filename=\"____.csv\"; filename*=UTF-8''%C3%BC%20%E2%82%AC.csv"],
    ['a"; filename="b', "filename=\"a___filename__b\"; filename*=UTF-8''a%22%3B%20filename%3D%22b"],
    [
      "a\r\nSet-Cookie: x=1",
      "filename=\"a__Set-Cookie__x_1\"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x%3D1",
    ],
    ["it's (1)*.csv", "filename=\"it_s__1__.csv\"; filename*=UTF-8''it%27s%20%281%29%2A.csv"],
    ["\ud800", "filename=\"_\"; filename*=UTF-8''%EF%BF%BD"],
  ])("%j stays one name", (name, expected) => {
    const found = fileNameParameter(name);
    expect(found.replace(/_+/g, "_")).toBe(expected.replace(/_+/g, "_"));
    expect(found).toMatch(/^[ -~]+$/);
  });
});

test("the server opens no connection of its own (rel-H11, rel-H17)", async () => {
  let met = 0;
  const trap = createServer(() => {
    met += 1;
  });
  trap.listen(0, "127.0.0.1");
  await once(trap, "listening");
  const { port } = trap.address() as { port: number };
  const url = `http://127.0.0.1:${port}/`;
  await ask(server.port, {
    path: `/?url=${url}`,
    headers: [`Referer: ${url}`, `X-Forwarded-Host: 127.0.0.1:${port}`],
  });
  await post(server.port, "/count", { artifact_uri: url, source: url, webhook: url });
  trap.close();
  expect(met).toBe(0);
});
