/** Which names say that their value is a secret. */

/** What the name promises decides how sure the value must look where a name and a colon may be plain prose. */
export type NameRule = "named-password" | "named-secret" | "named-key" | "named-token" | "named-credential";

/**
 * `HF_TOKEN`, `--wandb-api-key`, `auth.clientSecret`; not `max_tokens`, `pad_token`, `author`, `password_file`. Of several
 * words the last decides.
 */
export function findNameRule(name: string): NameRule | undefined {
  if (!/pass|pwd|secret|token|key|auth|cred|bearer|cookie/i.test(name)) return undefined;
  const words = splitName(name);
  if (describesSecret(words)) return undefined;
  const rules = words.map((word, index) => judgeWord(word, words[index - 1] ?? "", words[index + 1] ?? ""));
  return rules.findLast((rule) => rule !== undefined);
}

function judgeWord(word: string, before: string, after: string): NameRule | undefined {
  if (/(?:password|passwd|passphrase|passcode)s?$/.test(word)) return "named-password";
  if (word.endsWith("pwd") && word !== "oldpwd") return "named-password";
  if (word === "pass" && after === "" && loginWords.has(before)) return "named-password";
  if (/secrets?$/.test(word)) return "named-secret";
  if (/^keys?$/.test(word) && keyOwners.has(before)) return "named-key";
  if (/(?:api|access|secret|private|account|auth|ssh|signing|encryption)keys?$/.test(word))
    return "named-key";
  if (word === "token" && !wordsOfText.has(before) && !wordsOfText.has(after)) return "named-token";
  if (/(?:auth|access|api|bearer|refresh|session|bot|user|hf)token$/.test(word)) return "named-token";
  if (/^(?:auth|authorization|credentials?|creds?|bearer|cookie)$/.test(word)) return "named-credential";
  return undefined;
}

/** Words in lower case, of a name in any spelling: `openaiApiKey2` → `openai`, `api`, `key`. Of a long name, the end. */
function splitName(name: string): string[] {
  return name
    .slice(-128)
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .replace(/pass[ _-](word|phrase|code)/g, "pass$1")
    .split(/[^a-z0-9]+/)
    .map((word) => word.replace(/\d+$/, ""))
    .filter((word) => word !== "");
}

/** `token_id` and `password_file` say something about a secret; Vault's `secret_id` is one. */
function describesSecret(words: readonly string[]): boolean {
  const last = words.at(-1) ?? "";
  return descriptions.has(last) && !(last === "id" && words.at(-2) === "secret");
}

const descriptions = new Set(
  `path file filename dir directory folder url uri endpoint host port type types method mode name names user username
  id ids enabled enable required expiry expires expiration ttl policy provider count counts limit length len size dim
  dims version region timeout scheme class algorithm store manager helper backend scope scopes`.split(/\s+/),
);

const loginWords = new Set(
  "db database user smtp imap mail email ftp sftp root admin mysql pg postgres redis ssh ldap login sudo proxy http".split(
    " ",
  ),
);

/** `key` alone is a key of a dictionary, of a sort or of attention. */
const keyOwners = new Set(
  `api access secret private encryption decryption signing account auth license master deploy subscription consumer ssh
  aws gcp azure openai anthropic gemini mistral cohere groq huggingface hf wandb comet neptune clearml mlflow dagshub
  github gitlab slack stripe sendgrid twilio datadog kaggle replicate together fireworks pinecone tavily serper`.split(
    /\s+/,
  ),
);

/** Beside one of these a token is a piece of text. */
const wordsOfText = new Set(
  `pad padding eos bos sos unk sep cls mask masked special start end stop begin first last next prev new max min num
  number n per total avg mean vocab word sub subword char byte image img audio video visual vision speech text prompt
  input output completion generated decoder encoder placeholder initializer trigger modifier class instance additional
  prefix suffix extra think thinking target source src lang language role separator forced suppress sample draft
  dim dims id ids type types len length count counts size embedding embeddings embed emb level limit budget weight weights
  loss acc accuracy drop dropout merge merging mixing mixer masking classifier classification rate usage index idx
  pooling logits logit prob probs num batch shift norm ratio reduction pruning position positions positional latency
  throughput multi prediction predictions`.split(/\s+/),
);
