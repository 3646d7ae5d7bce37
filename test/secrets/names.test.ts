import { describe, expect, test } from "@jest/globals";
import { findNameRule } from "../../src/secrets/names.js";

describe("findNameRule", () => {
  test.each([
    ["password", "named-password"],
    ["--db-password", "named-password"],
    ["PGPASSWORD", "named-password"],
    ["passWord2", "named-password"],
    ["MYSQL_PWD", "named-password"],
    ["smtp_pass", "named-password"],
    ["client.secret", "named-secret"],
    ["clientSecret", "named-secret"],
    ["secret_id", "named-secret"],
    ["openaiApiKey", "named-key"],
    ["OPENAI_API_KEY_2", "named-key"],
    ["X-Api-Key", "named-key"],
    ["apikey", "named-key"],
    ["wandb_key", "named-key"],
    ["AccountKey", "named-key"],
    ["ssh_private_key", "named-key"],
    ["HF_TOKEN", "named-token"],
    ["HFToken", "named-token"],
    ["use_auth_token", "named-token"],
    ["accessToken", "named-token"],
    ["auth", "named-credential"],
    ["Authorization", "named-credential"],
    ["aws.credentials", "named-credential"],
    ["Cookie", "named-credential"],
  ])("takes %s for the name of a secret", (name, rule) => {
    expect(findNameRule(name)).toBe(rule);
  });

  test.each([
    "tokenizer",
    "max_tokens",
    "num_token",
    "tokens",
    "token_dim",
    "pad_token",
    "pad_token_id",
    "nextTokenLoss",
    "placeholder_token",
    "vocab_token",
    "author",
    "authors",
    "auth_type",
    "key",
    "sort_key",
    "num_key_value_heads",
    "monkey",
    "password_file",
    "GOOGLE_APPLICATION_CREDENTIALS_PATH",
    "token_path",
    "secret_name",
    "forward_pass",
    "compass",
    "secretary",
    "OLDPWD",
    "",
  ])("leaves %p alone", (name) => {
    expect(findNameRule(name)).toBeUndefined();
  });
});
