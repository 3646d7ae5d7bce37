import { describe, expect, test } from "@jest/globals";
import {
  findDistribution,
  findLibc,
  findMappedLibc,
  parseDistribution,
  parseMacVersion,
  platformName,
} from "../../src/environment/platform.js";
import { askPython, makeFolder, python, testWithPython, writeText } from "./scratch.js";

describe("platformName", () => {
  testWithPython("is what Python's platform.platform() says", () => {
    const expected = askPython(python!, "platform.platform()");
    if (process.platform === "linux") expect(platformName()).toBe(expected);
    else expect(expected.startsWith(platformName())).toBe(true);
  });

  test("names the system, its release and the machine", () => {
    expect(platformName()).toMatch(/^(Linux|macOS|Darwin)-\d+\.\S+-(x86_64|aarch64|arm64)/);
  });
});

describe("findLibc", () => {
  test("names the library and its version on Linux, nothing elsewhere", () => {
    if (process.platform === "linux") expect(findLibc()).toMatch(/^(glibc \d+\.\d+|musl)$/);
    else expect(findLibc()).toBeNull();
  });

  test.each([
    ["7f00-7f01 r-xp 0 00:1 2    /usr/lib/x86_64-linux-gnu/libc.so.6", "/usr/lib/x86_64-linux-gnu/libc.so.6"],
    ["7f00-7f01 r-xp 0 00:1 2    /lib/x86_64-linux-gnu/libc-2.31.so", "/lib/x86_64-linux-gnu/libc-2.31.so"],
    ["7f00-7f01 r-xp 0 00:1 2    /lib/ld-musl-x86_64.so.1", "/lib/ld-musl-x86_64.so.1"],
    ["7f00-7f01 r-xp 0 00:1 2    /usr/lib/libcrypto.so.3", null],
    ["", null],
  ])("finds the mapped library in %j", (maps, expected) => {
    expect(findMappedLibc(maps)).toBe(expected);
  });
});

describe("findDistribution", () => {
  test("reads etc/os-release, then usr/lib/os-release, then a Mac's property list", () => {
    const root = makeFolder();
    expect(findDistribution(root)).toBeNull();
    const list = "<dict><key>ProductVersion</key>\n\t<string>14.4.1</string></dict>";
    writeText(root, "System/Library/CoreServices/SystemVersion.plist", list);
    expect(findDistribution(root)).toBe("macOS 14.4.1");
    writeText(root, "usr/lib/os-release", "NAME=Fedora\nVERSION_ID=40\n");
    expect(findDistribution(root)).toBe("Fedora 40");
    writeText(
      root,
      "etc/os-release",
      'NAME="Debian GNU/Linux"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
    );
    expect(findDistribution(root)).toBe("Debian GNU/Linux 12 (bookworm)");
  });

  test("understands both kinds of quotes and their absence", () => {
    expect(parseDistribution("PRETTY_NAME='Alpine Linux v3.20'")).toBe("Alpine Linux v3.20");
    expect(parseDistribution("PRETTY_NAME=Void")).toBe("Void");
    expect(parseDistribution("nonsense")).toBeNull();
    expect(parseMacVersion("<plist/>")).toBeNull();
  });
});
