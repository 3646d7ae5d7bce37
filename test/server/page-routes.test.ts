import { renameSync, symlinkSync, unlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { makeFigureProject, specs } from "../journeys/figure-project.js";
import { runFolders } from "../journeys/recorded-run.js";
import type { Repository } from "../journeys/repository.js";
import { ask, type Started, startIn } from "./asking.js";

let project: Repository;
let server: Started;
let id: string;

beforeAll(async () => {
  project = makeFigureProject();
  const artifact = "schedule=data/activity_schedule.csv";
  const ran = project.colophon(["run", "--synthetic-seed", "1", "--artifact", artifact, "--", "true"]);
  if (ran.status !== 0) throw new Error(ran.stderr);
  const { stdout, status, stderr } = project.colophon(["figure", "record", ...specs, "--json"]);
  if (status !== 0) throw new Error(stderr);
  id = /stacked\.[0-9a-f]{8}/.exec(stdout)?.[0] as string;
  server = await startIn(project.root);
});
afterAll(async () => {
  await server.close();
  project.remove();
});

const get = (path: string) => ask(server.port, { path });

describe("the pages of figures", () => {
  test("are found by id, and by a name that only one figure has", async () => {
    const [byId, byName] = await Promise.all([get(`/figures/${id}`), get("/figures/stacked")]);
    expect([byId.status, byId.headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
    expect(byName.body).toBe(byId.body);
    expect(byId.body).toContain("<h1>Annual footprint by activity</h1>");
  });

  test("name the runs that the figure descends from", async () => {
    const run = basename(runFolders(project)[0] ?? "");
    const { body } = await get("/figures/stacked");
    expect(body).toContain("View lineage: 5 tables, 2 transforms, 1 run<");
    expect(body).toContain(
      `<code>activity_schedule</code> is artifact <code>schedule</code> of run <code>${run}</code>`,
    );
  });

  test("hold no script, style or handler of their own, no path of this machine, and no address but those of sources", async () => {
    for (const path of ["/", "/figures/stacked", "/figures/bubble", "/figures/sankey", "/figures/table"]) {
      const { body } = await get(path);
      expect(body).not.toMatch(
        /<style|style=|<script(?! src="(?:\.\.\/)?assets\/page\.js" defer><\/script>)/,
      );
      expect(body).not.toMatch(/ on[a-z]+=/);
      expect(body).not.toContain(project.root);
      const addresses = [...body.matchAll(/(?:src|href|action|data)="([^"]*)"/g)].map(
        ([, address]) => address,
      );
      const own =
        /^(?:(?:\.\.\/)?assets\/|\.\/$|\.\.\/$|#|figures\/|(?:stacked|bubble|sankey|table)\.[0-9a-f]{8}\/files\/)/;
      expect(
        addresses.filter(
          (address) => !own.test(address as string) && !address?.startsWith("https://example.org/"),
        ),
      ).toEqual([]);
    }
  });

  test("give each file by its name, as bytes and nothing else (rel-H8)", async () => {
    const files = { data: "figures", csv: "figures", references: "references", manifest: "manifests" };
    for (const [name, folder] of Object.entries(files)) {
      const { status, headers, body } = await get(`/figures/${id}/files/${name}`);
      const file = /filename\*=UTF-8''(.*)$/.exec(headers["content-disposition"] as string)?.[1];
      expect([status, headers["content-type"]]).toEqual([
        200,
        name === "references" ? "text/plain; charset=utf-8" : "application/octet-stream",
      ]);
      expect(headers["content-security-policy"]).toBe("sandbox; default-src 'none'");
      expect(body).toBe(project.read(`dist/artifacts/${folder}/${file}`));
    }
    expect((await get(`/figures/${id}/files/rendering-1`)).body).toBe(project.read("build/stacked.svg"));
  });

  const outside = [
    "..",
    ".",
    "%2e%2e",
    "..%2f..%2fcolophon.json",
    "%252e%252e%252fcolophon.json",
    "..\\colophon.json",
    "..%5ccolophon.json",
    "%2fetc%2fpasswd",
    "file:%2f%2f%2fetc%2fpasswd",
    "manifest%00.json",
    "colophon.json",
    "data%2factivities.csv",
    "%ef%bc%8e%ef%bc%8e%ef%bc%8fcolophon.json",
    "%ff",
    "rows",
    "__proto__",
    "constructor",
    "rendering-2",
    "rendering-1%20",
  ];
  test(`give nothing for ${outside.length} words that are no id, and no file of one (rel-H9)`, async () => {
    for (const word of outside)
      for (const path of [
        `/figures/${word}`,
        `/figures/${word}/files/data`,
        `/figures/${id}/files/${word}`,
      ]) {
        const { status, body } = await get(path);
        expect([path, status]).toEqual([path, 404]);
        expect(body).not.toMatch(/root:|activity_id|"figures"|passwd|evil/);
      }
    expect(server.faults).toEqual([]);
  });

  test("follow no link, neither for a file nor for the page (rel-H9)", async () => {
    const path = join(project.root, `dist/artifacts/figures/${id}.csv`);
    renameSync(path, `${path}.away`);
    symlinkSync("/etc/passwd", path);
    try {
      const answer = await get(`/figures/${id}/files/csv`);
      expect([answer.status, JSON.parse(answer.body).error.code]).toEqual([409, "FILE_REFUSED"]);
      const { status, body } = await get(`/figures/${id}`);
      expect([status, body.includes("root:")]).toEqual([200, false]);
      expect(body).toMatch(/✗<\/span> missing/);
    } finally {
      unlinkSync(path);
      renameSync(`${path}.away`, path);
    }
  });

  test("take a manifest that is a link for none", async () => {
    const path = join(project.root, `dist/artifacts/manifests/${id}.manifest.json`);
    renameSync(path, `${path}.away`);
    symlinkSync(`${path}.away`, path);
    try {
      const [list, page] = await Promise.all([get("/"), get(`/figures/${id}`)]);
      expect([list.status, page.status]).toEqual([200, 200]);
      expect(list.body.match(/its manifest cannot be read/g)).toHaveLength(1);
      expect(page.body).toContain("is no regular file of the project");
      expect(server.faults).toEqual([]);
    } finally {
      unlinkSync(path);
      renameSync(`${path}.away`, path);
    }
  });

  test("show what is wrong with a manifest that cannot be read, and go on with the others", async () => {
    const path = `dist/artifacts/manifests/${id}.manifest.json`;
    const whole = project.read(path);
    project.write(path, whole.slice(0, -20));
    try {
      const page = await get(`/figures/${id}`);
      expect([page.status, page.body.includes("cannot be read as one")]).toEqual([200, true]);
      expect(page.body).toMatch(/INVALID_JSON|NOT_JSON|JSON/);
      const list = await get("/");
      expect(list.body.match(/its manifest cannot be read/g)).toHaveLength(1);
      expect(list.body.match(/✓<\/span> verified/g)).toHaveLength(3);
    } finally {
      project.write(path, whole);
    }
  });

  test("show a figure of another tool for what it is", async () => {
    const manifest = JSON.parse(project.read(`dist/artifacts/manifests/${id}.manifest.json`));
    delete manifest.colophon;
    const path = "dist/artifacts/manifests/foreign.00000000.manifest.json";
    project.write(path, JSON.stringify(manifest));
    try {
      const { status, body } = await get("/figures/foreign");
      expect(status).toBe(200);
      expect(body).toContain("Example Road Agency");
      expect(body.match(/<svg /g)).toHaveLength(2);
      expect(body).toContain("who recorded it did not say which member of the rows is drawn");
    } finally {
      unlinkSync(join(project.root, path));
    }
  });

  test("name the lost figures of the index, and say when there are none at all", async () => {
    const from = join(project.root, `dist/artifacts/manifests/${id}.manifest.json`);
    renameSync(from, `${from}.away`);
    try {
      const { body } = await get("/");
      expect(body).toContain("In the index, and not there");
      expect(body).toContain(`<code>dist/artifacts/manifests/${id}.manifest.json</code>`);
    } finally {
      renameSync(`${from}.away`, from);
    }
    const empty = await startIn(project.root, { artifacts: "nowhere" });
    const { status, body } = await ask(empty.port, { path: "/" });
    await empty.close();
    expect([status, body.includes("No figures in <code>nowhere</code>")]).toEqual([200, true]);
  });
});
