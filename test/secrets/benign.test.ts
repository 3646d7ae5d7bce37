import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { redactText } from "../../src/secrets/text.js";
import { redactMembers } from "../../src/secrets/values.js";
import { redactWords } from "../../src/secrets/words.js";
import { alnum, digits, draw, hex, letters, pick, type Random, seededRandom } from "./samples.js";

const models = [
  "gpt2",
  "meta-llama/Llama-3.1-8B-Instruct",
  "mask-rcnn_R_50_FPN_3x",
  "hf-internal-testing/tiny-random",
];
const people = ["Ada Lovelace", "A. N. Author", "kim.token@example.com", "Passmore & Keys"];

/** What a training script is really given: name and value. */
const kinds: readonly ((random: Random) => readonly [name: string, value: string])[] = [
  (random) => ["commit", draw(random, 40, hex)],
  (random) => ["dataset_sha256", createHash("sha256").update(String(random())).digest("hex")],
  (random) => ["run_id", [8, 4, 4, 4, 12].map((length) => draw(random, length, hex)).join("-")],
  (random) => [
    "resume_from",
    `/scratch/${draw(random, 8, hex)}/checkpoint-${draw(random, 6, digits)}/model.safetensors`,
  ],
  (random) => ["data", `s3://bucket-${draw(random, 4, digits)}/shards/{0000..0511}.tar`],
  (random) => [
    "config_b64",
    Buffer.from(JSON.stringify({ lr: random(), name: draw(random, 20, alnum) })).toString("base64"),
  ],
  (random) => ["lr", (random() / 1_000).toExponential(3)],
  (random) => ["betas", `(0.9, ${random().toFixed(4)})`],
  (random) => ["tokenizer", pick(random, models)],
  (random) => ["model_name_or_path", pick(random, models)],
  (random) => [
    pick(random, ["max_tokens", "num_tokens", "max_new_tokens", "tokens_per_batch"]),
    draw(random, 4, digits),
  ],
  (random) => [
    pick(random, ["token_dim", "n_token", "token_type_ids", "vocab_size", "max_token_len"]),
    draw(random, 3, digits),
  ],
  (random) => [
    pick(random, ["pad_token", "eos_token", "mask_token", "bos_token"]),
    pick(random, ["<pad>", "</s>", "[MASK]", "<|endoftext|>"]),
  ],
  (random) => [
    pick(random, ["token_merging", "token_dropout", "cls_token", "next_token_loss"]),
    random().toFixed(3),
  ],
  (random) => ["author", pick(random, people)],
  () => ["authors", people.slice(0, 2).join(", ")],
  (random) => [
    pick(random, ["key", "sort_key", "primary_key", "key_dim", "monitor_key", "num_key_value_heads"]),
    draw(random, 6, letters),
  ],
  (random) => [
    pick(random, ["auth_type", "token_path", "password_file", "secret_name"]),
    `conf/${draw(random, 8, letters)}.txt`,
  ],
  (random) => ["use_auth_token", pick(random, ["true", "false", "None"])],
  (random) => ["experiment", `sweep-${draw(random, 8, alnum)}_task-${draw(random, 12, alnum)}`],
  (random) => ["wandb_id", draw(random, 8, `${hex}xyz`)],
  (random) => ["master_addr", `node${draw(random, 3, digits)}.cluster:${draw(random, 5, digits)}`],
  (random) => ["image", `registry.example.com/team/train@sha256:${draw(random, 64, hex)}`],
  (random) => ["remote", `git@example.com:team/${draw(random, 10, letters)}.git`],
  (random) => ["endpoint", `http://127.0.0.1:${draw(random, 4, digits)}/v1/models?limit=10`],
  (random) => ["time", `2026-11-${draw(random, 2, "12")}T10:${draw(random, 2, "12345")}:07Z`],
];

const count = 10_000;

describe("the rules together", () => {
  test(`leave at least 99.5 % of ${count} harmless parameters alone`, () => {
    const random = seededRandom(3);
    const touched: string[] = [];
    for (let index = 0; index < count; index += 1) {
      const [name, value] = kinds[index % kinds.length]!(random);
      const recorded = [
        redactWords([`--${name}`, value]).redactions,
        redactWords([`${name}=${value}`]).redactions,
        redactMembers({ [name]: value }).redactions,
        redactText(`10:42:07 INFO train: ${name}: ${value}`).redactions,
      ];
      if (recorded.some((redactions) => Object.keys(redactions).length > 0)) touched.push(`${name} ${value}`);
    }
    console.log(`left ${count - touched.length} of ${count} harmless parameters alone`);
    expect(touched.slice(0, 5)).toEqual([]);
    expect(touched.length / count).toBeLessThanOrEqual(0.005);
  });
});
