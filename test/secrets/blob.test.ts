import { describe, expect, test } from "@jest/globals";
import { countBlobSecrets, isSecretPath } from "../../src/secrets/blob.js";
import { sampleFamilies, samplePem, seededRandom } from "./samples.js";

describe("isSecretPath", () => {
  test.each([
    ".env",
    "app/.env.local",
    "certs/server.pem",
    "deploy/Server.KEY",
    "id_rsa",
    "home/.ssh/config",
    ".netrc",
    ".npmrc",
    ".pypirc",
    "aws_credentials",
    "config/credentials.json",
    "my-service-account-1.json",
    ".aws/config",
    "kubeconfig",
    "a.p12",
    "vault.kdbx",
  ])("leaves %s out", (path) => {
    expect(isSecretPath(path)).toBe(true);
  });

  test.each([
    "train.py",
    "credentials.py",
    "id_mapping.py",
    "env.yaml",
    "src/keys.ts",
    "monkey/data.csv",
    "environment.yml",
  ])("takes %s in", (path) => {
    expect(isSecretPath(path)).toBe(false);
  });
});

describe("countBlobSecrets", () => {
  test("finds a token of every family anywhere in a file", () => {
    const random = seededRandom(17);
    for (const family of sampleFamilies.filter(({ flag }) => flag === undefined)) {
      const content = Buffer.from(`\xff\0one\ntwo = "${family.sample(random)}"\nthree\n`, "latin1");
      expect(Object.values(countBlobSecrets(content))).toEqual([1]);
    }
  });

  test.each(["RSA PRIVATE KEY", "PRIVATE KEY", "OPENSSH PRIVATE KEY", "ENCRYPTED PRIVATE KEY"])(
    "finds a %s",
    (label) => {
      const pem = samplePem(seededRandom(18), label);
      expect(countBlobSecrets(Buffer.from(pem))).toEqual({ "private-key": 1 });
      expect(countBlobSecrets(Buffer.from(JSON.stringify({ pem })))).toEqual({ "private-key": 1 });
    },
  );

  test("finds nothing in a program that handles secrets", () => {
    const header = ["-----BEGIN ", "PRIVATE KEY-----"].join("");
    const program = `password = getpass()\nurl = f"https://{user}:{token}@host"\nif line == "${header}":\n    pass\n`;
    expect(countBlobSecrets(Buffer.from(program))).toEqual({});
  });
});
