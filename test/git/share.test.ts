import { describe, expect, test } from "@jest/globals";
import { remoteEnvironment } from "../../src/git/git-environment.js";
import { fetchObjects } from "../../src/git/share/fetch-objects.js";
import { findRemote } from "../../src/git/share/remote.js";
import { withoutCredentials } from "../../src/git/share/remote-failures.js";
import { storeRecords } from "../../src/git/share/store-records.js";
import { env, failureOf, makeScratch } from "./scratch.js";

describe("remoteEnvironment", () => {
  test("keeps what logs the user in, and drops what ties to another repository or prints credentials", () => {
    const kept = {
      PATH: "/bin",
      HOME: "/home",
      SSH_AUTH_SOCK: "s",
      GIT_SSH_COMMAND: "ssh -i k",
      GIT_ASKPASS: "a",
    };
    const given = { GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "http.extraHeader", GIT_CONFIG_VALUE_0: "x" };
    const dropped = {
      GIT_DIR: "d",
      GIT_INDEX_FILE: "i",
      GIT_NAMESPACE: "n",
      GIT_TRACE_CURL: "1",
      LC_ALL: "de_DE",
    };
    const made = remoteEnvironment({ ...kept, ...given, ...dropped }, false, {
      "remote.a=b.mirror": "false",
    });
    expect(made).toEqual({
      ...kept,
      ...given,
      GIT_CONFIG_COUNT: "2",
      GIT_CONFIG_KEY_1: "remote.a=b.mirror",
      GIT_CONFIG_VALUE_1: "false",
      GIT_ALLOW_PROTOCOL: "file:git:http:https:ssh",
      GIT_TERMINAL_PROMPT: "0",
      LC_ALL: "C",
    });
    expect(remoteEnvironment({ GIT_ALLOW_PROTOCOL: "https" }, true)).toEqual({
      GIT_ALLOW_PROTOCOL: "https",
      LC_ALL: "C",
    });
  });
});

describe("withoutCredentials", () => {
  test.each([
    [
      "https://ada:hunter2hunter2@h.example/r.git",
      "cannot read https://ada:hunter2hunter2@h.example/r.git: no",
    ],
    ["https://ghp_0123456789@h.example/r.git", "no: 'https://ghp_0123456789@h.example/r.git/'"],
    ["https://ada:p%40ss%2Fword@h.example/r.git", "user ada:p%40ss%2Fword"],
  ])("of %s nothing is left", (address, said) => {
    expect(withoutCredentials(said, { addresses: [address] })).not.toMatch(/hunter2|ghp_|p%40ss/);
  });
});

describe("fetchObjects", () => {
  test("refuses a tree with names that Git does not allow (RECORDS_REFUSED)", async () => {
    const [here, there] = [makeScratch(), makeScratch()];
    const blob = there.git("rev-parse", "HEAD:a.txt");
    const entry = Buffer.concat([Buffer.from("100644 ..\0"), Buffer.from(blob, "hex")]);
    const tree = there.git("hash-object", "-t", "tree", "-w", "--literally", there.write("tree", entry));
    const commit = there.git("commit-tree", "-m", "x", tree);
    there.git("update-ref", "refs/colophon/records/x", commit);
    here.git("remote", "add", "there", there.root);
    const place = { root: here.root, env, mayAsk: false };
    const remote = await findRemote("there", "fetch", place);
    const failure = await failureOf(fetchObjects(remote, [{ commit, ref: null }], true, place));
    expect(failure).toMatchObject({ name: "GitError", code: "RECORDS_REFUSED" });
    expect(here.tryGit("cat-file", "-e", commit).status).not.toBe(0);
  });
});

describe("storeRecords", () => {
  test("makes the same commit of the same files, whoever asks", async () => {
    const commits = await Promise.all(
      [makeScratch(), makeScratch()].map(async (scratch) => {
        scratch.git("config", "user.name", scratch.root);
        scratch.write(".gitattributes", "* text=auto eol=crlf\n");
        const location = scratch.write("run/logs/out.log", "a\r\nb\n");
        const files = [{ path: "logs/out.log", location, isExecutable: false }];
        return storeRecords(
          scratch.root,
          { id: "20261120T104207Z_3f9c2e1_k3f9q2", time: 1e12, files, leftOut: 0 },
          env,
        );
      }),
    );
    expect(new Set(commits).size).toBe(1);
  });
});
