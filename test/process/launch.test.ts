import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { findProgram } from "../../src/process/program.js";
import { makeFolder, removePlace, wrap } from "./wrapped.js";

afterAll(removePlace);

const folder = makeFolder();

function write(name: string, text: string, mode: number): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

describe("a command that cannot be started", () => {
  test("is 127 when no folder of PATH has it", async () => {
    const { status, end } = await wrap(["no-such-program-anywhere", "x"]);
    expect([status, end.failure?.status]).toEqual([127, 127]);
    expect(end.failure?.message).toBe('"no-such-program-anywhere" was not found: it is in no folder of PATH');
  });

  test("is 127 when its path leads nowhere", async () => {
    const { status, end } = await wrap(["./gone/program"]);
    expect([status, end.failure?.message]).toEqual([
      127,
      '"./gone/program" was not found: there is no such file',
    ]);
  });

  test("is 126 when it may not be executed, or is a folder", async () => {
    const plain = write("plain.txt", "no program\n", 0o644);
    mkdirSync(join(folder, "a-folder"));
    for (const name of [plain, join(folder, "a-folder")]) {
      const { status, end } = await wrap([name]);
      expect([status, end.failure?.message]).toEqual([126, `${name} is not a file that may be executed`]);
    }
  });

  test("is 126 when its interpreter is missing, which the system calls by the same name as a missing program", async () => {
    const script = write("bad-interpreter", "#!/no/such/interpreter -x\n", 0o755);
    const { status, end } = await wrap([script]);
    expect([status, end.failure?.message]).toEqual([
      126,
      `${script} is to be run by /no/such/interpreter, which is not there`,
    ]);
  });

  test("is 126 when the current folder is gone, with a program that exists", async () => {
    const { status, end } = await wrap(["true"], { options: { cwd: join(folder, "gone") } });
    expect([status, end.failure?.message]).toEqual([
      126,
      `the current folder ${join(folder, "gone")} is not there`,
    ]);
  });

  test("is 126 when its words are longer than the system allows", async () => {
    const { status, end } = await wrap(["true"], { env: { TOO_LONG: "x".repeat(100_000) }, options: {} });
    expect([status, end.exitCode]).toEqual([0, 0]);
    const long = ["sh", "-c", 'x=$(printf "%200000s"); exec env "X=$x" true'];
    expect((await wrap(long)).status).toBe(126);
  });

  test("runs a script without a first line as the shell does", async () => {
    const { status, stdout } = await wrap([write("bare", "echo bare; exit 9\n", 0o755)]);
    expect([status, stdout.toString()]).toEqual([9, "bare\n"]);
  });
});

describe("findProgram", () => {
  test("goes on along PATH after a file that may not be executed", () => {
    mkdirSync(join(folder, "one"));
    mkdirSync(join(folder, "two"));
    write("one/tool", "", 0o644);
    const path = [join(folder, "one"), join(folder, "two")].join(":");
    expect(findProgram("tool", path, "/")).toEqual({
      kind: "not-executable",
      path: join(folder, "one/tool"),
    });
    write("two/tool", "", 0o755);
    expect(findProgram("tool", path, "/")).toEqual({ kind: "executable", path: join(folder, "two/tool") });
  });

  test("reads an empty entry of PATH as the current folder", () => {
    expect(findProgram("tool", ":/none", join(folder, "two"))).toMatchObject({ kind: "executable" });
  });
});
