import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { readTrace } from "../../../src/process/observe/read-trace.js";
import { straceFault, throughStrace } from "../../../src/process/observe/strace.js";
import { scratchFolder, testIf } from "../../files/scratch.js";

const folder = scratchFolder();

function read(...lines: string[]) {
  const path = join(folder, "trace");
  writeFileSync(path, lines.map((line) => `${line}\n`).join(""), "latin1");
  return [...readTrace(path, "/start")].filter(({ kind }) => kind !== "process");
}

describe("readTrace", () => {
  test("takes the path that the system opened, and the time", () => {
    const [file] = read(
      '71 1795282259.123456 openat(AT_FDCWD</study>, "../data/a.csv", O_RDONLY|O_CLOEXEC) = 3</data/a.csv>',
    );
    expect(file).toEqual({
      kind: "file",
      process: "strace.71",
      opened: "reading",
      path: "/data/a.csv",
      before: null,
      time: 1795282259123456000n,
    });
  });

  test.each([
    ['open("a", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3</w/a>', "writing"],
    ['openat(AT_FDCWD</w>, "a", O_RDWR) = 3</w/a>', "both"],
    ['openat(AT_FDCWD</w>, "a", O_RDWR|O_CREAT|O_TRUNC, 0600) = 3</w/a>', "writing"],
    ['unlinkat(4</w>, "a", 0) = 0', "deleting"],
    ['unlink("/w/a") = 0', "deleting"],
    ['truncate("/w/a", 0) = 0', "writing"],
    ['execve("/w/a", ["a", "b\\"c"], 0x7ffe /* 20 vars */) = 0', "reading"],
  ])("reads %s", (call, opened) => {
    expect(read(`71 1.000001 ${call}`)[0]).toMatchObject({ opened, path: "/w/a" });
  });

  test("joins a relative name to the folder where its process was last seen, or started", () => {
    expect(
      read(
        '71 1.0 rename("a", "b") = 0',
        '71 1.0 openat(AT_FDCWD</study>, "x", O_RDONLY) = 3</study/x>',
        '71 1.0 rename("a", "b") = 0',
        '71 1.0 renameat2(5</from>, "a", 6</to>, "b", 0) = 0',
      ).filter(({ kind }) => kind === "rename"),
    ).toMatchObject([
      { from: "/start/a", to: "/start/b" },
      { from: "/study/a", to: "/study/b" },
      { from: "/from/a", to: "/to/b" },
    ]);
  });

  test("leaves out folders and what is no call, and reads names that are not ASCII", () => {
    expect(
      read(
        '71 1.0 openat(AT_FDCWD</w>, ".", O_RDONLY|O_DIRECTORY) = 3</w>',
        '71 1.0 unlinkat(AT_FDCWD</w>, "d", AT_REMOVEDIR) = 0',
        "71 1.0 +++ exited with 0 +++",
        "noise",
        '71 1.0 openat(AT_FDCWD</w>, "\\303\\251\\n\\"", O_RDONLY) = 3</w/\\303\\251\\n">',
      ),
    ).toMatchObject([{ path: '/w/\xc3\xa9\n"' }]);
  });
});

const fault = straceFault(process.env, "/");

describe("throughStrace", () => {
  const command = {
    argv: ["sh", "-c", "echo 1 > made; exit 0"],
    cwd: folder,
    env: process.env,
    forward: "auto" as const,
    killAfterSeconds: null,
  };

  testIf(fault === null, `strace: ${fault}`)("tells what a program opens", async () => {
    const trace = join(folder, "real trace");
    const { argv } = throughStrace(command, trace);
    const [program = "", ...words] = argv;
    execFileSync(program, words, { cwd: folder });
    const told = () =>
      [...readTrace(trace, folder)].flatMap((event) => (event.kind === "file" ? [event] : []));
    for (let waited = 0; waited < 100 && told().every(({ opened }) => opened !== "writing"); waited += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(told()).toContainEqual(expect.objectContaining({ opened: "writing", path: join(folder, "made") }));
  });

  test("leaves a command as it is that could not be started", () => {
    writeFileSync(join(folder, "text"), "no program", { mode: 0o755 });
    for (const argv of [["no-such-program"], ["./text"], [folder]])
      expect(throughStrace({ ...command, argv }, "trace").argv).toBe(argv);
  });
});
