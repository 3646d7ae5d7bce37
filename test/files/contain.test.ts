import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { resolveInside } from "../../src/files/contain.js";
import { codeOf, faultOf, scratchFolder } from "./scratch.js";

const scratch = scratchFolder();
const root = join(scratch, "root");
mkdirSync(join(root, "a/b"), { recursive: true });
mkdirSync(join(scratch, "root-more"));
writeFileSync(join(root, "a/file"), "");
writeFileSync(join(scratch, "secret"), "");
symlinkSync("a", join(root, "inward"));
symlinkSync("../secret", join(root, "outward"));
symlinkSync("..", join(root, "up"));
symlinkSync("../nothing", join(root, "dangling"));
symlinkSync("loop", join(root, "loop"));
symlinkSync(join(scratch, "root-more"), join(root, "neighbour"));
symlinkSync(root, join(scratch, "other-name"));

describe("resolveInside (K14)", () => {
  test("resolves what is there and what is not yet, through links that stay inside", () => {
    expect(resolveInside(root, "a/file")).toBe(join(root, "a/file"));
    expect(resolveInside(root, "inward/b/new/file")).toBe(join(root, "a/b/new/file"));
    expect(resolveInside(root, "new/file")).toBe(join(root, "new/file"));
    expect(resolveInside(root, ".")).toBe(root);
    expect(resolveInside(join(scratch, "other-name"), "a")).toBe(join(root, "a"));
    expect(resolveInside("/", "tmp/..tmp")).toMatch(/\/tmp\/\.\.tmp$/);
  });

  for (const path of [
    "/etc/passwd",
    "../secret",
    "a/../../secret",
    "outward",
    "up/secret",
    "up",
    "dangling",
    "dangling/x",
    "loop",
    "neighbour/x",
    "a\0b",
  ]) {
    test(`refuses ${JSON.stringify(path)}`, async () => {
      expect(await codeOf(() => resolveInside(root, path))).toBe("PATH_ESCAPES");
    });
  }

  test("says where the path would have led, and refuses when the root is not there", async () => {
    expect((await faultOf(() => resolveInside(root, "outward"))).message).toContain(join(scratch, "secret"));
    expect(await codeOf(() => resolveInside(join(scratch, "none"), "a"))).toBe("PATH_ESCAPES");
  });
});
