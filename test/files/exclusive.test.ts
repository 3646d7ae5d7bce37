import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { exclusively, type Owner } from "../../src/files/exclusive.js";
import { lives } from "../../src/local-ports/figures/figure-lock.js";
import { scratchFolder } from "./scratch.js";

const waiting = { between: 1, atMost: 60_000 };
const owner = (name: string, living: boolean | undefined = true): Owner => ({ name, lives: () => living });

describe("exclusively", () => {
  test("gives what the work gives, and leaves nobody's name behind", async () => {
    const folder = join(scratchFolder(), "locks/a");
    expect(await exclusively(folder, owner("me"), () => 7, waiting)).toBe(7);
    await expect(
      exclusively(
        folder,
        owner("me"),
        () => {
          throw new Error("it failed");
        },
        waiting,
      ),
    ).rejects.toThrow("it failed");
    expect(readdirSync(folder)).toEqual([]);
    expect(readdirSync(join(folder, ".."))).toEqual(["a"]);
  });

  test("waits for one who lives, and not for one who is dead", async () => {
    const folder = join(scratchFolder(), "a");
    mkdirSync(folder);
    writeFileSync(join(folder, "dead"), "");
    const knowing: Owner = { name: "me", lives: (name) => name !== "dead" };
    expect(await exclusively(folder, knowing, () => readdirSync(folder), waiting)).toEqual(["me"]);
    writeFileSync(join(folder, "living"), "");
    const short = { between: 1, atMost: 20 };
    await expect(exclusively(folder, knowing, () => 1, short)).rejects.toMatchObject({
      code: "STILL_LOCKED",
    });
    await expect(exclusively(folder, owner("me", undefined), () => 1, short)).rejects.toMatchObject({
      code: "STILL_LOCKED",
    });
    expect(readdirSync(folder)).toEqual(["living"]);
    expect(existsSync(`${folder}.me`)).toBe(false);
  });

  test("an owner of another start of this machine is dead; of another machine or container nothing is known", () => {
    const here = ["host", "boot", "ns"];
    expect(lives("host-boot-ns-999999999-5-ab", here)).toBe(false);
    expect(lives("host-other-ns-1-5-ab", here)).toBe(false);
    expect(lives("elsewhere-boot-ns-1-5-ab", here)).toBeUndefined();
    expect(lives("host-boot-other-1-5-ab", here)).toBeUndefined();
    expect(lives(`host-boot-ns-${process.pid}--ab`, here)).toBe(true);
    // Its number was given to this process since.
    expect(lives(`host-boot-ns-${process.pid}-1-ab`, here)).toBe(!existsSync("/proc/self/stat"));
  });
});
