import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { createStreamRedactor, longestHeld } from "../../src/secrets/stream.js";
import { alnum, draw, sampleFamilies, samplePem, seededRandom } from "./samples.js";

const random = seededRandom(13);
const token = ["gh", "p_"].join("") + draw(random, 36, alnum);
const marker = "«redacted:github-pat»";

function pass(...chunks: readonly (string | Uint8Array)[]): {
  text: string;
  bytes: Buffer;
  redactions: object;
} {
  const stream = createStreamRedactor();
  const given = chunks.map((chunk) => Buffer.from(stream.push(Buffer.from(chunk))));
  const bytes = Buffer.concat([...given, stream.end()]);
  return { text: bytes.toString("utf8"), bytes, redactions: stream.redactions };
}

function splitAt(bytes: Buffer, at: number): [Buffer, Buffer] {
  return [bytes.subarray(0, at), bytes.subarray(at)];
}

describe("createStreamRedactor", () => {
  test("finds every secret split at every byte offset across two pushes", () => {
    let splits = 0;
    for (const family of sampleFamilies) {
      const secret = family.sample(random);
      const line = Buffer.from(`é ${family.flag ?? "x"}=${secret} ü\nnext\n`);
      const expected = pass(line).text;
      expect(expected).not.toContain(secret);
      for (let at = 0; at <= line.length; at += 1) {
        splits += 1;
        expect(pass(...splitAt(line, at)).text).toBe(expected);
      }
    }
    console.log(`found the secret at each of ${splits} splits`);
  });

  test("finds a private key split at every byte offset, and counts it once", () => {
    const log = Buffer.from(`start\n${samplePem(random)}\nepoch 1\n`);
    for (let at = 0; at <= log.length; at += 1) {
      const { text, redactions } = pass(...splitAt(log, at));
      expect(text.split("\n").filter((line) => line !== "")).toEqual([
        "start",
        "«redacted:private-key»",
        "epoch 1",
      ]);
      expect(redactions).toEqual({ "private-key": 1 });
    }
  });

  test("finds a secret given byte by byte", () => {
    expect(pass(...[...`a ${token}\r\nb`].map((byte) => byte)).text).toBe(`a ${marker}\r\nb`);
  });

  test.each(["\n", "\r", "\r\n"])("gives a line out as soon as %j ends it", (end) => {
    const stream = createStreamRedactor();
    expect(Buffer.from(stream.push(Buffer.from(`50 %${end}51`))).toString()).toBe(`50 %${end}`);
    expect(Buffer.from(stream.held).toString()).toBe("51");
    expect(stream.push(Buffer.from(" %"))).toHaveLength(0);
    expect(Buffer.from(stream.end()).toString()).toBe("51 %");
    expect(stream.held).toHaveLength(0);
  });

  test("gives out and holds, together, all it took in", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (chunks) => {
        const stream = createStreamRedactor();
        let given = Buffer.alloc(0);
        let taken = Buffer.alloc(0);
        for (const chunk of chunks) {
          given = Buffer.concat([given, stream.push(chunk)]);
          taken = Buffer.concat([taken, chunk]);
          expect(Buffer.concat([given, stream.held]).equals(taken)).toBe(true);
        }
        expect(Buffer.concat([given, stream.end()]).equals(taken)).toBe(true);
      }),
      { seed: 1 },
    );
  });

  test("leaves every byte of a log without secrets as it is", () => {
    const byte = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(10, 13));
    const words = fc.constantFrom(
      "tokens/s 12 ",
      "key ",
      "https://h/x ",
      "passed ",
      "auth: ok\n",
      "eyJ",
      "token: the\r",
      "é",
    );
    const chunk = fc.oneof(
      fc.array(byte, { maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
      words.map((word) => Buffer.from(word)),
    );
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 30 }), (chunks) => {
        const { bytes, redactions } = pass(...chunks);
        fc.pre(Object.keys(redactions).length === 0);
        expect(bytes.equals(Buffer.concat(chunks))).toBe(true);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  test("says the same however the log is cut", () => {
    const lines = sampleFamilies.map((family) => `${family.flag ?? "x"}=${family.sample(random)} \xe9\n`);
    const log = Buffer.from(`${lines.join("plain\n")}${samplePem(random)}\r\nend`, "latin1");
    const whole = pass(log);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: log.length }), { maxLength: 40 }), (cuts) => {
        const edges = [0, ...[...cuts].sort((a, b) => a - b), log.length];
        const { bytes, redactions } = pass(
          ...edges.slice(1).map((to, index) => log.subarray(edges[index], to)),
        );
        expect(bytes.equals(whole.bytes)).toBe(true);
        expect(redactions).toEqual(whole.redactions);
      }),
      { seed: 1 },
    );
  });

  test("gives out what was written before and after a line with a secret unchanged", () => {
    const noise = Buffer.from(Array.from({ length: 2_000 }, (_, index) => (index * 7) % 256));
    const { bytes } = pass(noise, "\n", `${token}\n`, noise);
    expect(bytes.equals(Buffer.concat([noise, Buffer.from(`\n${marker}\n`), noise]))).toBe(true);
  });

  test("reads a chunk that is a view into a larger buffer", () => {
    const larger = new Uint8Array(Buffer.from(`zz\n${token}\nzz`));
    expect(pass(larger.subarray(3, larger.length - 2)).text).toBe(`${marker}\n`);
  });
});

describe("createStreamRedactor on a line without an end", () => {
  const step = process.env.COLOPHON_TEST_LONG ? 7 : 97;

  test(`finds a secret at offsets around every cut of the line, one in ${step}`, () => {
    let places = 0;
    for (const [name, secret] of [
      ["x", token],
      ["--db-password", "hunter2!"],
    ] as const) {
      for (let at = longestHeld - 20_000; at < longestHeld + 600; at += step) {
        places += 1;
        const line = `${"a ".repeat(at / 2)}${name} ${secret} ${"b ".repeat(9_000)}`;
        const chunks = line.match(/[\s\S]{1,8192}/g)!;
        const { text } = pass(...chunks);
        expect(text.includes(secret)).toBe(false);
        expect(text.replace(/«redacted:[a-z-]+»/, secret)).toBe(line);
      }
    }
    console.log(`found the secret at each of ${places} places`);
  });

  test("never holds more than a pipe takes", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 90_000 }), { maxLength: 6 }),
        fc.boolean(),
        (sizes, secret) => {
          const stream = createStreamRedactor();
          let taken = "";
          let given = "";
          for (const size of sizes) {
            const chunk = secret ? `password=${"q".repeat(size)}` : "y".repeat(size);
            taken += chunk;
            given += Buffer.from(stream.push(Buffer.from(chunk))).toString();
            expect(stream.held.length).toBeLessThanOrEqual(longestHeld);
          }
          given += Buffer.from(stream.end()).toString();
          if (secret) expect(given.replaceAll(/password=|«redacted:[a-z-]+»/g, "")).toBe("");
          else expect(given === taken).toBe(true);
        },
      ),
      { seed: 1, numRuns: 50 },
    );
  });

  test("swallows a secret longer than it can hold to its end, and counts it once", () => {
    const long = draw(random, 200_000, alnum);
    const line = `password="${long}" lr=1`;
    const { text, redactions } = pass(...`${line}\nnext`.match(/[\s\S]{1,5000}/g)!);
    expect(text).toBe('password="«redacted:named-password»" lr=1\nnext');
    expect(redactions).toEqual({ "named-password": 1 });
  });

  test("leaves the bytes as they are, whatever they are", () => {
    const noise = Buffer.from(Array.from({ length: 300_000 }, () => 32 + Math.floor(random() * 224)));
    for (const size of [1_000, 65_536, 65_537, 300_000]) {
      const chunks = Array.from({ length: Math.ceil(noise.length / size) }, (_, index) =>
        noise.subarray(index * size, (index + 1) * size),
      );
      expect(pass(...chunks).bytes.equals(noise)).toBe(true);
    }
  });
});
