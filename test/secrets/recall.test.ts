import { describe, expect, test } from "@jest/globals";
import { createStreamRedactor } from "../../src/secrets/stream.js";
import { redactUrl } from "../../src/secrets/url.js";
import { redactMembers } from "../../src/secrets/values.js";
import { redactWords } from "../../src/secrets/words.js";
import { keepsPiece, type SampleFamily, sampleFamilies, seededRandom } from "./samples.js";

const samples = process.env.COLOPHON_TEST_LONG ? 200 : 20;

/** Five ways a secret comes in, each as the text that would be recorded. */
const carriers: Readonly<Record<string, (secret: string, family: SampleFamily) => string>> = {
  argv: (secret, { flag }) =>
    redactWords([
      "train.py",
      ...(flag === undefined ? [] : [`--${flag}`]),
      secret,
      "--lr",
      "3e-4",
    ]).value.join(" "),
  "--x=v": (secret, { flag = "input" }) => redactWords(["train.py", `--${flag}=${secret}`]).value.join(" "),
  address: (secret) =>
    redactUrl(`https://runner:${encodeURIComponent(secret)}@example.com/group/repository.git`).value,
  "JSON parameter": (secret, { flag = "remark" }) =>
    JSON.stringify(redactMembers({ run: { [flag]: secret, lr: 0.1 } }).value),
  "log line": (secret, { flag }) => {
    const stream = createStreamRedactor();
    const line = flag === undefined ? `using ${secret}, epoch 1` : `INFO config: ${flag}=${secret}, epoch 1`;
    const bytes = [stream.push(Buffer.from(`start\n2026-11-20 10:42:07 ${line}\n`)), stream.end()];
    return Buffer.concat(bytes).toString("utf8");
  },
};

describe("the rules together", () => {
  test(`find at least 99 of 100 secrets: ${sampleFamilies.length} families × 5 carriers × ${samples} samples`, () => {
    const random = seededRandom(8);
    const missed: string[] = [];
    let tried = 0;
    for (const family of sampleFamilies) {
      for (let count = 0; count < samples; count += 1) {
        const secret = family.sample(random);
        for (const [carrier, record] of Object.entries(carriers)) {
          tried += 1;
          if (keepsPiece(record(secret, family), secret)) missed.push(`${family.name} in ${carrier}`);
        }
      }
    }
    console.log(`found ${tried - missed.length} of ${tried} planted secrets`);
    expect(sampleFamilies.length).toBeGreaterThanOrEqual(30);
    expect(tried).toBe(sampleFamilies.length * 5 * samples);
    if (missed.length > 0) console.log([...new Set(missed)].join("\n"));
    expect(missed.length / tried).toBeLessThanOrEqual(0.01);
  });

  test("are measured by a check that sees a piece of six characters", () => {
    const secret = sampleFamilies[0]!.sample(seededRandom(1));
    expect(keepsPiece(`--x=${secret.slice(0, 3)}«redacted:x»`, secret)).toBe(false);
    expect(keepsPiece(`--x=«redacted:x»${secret.slice(-6)}`, secret)).toBe(true);
    expect(keepsPiece(`--x=${secret.slice(0, 20)}`, secret)).toBe(true);
  });
});
