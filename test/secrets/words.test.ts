import { describe, expect, test } from "@jest/globals";
import { redactWords } from "../../src/secrets/words.js";
import { alnum, draw, samplePem, seededRandom } from "./samples.js";

const random = seededRandom(6);

describe("redactWords", () => {
  test.each([
    [
      ["--password", "1234"],
      ["--password", "«redacted:named-password»"],
    ],
    [["--password=a b"], ["--password=«redacted:named-password»"]],
    [
      ["-token", "abc"],
      ["-token", "«redacted:named-token»"],
    ],
    [
      ["HF_TOKEN=abc", "python", "x.py"],
      ["HF_TOKEN=«redacted:named-token»", "python", "x.py"],
    ],
    [["+logger.api_key=abc"], ["+logger.api_key=«redacted:named-key»"]],
    [["api_key:=abc"], ["api_key:=«redacted:named-key»"]],
    [
      ["--token", "-ab3dEfgh12_x"],
      ["--token", "«redacted:named-token»"],
    ],
    [
      ["-H", "Authorization: Bearer a b"],
      ["-H", "Authorization: «redacted:named-credential»"],
    ],
    [["--header=X-Api-Key: a b"], ["--header=X-Api-Key: «redacted:named-key»"]],
    [["-HCookie: a=b; c=d"], ["-HCookie: «redacted:named-credential»"]],
    [
      ["-u", "bob:p'w d"],
      ["-u", "«redacted:login»"],
    ],
    [
      ["-u", ":pw"],
      ["-u", "«redacted:login»"],
    ],
    [["-ubob:pw"], ["-u«redacted:login»"]],
    [["--user=bob:pw"], ["--user=«redacted:login»"]],
    [
      ["https://bob:pw@h/x?token=a&lr=1"],
      ["https://«redacted:url-credentials»@h/x?token=«redacted:named-token»&lr=1"],
    ],
    [
      ["--config", '{"token":"abc","lr":1}'],
      ["--config", '{"token":"«redacted:named-token»","lr":1}'],
    ],
    [
      ["sh", "-c", "A=1\nexport TOKEN=abc\nrun"],
      ["sh", "-c", "A=1\nexport TOKEN=«redacted:named-token»\nrun"],
    ],
  ])("takes the secret out of %j", (words, expected) => {
    expect(redactWords(words).value).toEqual(expected);
  });

  test.each([
    [["--use-auth-token", "--lr", "3"]],
    [["--token", "-v"]],
    [["--auth=true", "--token", "None"]],
    [["--api-key", "${API_KEY}"]],
    [["--pad_token", "<pad>", "--tokenizer", "gpt2", "--max_tokens=512"]],
    [["docker", "run", "-u", "1000:1000"]],
    [["-H", "Accept: text/html"]],
    [["--author", "Ada Lovelace", "password"]],
    [[]],
  ])("leaves %j as it is", (words) => {
    expect(redactWords(words)).toEqual({ value: words, redactions: {} });
  });

  test("names the kind of token where its form shows it", () => {
    const token = ["gh", "p_"].join("") + draw(random, 36, alnum);
    expect(redactWords(["--token", token]).redactions).toEqual({ "github-pat": 1 });
    expect(redactWords([`--token=${token}x/y`]).redactions).toEqual({ "named-token": 1 });
  });

  test("takes a private key given as one word", () => {
    const { value } = redactWords(["--key", samplePem(random), "--lr", "1"]);
    expect(value[1]!.trim()).toBe("«redacted:private-key»");
    expect(value).toHaveLength(4);
  });

  test("leaves the words it was given unchanged", () => {
    const words = Object.freeze(["--password", "x"]);
    expect(redactWords(words).value).not.toBe(words);
    expect(words).toEqual(["--password", "x"]);
  });
});
