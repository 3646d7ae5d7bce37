/** Made-up tokens in the form of real ones, put together here so that no scanner mistakes this file for a leak. */

export type Random = () => number;

/** mulberry32: the same numbers on every machine. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function pick<T>(random: Random, choices: ArrayLike<T>): T {
  return choices[Math.floor(random() * choices.length)]!;
}

export function draw(random: Random, length: number, alphabet: string): string {
  return Array.from({ length }, () => pick(random, alphabet)).join("");
}

export const digits = "0123456789";
export const hex = "0123456789abcdef";
export const upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
export const letters = upper + upper.toLowerCase();
export const alnum = letters + digits;
const urlSafe = `${alnum}_-`;
const base64 = `${alnum}+/`;

export interface SampleFamily {
  readonly name: string;
  /** What a program would call it; `undefined` for a token that must be known by its form alone. */
  readonly flag?: string;
  sample(random: Random): string;
}

function prefixed(name: string, prefix: readonly string[], length: number, alphabet: string): SampleFamily {
  return { name, sample: (random) => prefix.join("") + draw(random, length, alphabet) };
}

function encodeJson(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

export const sampleFamilies: readonly SampleFamily[] = [
  prefixed("GitHub personal", ["gh", "p_"], 36, alnum),
  prefixed("GitHub OAuth", ["gh", "o_"], 36, alnum),
  prefixed("GitHub user to server", ["gh", "u_"], 36, alnum),
  prefixed("GitHub server to server", ["gh", "s_"], 36, alnum),
  prefixed("GitHub refresh", ["gh", "r_"], 76, alnum),
  prefixed("GitHub fine-grained", ["github", "_pat_"], 82, `${alnum}_`),
  prefixed("GitLab personal", ["gl", "pat-"], 20, urlSafe),
  prefixed("AWS access key", ["AK", "IA"], 16, `${upper}234567`),
  prefixed("AWS session key", ["AS", "IA"], 16, `${upper}234567`),
  {
    name: "Slack bot",
    sample: (random) => `${["xo", "xb-"].join("")}${draw(random, 12, digits)}-${draw(random, 24, alnum)}`,
  },
  prefixed("Slack app", ["xa", "pp-1-"], 40, `${upper}${digits}`),
  prefixed("Google API", ["AI", "za"], 35, urlSafe),
  prefixed("Google OAuth", ["GOC", "SPX-"], 28, urlSafe),
  prefixed("Anthropic", ["sk", "-ant-", "api03-"], 93, urlSafe),
  {
    name: "OpenAI",
    sample: (random) =>
      ["sk", "-"].join("") + draw(random, 20, alnum) + ["T3Blbk", "FJ"].join("") + draw(random, 20, alnum),
  },
  prefixed("OpenAI project", ["sk", "-proj-"], 120, urlSafe),
  prefixed("Hugging Face", ["h", "f_"], 34, letters),
  prefixed("npm", ["np", "m_"], 36, alnum),
  prefixed("PyPI", ["py", "pi-AgEIcHlwaS5vcmc"], 80, urlSafe),
  prefixed("Stripe live", ["sk", "_live_"], 24, alnum),
  prefixed("Stripe restricted", ["rk", "_test_"], 24, alnum),
  {
    name: "SendGrid",
    sample: (random) => `${["S", "G."].join("")}${draw(random, 22, urlSafe)}.${draw(random, 43, urlSafe)}`,
  },
  prefixed("Twilio", ["S", "K"], 32, hex),
  prefixed("DigitalOcean", ["dop", "_v1_"], 64, hex),
  {
    name: "Discord bot",
    sample: (random) => {
      const id = Buffer.from(pick(random, "123456789") + draw(random, 17, digits)).toString("base64url");
      return `${id}.${draw(random, 6, urlSafe)}.${draw(random, 38, urlSafe)}`;
    },
  },
  {
    name: "Telegram bot",
    sample: (random) =>
      `${pick(random, "123456789")}${draw(random, 9, digits)}${[":A", "A"].join("")}${draw(random, 33, urlSafe)}`,
  },
  {
    name: "Azure client secret",
    sample: (random) => `${draw(random, 3, alnum)}8${["Q", "~"].join("")}${draw(random, 34, `${alnum}_-`)}`,
  },
  prefixed("Databricks", ["da", "pi"], 32, hex),
  {
    name: "JSON web token",
    sample: (random) => {
      const body = encodeJson({ sub: draw(random, 10, digits), exp: 1_800_000_000 });
      return `${encodeJson({ alg: "HS256", typ: "JWT" })}.${body}.${draw(random, 43, urlSafe)}`;
    },
  },
  {
    name: "Neptune",
    sample: (random) =>
      Buffer.from(
        JSON.stringify({ api_address: "https://example.com", api_key: draw(random, 36, hex) }),
      ).toString("base64"),
  },
  prefixed("Vault", ["hv", "s."], 90, urlSafe),
  prefixed("Grafana", ["gl", "sa_"], 41, alnum),
  prefixed("Docker Hub", ["dckr", "_pat_"], 27, urlSafe),
  prefixed("Replicate", ["r", "8_"], 37, alnum),
  prefixed("Groq", ["gs", "k_"], 52, alnum),
  prefixed("NVIDIA", ["nv", "api-"], 64, urlSafe),
  prefixed("Alibaba", ["LT", "AI"], 20, alnum),
  prefixed("Shopify", ["shp", "at_"], 32, hex),
  prefixed("Pulumi", ["pu", "l-"], 40, hex),
  prefixed("Mailgun", ["ke", "y-"], 32, hex),
  { name: "Weights & Biases", flag: "wandb-api-key", sample: (random) => draw(random, 40, hex) },
  { name: "AWS secret key", flag: "aws_secret_access_key", sample: (random) => draw(random, 40, base64) },
  { name: "Azure storage key", flag: "account_key", sample: (random) => `${draw(random, 86, base64)}==` },
  { name: "Comet", flag: "COMET_API_KEY", sample: (random) => draw(random, 25, alnum) },
  { name: "password", flag: "db_password", sample: (random) => draw(random, 12, `${alnum}!#$%*+-.:;?@^_~`) },
];

/** A private key as OpenSSL writes it: lines of 64 characters, the last one shorter. */
export function samplePem(random: Random, label = "RSA PRIVATE KEY"): string {
  const body = Array.from({ length: 24 }, () => draw(random, 64, base64));
  const dashes = "-".repeat(5);
  return [
    `${dashes}BEGIN ${label}${dashes}`,
    ...body,
    `${draw(random, 22, base64)}==`,
    `${dashes}END ${label}${dashes}`,
  ].join("\n");
}

/** Six characters in a row of a secret are a piece of it. Chance leaves no such piece in the texts around it. */
export function keepsPiece(output: string, secret: string): boolean {
  const piece = 6;
  for (let at = Math.min(8, secret.length - piece); at + piece <= secret.length; at += 1) {
    if (output.includes(secret.slice(at, at + piece))) return true;
  }
  return output.includes(secret);
}
