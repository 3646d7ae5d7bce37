/** The pages of figures in a real browser, given by the built program. */
import { renameSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { testIf } from "../files/scratch.js";
import { makeFigureProject, specs } from "../journeys/figure-project.js";
import type { Repository } from "../journeys/repository.js";
import { axe, checked, hasBrowser, launch, noBrowser, type Opened, opened } from "./browser.js";
import { type Served, serveProject } from "./serve-project.js";

const testIn = testIf(hasBrowser, noBrowser);

let project: Repository;
let served: Served;
let browser: Browser;
let ids: Record<string, string>;

beforeAll(async () => {
  if (!hasBrowser) return;
  project = makeFigureProject();
  const { stdout, status, stderr } = project.colophon(["figure", "record", ...specs, "--json"]);
  if (status !== 0) throw new Error(stderr);
  const { figures } = JSON.parse(stdout) as { figures: { id: string }[] };
  ids = Object.fromEntries(figures.map(({ id }) => [id.split(".")[0], id]));
  [served, browser] = await Promise.all([serveProject(project), launch()]);
});
afterAll(async () => {
  await browser?.close();
  await served?.stop();
  project?.remove();
});

type Options = Parameters<Browser["newContext"]>[0];
const visit = (options: Options, use: (opened: Opened) => Promise<void>) =>
  opened(browser, served.origin, options, use);
const addressOf = (name: string) => `${served.origin}/figures/${ids[name]}`;
const fileOf = (name: string) => `dist/artifacts/figures/${ids[name]}.json`;

async function open(page: Page, name: string): Promise<void> {
  await page.goto(addressOf(name));
  await checked(page);
}

const checkAll = (page: Page) => page.getByRole("button", { name: "Check all files" }).click();
const unfold = (page: Page) => page.locator("#view-lineage > summary").click();
const stateOf = (page: Page, name: string) =>
  page.locator(`.wide [data-check="${name}"]`).getAttribute("data-state");

describe("the page of a figure", () => {
  testIn("shows the image that was looked at, and the chart at a press", () =>
    visit({}, async ({ page }) => {
      await open(page, "stacked");
      expect(await page.locator("h1").textContent()).toBe("Annual footprint by activity");
      const image = page.locator("img[data-image]");
      expect(await image.getAttribute("src")).toMatch(/^blob:/);
      // Rejects where the bytes are no image.
      await image.evaluate((shown) => (shown as unknown as { decode: () => Promise<void> }).decode());
      expect(await page.locator("[data-view=chart]").isVisible()).toBe(false);
      await page.getByRole("button", { name: "Chart of the data" }).click();
      expect(await image.isVisible()).toBe(false);
      const chart = page.getByRole("img", { name: "Annual footprint by activity" });
      expect(await chart.locator(".mark").count()).toBe(8);
      expect(await chart.getByText("Subway [1]").count()).toBe(1);
    }),
  );

  testIn("draws bubbles, flows and a table of the drawn rows", () =>
    visit({}, async ({ page }) => {
      for (const [name, shape] of [
        ["bubble", "circle"],
        ["sankey", "path"],
      ] as const) {
        await open(page, name);
        expect(await page.locator(`.broad ${shape}.mark`).count()).toBe(8);
      }
      await open(page, "table");
      expect(await page.locator("svg.chart").count()).toBe(0);
      expect(await page.locator("table.values tbody tr").count()).toBe(5);
      expect(await page.locator("[data-at-once]").getAttribute("data-state")).toBe("verified");
    }),
  );

  testIn("numbers references as their file does, and discloses dataset and contracts (A35, A36)", () =>
    visit({}, async ({ page }) => {
      await open(page, "stacked");
      const path = `dist/artifacts/references/${(ids.stacked as string).replace(".", "_refs.")}.txt`;
      const lines = project.read(path).trimEnd().split("\n");
      const items = await page.locator(".references li").allInnerTexts();
      expect(lines).toHaveLength(4);
      expect(items.map((item, index) => item.replace(/\s+/g, " ").slice(0, lines[index]?.length))).toEqual(
        lines,
      );
      const facts = await page.locator("section[aria-labelledby=disclosure] dl > div").allInnerTexts();
      expect(facts.map((fact) => fact.replace(/\s+/g, " "))).toEqual([
        "reference year 2025",
        "scope WTT+TTW; electricity operational",
        "GWP horizon GWP100 (AR6)",
        "region CA-ON",
        "vintages nearest year not after the reference year",
        "unit kg_CO2e_year",
        "uncertainty factors ± 10 % (k = 2)",
        "layer professional",
        "ingest example.ingest.v1",
        "validate example.validate.v1",
        "derive example.derive.v1.annualize",
        "visualize example.figure.v1.stacked",
      ]);
    }),
  );

  testIn("views lineage, and copies trace keys (A37)", () =>
    visit({ permissions: ["clipboard-read", "clipboard-write"] }, async ({ page }) => {
      await open(page, "stacked");
      const manifest = JSON.parse(project.read(`dist/artifacts/manifests/${ids.stacked}.manifest.json`));
      const lineage = page.locator("#view-lineage");
      expect(await lineage.getByRole("table").isVisible()).toBe(false);
      await unfold(page);
      for (const { path, sha256, row_count } of manifest.inputs.tables) {
        const row = lineage.getByRole("row").filter({ hasText: path });
        expect(await row.locator("td.number").textContent()).toBe(String(row_count));
        expect(await row.locator("button").first().getAttribute("data-copy")).toBe(sha256);
        expect(await row.locator(".state").textContent()).toBe("✓ holds");
      }
      const chain = await lineage
        .locator(".chain [data-copy]")
        .evaluateAll((each) => each.map((one) => one.getAttribute("data-copy")));
      const steps = manifest.transforms as { sha256_before: string; sha256_after: string }[];
      expect(chain).toEqual(
        steps.flatMap(({ sha256_before, sha256_after }) => [sha256_before, sha256_after]),
      );
      await page.getByRole("button", { name: "Copy trace keys" }).click();
      await page.getByText("trace keys copied").waitFor();
      expect(JSON.parse(await page.evaluate("navigator.clipboard.readText()"))).toEqual(manifest.trace_keys);
    }),
  );

  testIn("marks what is to be copied where the clipboard is closed", () =>
    visit({}, async ({ page, context }) => {
      await context.addInitScript("Object.defineProperty(navigator, 'clipboard', { value: undefined })");
      await open(page, "bubble");
      await unfold(page);
      await page.getByRole("button", { name: "Copy trace keys" }).click();
      await page.getByRole("textbox", { name: "trace keys" }).waitFor();
      const marked = await page.evaluate(
        "(({ value, selectionStart, selectionEnd }) => value.slice(selectionStart, selectionEnd))(document.activeElement)",
      );
      expect(JSON.parse(marked as string).figure_id).toBe(ids.bubble);
    }),
  );

  testIn("fetches the rows behind a drawn value through /trace/rows, by a mark and by a button", () =>
    visit({}, async ({ page, asked }) => {
      await open(page, "bubble");
      const rows = page.locator("#rows");
      await page.locator(".broad .mark[data-row='0']").click();
      await rows.locator("table").nth(1).waitFor();
      expect(asked.filter((address) => address.endsWith("/trace/rows"))).toHaveLength(2);
      expect(await rows.locator("[data-table=emission_factors] td").allInnerTexts()).toEqual([
        "EF.SUBWAY.2024",
        "TRAN.SUBWAY.KM",
        "CA-ON",
        "2024",
        "31.2",
        "SRC.TRANSIT.2024",
      ]);
      const scheduled = ["PRO.CITY", "TRAN.SUBWAY.KM", "18.4"];
      expect(await rows.locator("[data-table=activity_schedule] td").allInnerTexts()).toEqual(scheduled);
      await page.getByRole("button", { name: "Rows behind Car (PRO.SUBURB)" }).click();
      await rows.getByText("EF.CAR.2024").waitFor();
      expect(await page.locator("tr.chosen").textContent()).toContain("Car (PRO.SUBURB)");
      await unfold(page);
      await page.getByRole("button", { name: "Rows of emission_factors" }).click();
      await page.locator("#keys table").waitFor();
      expect(await page.locator("#keys tbody tr").count()).toBe(5);
    }),
  );

  testIn("tells what was recorded from what is computed now, and says when rows cannot be had", async () => {
    const table = project.read("data/emission_factors.csv");
    project.write("data/emission_factors.csv", table.replace("31.2", "31.3"));
    try {
      await visit({}, async ({ page, faults }) => {
        await open(page, "sankey");
        expect(await page.locator(".facts .state").textContent()).toBe("△ stale");
        const inputs = page.locator("details.gate[open]");
        expect(await inputs.count()).toBe(1);
        const row = inputs.getByRole("row").filter({ hasText: "emission_factors.csv" });
        const [recorded, now] = await row.locator(".digest").allInnerTexts();
        expect(recorded).not.toBe(now);
        expect(await row.textContent()).toMatch(/stale[\s\S]*values changed in its 5 rows/);
        await page.locator("button[data-rows='0']").click();
        await page.locator("#rows .state.bad").waitFor();
        expect(await page.locator("#rows .state").textContent()).toMatch(
          /could not fetch: .*emission_factors/,
        );
        // The browser's own note of the refused answer.
        expect(faults.splice(0).every((fault) => /status of 4\d\d/.test(fault))).toBe(true);
      });
    } finally {
      project.write("data/emission_factors.csv", table);
    }
  });
});

describe("the check in the browser", () => {
  testIn("verifies every file, and finds one flipped byte in each", async () => {
    const id = ids.stacked as string;
    const files = {
      data: fileOf("stacked"),
      csv: fileOf("stacked").replace(".json", ".csv"),
      references: `dist/artifacts/references/${id.replace(".", "_refs.")}.txt`,
      manifest: `dist/artifacts/manifests/${id}.manifest.json`,
      "rendering-1": "build/stacked.svg",
    };
    await visit({}, async ({ page, faults }) => {
      await open(page, "stacked");
      for (const [name, path] of Object.entries(files)) {
        await checkAll(page);
        await page.getByText("5 of 5 files verified in this browser").waitFor();
        const whole = project.read(path);
        const at = Math.floor(whole.length / 2);
        const flipped = String.fromCharCode(whole.charCodeAt(at) ^ 1);
        project.write(path, whole.slice(0, at) + flipped + whole.slice(at + 1));
        try {
          await checkAll(page);
          await page.getByText("of 5 files verified in this browser").waitFor();
          await page.locator(`.wide [data-check="${name}"][data-state=mismatch]`).waitFor();
          // A manifest that is none names no files.
          if (name === "manifest")
            expect(faults.splice(0).every((fault) => /status of 404/.test(fault))).toBe(true);
          const said = await page.locator(`.wide [data-check="${name}"]`).textContent();
          expect(said).toMatch(/recorded at build [0-9a-f]{4}…[0-9a-f]{4}, in this browser [0-9a-f]{4}/);
        } finally {
          project.write(path, whole);
        }
      }
    });
  });

  testIn("tells a chart that was drawn from other bytes than those that are there now", async () => {
    const whole = project.read(fileOf("bubble"));
    await visit({}, async ({ page }) => {
      project.write(fileOf("bubble"), whole.replace("18.4", "18.5"));
      await open(page, "bubble");
      const check = page.locator("figcaption [data-check=data]");
      expect(await check.getAttribute("data-state")).toBe("mismatch");
      expect(await page.locator(".facts .state").textContent()).toBe("✗ differs");
      project.write(fileOf("bubble"), whole);
      await checkAll(page);
      await page.getByText("changed after this page was made").waitFor();
      await open(page, "bubble");
      expect(await check.getAttribute("data-state")).toBe("verified");
    }).finally(() => project.write(fileOf("bubble"), whole));
  });

  testIn("checks the drawn values also where an image is shown in place of the chart", async () => {
    const whole = project.read(fileOf("stacked"));
    await visit({}, async ({ page }) => {
      project.write(fileOf("stacked"), whole.replace("209.5392", "209.6392"));
      await open(page, "stacked");
      expect(await page.locator("table.values").textContent()).toContain("209.6");
      const check = page.locator("section[aria-labelledby=values] [data-check=data]");
      expect(await check.textContent()).toMatch(/^✗ mismatch: recorded at build /);
    }).finally(() => project.write(fileOf("stacked"), whole));
  });

  testIn("says what it could not fetch, and why", async () => {
    const path = join(project.root, fileOf("sankey").replace(".json", ".csv"));
    await visit({}, async ({ page, context, faults }) => {
      await open(page, "sankey");
      renameSync(path, `${path}.away`);
      try {
        await checkAll(page);
        await page.getByText("could not fetch: the file is not there").waitFor();
        expect(await stateOf(page, "csv")).toBe("could not fetch");
        await page.getByText("3 of 4 files verified in this browser").waitFor();
      } finally {
        renameSync(`${path}.away`, path);
      }
      await context.setOffline(true);
      await checkAll(page);
      await page.getByText("0 of 4 files verified in this browser").waitFor();
      expect(await page.locator(".wide [data-check=data]").textContent()).toBe(
        "? could not fetch: the server did not answer",
      );
      expect(faults.splice(0).every((fault) => /status of 404|DISCONNECTED/.test(fault))).toBe(true);
    });
  });
});

describe("whoever reads the pages", () => {
  testIn("needs no mouse, and sees where the focus is", () =>
    visit({ permissions: ["clipboard-read", "clipboard-write"] }, async ({ page }) => {
      await open(page, "bubble");
      await page.keyboard.press("Tab");
      expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to content");
      await page.keyboard.press("Enter");
      expect(await page.evaluate("document.activeElement.id")).toBe("main");
      const pressed = new Set<string>();
      for (let step = 0; step < 200; step += 1) {
        await page.keyboard.press("Tab");
        const [name, outline] = (await page.evaluate(
          "[document.activeElement.innerText, getComputedStyle(document.activeElement).outlineStyle]",
        )) as [string, string];
        if (await page.evaluate("document.activeElement === document.body")) break;
        expect([name, outline]).toEqual([name, "solid"]);
        const wanted = /^(?:Rows|View lineage|Copy trace keys|Check all files)\b/.exec(name)?.[0];
        if (wanted === undefined || pressed.has(wanted)) continue;
        pressed.add(wanted);
        await page.keyboard.press("Enter");
      }
      expect([...pressed]).toEqual(["Rows", "View lineage", "Copy trace keys", "Check all files"]);
      await page.locator("#rows table").nth(1).waitFor();
      expect(await page.locator("#view-lineage .chain").isVisible()).toBe(true);
      await page.getByText("4 of 4 files verified in this browser").waitFor();
    }),
  );

  testIn("finds nothing in the way, light or dark, narrow or wide (axe-core)", () =>
    visit({ reducedMotion: "reduce" }, async ({ page }) => {
      for (const name of ["", "stacked", "sankey"]) {
        if (name === "") await page.goto(`${served.origin}/`);
        else await openWhole(page, name);
        expect(await page.evaluate(still)).toBe("0s");
        await page.evaluate(axe);
        for (const [colorScheme, width] of eyes) {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize({ width, height: 800 });
          const found = await page.evaluate(violations);
          const fits = await page.evaluate("document.documentElement.scrollWidth <= innerWidth");
          expect({ name, colorScheme, width, found, fits }).toEqual({
            name,
            colorScheme,
            width,
            found: [],
            fits: true,
          });
        }
      }
    }),
  );
  const eyes = [
    ["light", 1280],
    ["dark", 1280],
    ["light", 360],
    ["dark", 360],
  ] as const;
  const still = "getComputedStyle(document.getElementById('said')).transitionDuration";
  const violations =
    "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]))";

  async function openWhole(page: Page, name: string): Promise<void> {
    await open(page, name);
    await page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })");
    await page.locator("button[data-rows='0']").click();
    await page.locator("#rows table").nth(1).waitFor();
    if (name === "stacked") await page.getByRole("button", { name: "Chart of the data" }).click();
  }

  testIn("reads all of it without a script, and on paper", async () => {
    await visit({ javaScriptEnabled: false }, async ({ page }) => {
      await page.goto(addressOf("stacked"));
      expect(await page.locator(".broad svg.chart").isVisible()).toBe(true);
      expect(await page.locator("table.values tbody tr").count()).toBe(8);
      await unfold(page);
      expect(await page.locator(".chain").isVisible()).toBe(true);
    });
    await visit({}, async ({ page }) => {
      await open(page, "stacked");
      await page.pdf();
      expect(await page.locator("details:not([open])").count()).toBe(0);
    });
  });

  testIn("finds every figure with its layer, year and state on the first page", () =>
    visit({}, async ({ page }) => {
      await page.goto(`${served.origin}/`);
      const rows = await page
        .locator("tbody tr")
        .evaluateAll((each) =>
          each.map((row) => [...row.children].map(({ textContent }) => textContent).slice(0, 6)),
        );
      const titles = {
        bubble: "Factor and frequency of activities",
        sankey: "From activities to profiles",
        stacked: "Annual footprint by activity",
        table: "Annual footprint, as a table",
      };
      expect(rows).toEqual(
        Object.entries(titles).map(([name, title]) => [
          "✓ verified",
          title,
          name,
          "professional",
          "2025",
          ids[name],
        ]),
      );
      await page.getByRole("link", { name: titles.sankey }).click();
      await page.waitForURL(addressOf("sankey"));
    }),
  );
});
