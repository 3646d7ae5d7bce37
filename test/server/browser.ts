/** The browser in which pages are tested: Chromium of this machine, or none, which is said. */
import { accessSync, constants, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { expect } from "@jest/globals";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const names = ["chromium", "chromium-browser", "google-chrome"];

/** `COLOPHON_CHROMIUM`, or the first of its names on the path. */
function findChromium({ COLOPHON_CHROMIUM, PATH = "" }: NodeJS.ProcessEnv): string | undefined {
  const places = PATH.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return [...(COLOPHON_CHROMIUM ? [COLOPHON_CHROMIUM] : []), ...places].find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const program = findChromium(process.env);
export const hasBrowser = program !== undefined;
export const noBrowser = "no Chromium here; type: npm run test:browser:install";

/** The checker of accessibility, as a script. */
export const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export function launch(): Promise<Browser> {
  // Chromium's sandbox refuses to be started by root, and small machines have a small /dev/shm.
  const flags = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath: program as string, args: [...flags, "--disable-dev-shm-usage"] });
}

export interface Opened {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Addresses that were asked for. */
  readonly asked: string[];
  /** What went wrong, in the page, on its console or against its policy; a test takes out what it expects. */
  readonly faults: string[];
}

/** Opens a browser of its own, and expects that nothing went wrong in it and nobody but `origin` was asked. */
export async function opened(
  browser: Browser,
  origin: string,
  options: Parameters<Browser["newContext"]>[0],
  use: (opened: Opened) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const asked: string[] = [];
  const faults: string[] = [];
  context.on("request", (request) => asked.push(request.url()));
  context.on("weberror", (fault) => faults.push(String(fault.error())));
  context.on("console", (message) => {
    if (message.type() === "error") faults.push(message.text());
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  try {
    await use({ page, context, asked, faults });
    const foreign = asked.filter((address) => new URL(address.replace(/^blob:/, "")).origin !== origin);
    expect({ foreign, faults }).toEqual({ foreign: [], faults: [] });
  } finally {
    await context.close();
  }
}

/** Waits for every check that a page makes by itself. */
export async function checked(page: Page): Promise<void> {
  await page.locator("[data-at-once]:not([data-state])").first().waitFor({ state: "detached" });
}
