import { afterAll, beforeAll, describe, expect } from "@jest/globals";
import type { Browser } from "playwright-core";
import { newAccess } from "../../src/server/guard/access.js";
import { sessionRoute } from "../../src/server/guard/sign-in.js";
import { type Listening, listen } from "../../src/server/http/listen.js";
import type { Route } from "../../src/server/route.js";
import { testIf } from "../files/scratch.js";
import { hasBrowser, launch, noBrowser } from "./browser.js";

const inBrowser = testIf(hasBrowser, noBrowser);

const page: Route = {
  method: "GET",
  path: "/",
  answer: async () => ({
    status: 200,
    type: "text/html; charset=utf-8",
    body: "<!doctype html><h1>Figures</h1>",
  }),
};
const access = newAccess(() => "unknown");
let server: Listening;
let browser: Browser | undefined;

beforeAll(async () => {
  let port = 0;
  const routes = [page, sessionRoute(access, () => port)];
  server = await listen(0, { routes, access, onFault: () => {} });
  port = server.port;
  if (hasBrowser) browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await server.close();
});

describe("a browser with the token in its address (rel-H4)", () => {
  inBrowser("exchanges it for a cookie that no script sees, and has it in its address no more", async () => {
    const context = await (browser as Browser).newContext();
    const tab = await context.newPage();
    const refused: string[] = [];
    tab.on("console", (message) => {
      if (/Content Security Policy|TrustedScript/.test(message.text())) refused.push(message.text());
    });
    await tab.goto(`http://127.0.0.1:${server.port}/#token=${access.token}`);
    await tab.locator("h1").waitFor();
    expect(await tab.locator("h1").textContent()).toBe("Figures");
    expect(tab.url()).toBe(`http://127.0.0.1:${server.port}/`);
    expect(await tab.evaluate("document.cookie")).toBe("");
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ name: `colophon-${server.port}`, httpOnly: true, sameSite: "Strict" });
    expect(refused).toEqual([]);
    await context.close();
  });

  inBrowser("is told when it is not the token, and when there is none", async () => {
    const context = await (browser as Browser).newContext();
    const tab = await context.newPage();
    await tab.goto(`http://127.0.0.1:${server.port}/#token=wrong`);
    await tab.getByText("This is not the token").waitFor();
    await tab.goto("about:blank");
    await tab.goto(`http://127.0.0.1:${server.port}/`);
    expect(await tab.locator("p").textContent()).toContain("Open the address with the token");
    expect(await context.cookies()).toEqual([]);
    await context.close();
  });
});
