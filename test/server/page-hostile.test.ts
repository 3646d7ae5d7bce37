/** What a figure says is data: in no place of its pages does any of it become more than text (rel-H7). */
import { afterAll, beforeAll, describe, expect, jest } from "@jest/globals";
import type { Browser } from "playwright-core";
import { testIf } from "../files/scratch.js";
import { makeFigureProject, record, specOf } from "../journeys/figure-project.js";
import type { Repository } from "../journeys/repository.js";
import { checked, hasBrowser, launch, noBrowser, opened } from "./browser.js";
import { type Served, serveProject } from "./serve-project.js";

/** Ways out of where a text may stand, and what would happen outside. */
const ways = [
  "",
  '">',
  "'>",
  "</title>",
  "</style>",
  "</textarea>",
  "</script>",
  "-->",
  "]]>",
  "</svg>",
  "</desc></svg>",
  '" ',
  "' ",
  "\u202e\u2028",
  "&quot;&gt;",
];
const attacks = [
  "<script>taken()</script>",
  "<img src=x onerror=taken()>",
  "<svg/onload=taken()>",
  "onfocus=taken() autofocus tabindex=1 x=",
  "` onclick=taken() `",
  "javascript:taken()//",
  "data:text/html,<script>taken()</script>",
  "<iframe srcdoc='<script>parent.taken()</script>'>",
  "<a href=javascript:taken()>press</a>",
  "<math><mtext></form><form><mglyph><style></math><img src onerror=taken()>",
  "<base href=//evil.example/>",
  "<link rel=stylesheet href=//evil.example/x.css>",
  "<meta http-equiv=refresh content=0;url=//evil.example>",
  "<form action=//evil.example><input type=submit>",
  "<style>@import '//evil.example/x.css'</style>",
  "<img src=//evil.example/pixel>",
  "&lt;script&gt;taken()&lt;/script&gt;",
  "&#60;script&#62;taken()&#60;/script&#62;",
  "{{constructor.constructor('taken()')()}}",
  "%3Cscript%3Etaken()%3C/script%3E",
];
const every = process.env.COLOPHON_TEST_LONG === undefined ? 11 : 1;
/** Eleven and the numbers of ways and attacks have no divisor in common, so that the short form has each of them. */
const polyglots = ways
  .flatMap((way) => attacks.map((attack) => way + attack))
  .filter((_, index) => index % every === 0);
/** In a field of which there is only one. */
const all = polyglots.join(" ").slice(0, 4000);

// The long form presses over three hundred buttons.
jest.setTimeout(300_000);
const testIn = testIf(hasBrowser, noBrowser);

let project: Repository;
let served: Served;
let browser: Browser;
let id: string;

beforeAll(async () => {
  if (!hasBrowser) return;
  project = makeFigureProject();
  id = recordHostile(project);
  [served, browser] = await Promise.all([serveProject(project), launch()]);
});
afterAll(async () => {
  await browser?.close();
  await served?.stop();
  project?.remove();
});

/** Every field that takes a text, and the cells and headers of a table, hold all of the polyglots. */
function recordHostile(repository: Repository): string {
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const rows = polyglots.map((text, index) => `${index},${quoted(text)},1`);
  repository.write("data/hostile.csv", `id,${quoted(all)},kg\n${rows.join("\n")}\n`);
  repository.write(
    "build/hostile.json",
    JSON.stringify({
      x_label: all,
      y_label: all,
      data: polyglots.map((text, index) => ({
        stack: text,
        series: `${text} ${index}`,
        [all]: text,
        kg: 1,
        source_ids: [text],
        row_keys: { [all]: [[String(index)]] },
      })),
    }),
  );
  repository.write("colophon.json", JSON.stringify({ figures: { dataset: [all] } }));
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="parent.taken()"><script>parent.taken()</script><foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="//evil.example"/></foreignObject><image href="//evil.example/pixel"/></svg>`;
  repository.write("build/hostile.svg", drawing);
  const { status, stderr, stdout } = record(
    repository,
    {
      ...specOf(repository, "stacked"),
      name: "hostile",
      title: all,
      notes: all,
      layer_id: all,
      unit: all,
      uncertainty: all,
      dataset: { reference_year: 2025, [all]: all },
      contracts: { ingest: all, validate: all, derive: all, visualize: all },
      tables: [{ path: "data/hostile.csv", name: all }],
      sources_table: undefined,
      sources: polyglots.map((text, index) => ({
        source_id: text,
        citation: polyglots.at(-1 - index),
        url: text,
      })),
      transforms: [{ name: all, version: all, params: { [all]: all }, before: "data/hostile.csv" }],
      payload: "build/hostile.json",
      invariance: { table: "data/hostile.csv", column: "kg", field: "kg" },
      trace_keys: { [all]: ["id"] },
      renderings: ["build/hostile.svg"],
    },
    "--json",
  );
  if (status !== 0) throw new Error(stderr);
  return (JSON.parse(stdout) as { figures: { id: string }[] }).figures[0]?.id as string;
}

describe("a hostile figure", () => {
  testIn(`runs nothing, whatever is pressed: ${polyglots.length} texts in every field`, () =>
    opened(browser, served.origin, { permissions: ["clipboard-read", "clipboard-write"] }, async (found) => {
      const { page, context, faults } = found;
      await context.addInitScript(`
        globalThis.taken = () => { globalThis.isTaken = true; };
        document.addEventListener("securitypolicyviolation", (event) => console.error("policy: " + event.blockedURI));`);
      const expectUnharmed = async () => {
        const state = `({ taken: globalThis.isTaken ?? false, scripts: document.scripts.length, frames: frames.length,
          forms: document.forms.length, place: location.origin, base: document.querySelectorAll("base, style, meta[http-equiv], [onclick], [onload], [onerror], [onfocus]").length })`;
        expect(await page.evaluate(state)).toEqual({
          taken: false,
          scripts: 1,
          frames: 0,
          forms: 0,
          place: served.origin,
          base: 0,
        });
        expect(faults).toEqual([]);
      };
      await page.goto(`${served.origin}/`);
      expect(await page.locator("tbody a").textContent()).toBe(all);
      await expectUnharmed();
      await page.goto(`${served.origin}/figures/${id}`);
      await checked(page);
      expect(await page.locator("h1").textContent()).toBe(all);
      expect(await page.locator("img[data-image]").getAttribute("src")).toMatch(/^blob:/);
      await page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })");
      const buttons = await page.locator("button").all();
      expect(buttons.length).toBeGreaterThan(polyglots.length);
      await page.evaluate(
        "document.querySelectorAll('button, .mark').forEach((each) => each.dispatchEvent(new MouseEvent('click', { bubbles: true })))",
      );
      await page.getByText("5 of 5 files verified in this browser").waitFor();
      await page.locator("#keys table").waitFor();
      expect(await page.locator("#keys tbody td:nth-child(2)").allTextContents()).toEqual(
        // The page shows no more rows than these.
        polyglots.slice(0, 200),
      );
      expect(await page.locator("#keys thead th:nth-child(2)").textContent()).toBe(all);
      await page.locator("button[data-rows='1']").click();
      await page.locator("#rows[data-shown='1'] td").first().waitFor();
      expect(await page.locator("#rows td:nth-child(2)").textContent()).toBe(polyglots[1]);
      await page.locator(".mark").first().dispatchEvent("mouseover");
      await expectUnharmed();
      // Addresses of sources that are none of the web's are no links.
      expect(await page.locator(".references a").count()).toBe(0);
    }),
  );

  testIn("is no document, however its files are opened", () =>
    opened(browser, served.origin, {}, async ({ page, faults }) => {
      for (const name of ["rendering-1", "data", "manifest"]) {
        const answer = await page.request.get(`${served.origin}/figures/${id}/files/${name}`);
        expect(answer.headers()).toMatchObject({
          "content-type": "application/octet-stream",
          "content-security-policy": "sandbox; default-src 'none'",
          "x-content-type-options": "nosniff",
        });
        expect(answer.headers()["content-disposition"]).toMatch(/^attachment; filename="hostile/);
        await page.goto(`${served.origin}/figures/${id}/files/${name}`).catch((fault: Error) => {
          expect(fault.message).toMatch(/Download is starting|ERR_ABORTED/);
        });
      }
      expect(faults).toEqual([]);
    }),
  );
});
