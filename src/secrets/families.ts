/** Tokens that show by their form what they are, wherever they stand. */
import { createNeedleSearch, type NeedleSearch } from "./needles.js";
import type { Secret } from "./secret.js";

interface Family {
  readonly rule: string;
  /** Texts of three characters or more, one of which stands in every token of the family. */
  readonly needles: readonly string[];
  /** Has no capturing group, and no part that can match the same text in two ways. */
  readonly pattern: string;
}

/** Colours, escapes and percent-encoding end in a letter that is no part of the word that follows them. */
const escapeEnds = String.raw`\\[nrt]|%[0-9A-Fa-f]{2}|\[[0-9;]{0,12}m`;

/** A literal that begins a word: not the `sk-` of `mask-rcnn`. The literal comes first, as it is what is sought. */
function atWord(literal: string): string {
  return `${literal}(?<![A-Za-z0-9_-](?<!${escapeEnds})${literal})`;
}

const wordEnds = "(?![A-Za-z0-9])";

export const families: readonly Family[] = [
  { rule: "github-pat", needles: ["ghp_"], pattern: "ghp_[A-Za-z0-9]{36,}" },
  { rule: "github-pat", needles: ["github_pat_"], pattern: "github_pat_[A-Za-z0-9_]{36,}" },
  { rule: "github-token", needles: ["gho_", "ghu_", "ghs_", "ghr_"], pattern: "gh[ousr]_[A-Za-z0-9]{36,}" },
  {
    rule: "gitlab-token",
    needles: [
      "glpat-",
      "glptt-",
      "glrt-",
      "gldt-",
      "gloas-",
      "glcbt-",
      "glft-",
      "glsoat-",
      "glagent-",
      "glimt-",
    ],
    pattern: String.raw`gl(?:pat|ptt|rt|dt|oas|cbt|ft|soat|agent|imt)-[\w-]{20,}(?:\.[\w-]{2,}){0,2}`,
  },
  {
    rule: "aws-access-key",
    needles: ["AKIA", "ASIA", "ABIA", "ACCA"],
    pattern: `(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}${wordEnds}`,
  },
  {
    rule: "slack-token",
    needles: ["xox"],
    pattern: String.raw`xox[abeoprs](?:\.xox[bp])?-[A-Za-z0-9-]{10,}`,
  },
  { rule: "slack-token", needles: ["xapp-"], pattern: "xapp-[A-Za-z0-9-]{20,}" },
  {
    rule: "slack-webhook",
    needles: ["hooks.slack.com/"],
    pattern: String.raw`hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Za-z0-9+/]{20,}`,
  },
  { rule: "google-api-key", needles: ["AIza"], pattern: String.raw`AIza[\w-]{35,}` },
  { rule: "google-oauth", needles: ["GOCSPX-"], pattern: String.raw`GOCSPX-[\w-]{20,}` },
  { rule: "google-oauth", needles: ["ya29."], pattern: String.raw`ya29\.[\w.-]{20,}` },
  { rule: "anthropic-key", needles: ["sk-ant-"], pattern: String.raw`sk-ant-[\w-]{20,}` },
  {
    rule: "openai-key",
    needles: ["sk-"],
    pattern: String.raw`${atWord("sk-")}(?:(?:proj|svcacct|admin|None|or|lf)-[\w-]{20,}|[A-Za-z0-9]{20,})`,
  },
  { rule: "huggingface-token", needles: ["hf_", "api_org_"], pattern: "(?:hf|api_org)_[A-Za-z0-9]{30,}" },
  { rule: "npm-token", needles: ["npm_"], pattern: "npm_[A-Za-z0-9]{36,}" },
  { rule: "pypi-token", needles: ["pypi-"], pattern: String.raw`pypi-[\w-]{50,}` },
  {
    rule: "stripe-key",
    needles: ["sk_live_", "sk_test_", "sk_prod_", "rk_live_", "rk_test_", "rk_prod_"],
    pattern: "[rs]k_(?:live|test|prod)_[A-Za-z0-9]{10,}",
  },
  { rule: "stripe-key", needles: ["whsec_"], pattern: "whsec_[A-Za-z0-9+/=]{24,}" },
  { rule: "sendgrid-key", needles: ["SG."], pattern: String.raw`${atWord("SG\\.")}[\w-]{16,32}\.[\w-]{32,}` },
  {
    rule: "twilio-key",
    needles: [..."0123456789abcdefABCDEF"].map((digit) => `SK${digit}`),
    pattern: `${atWord("SK")}[0-9a-fA-F]{32}${wordEnds}`,
  },
  {
    rule: "digitalocean-token",
    needles: ["dop_v1_", "doo_v1_", "dor_v1_"],
    pattern: "do[opr]_v1_[a-f0-9]{64,}",
  },
  {
    rule: "discord-token",
    // The first part is the base64 of a decimal number, which leaves few beginnings.
    needles: ["MD", "MT", "Mj", "Mz", "ND", "NT", "Nj", "Nz", "OD", "OT"].flatMap((two) =>
      [..."AEIMQUYcgk"].map((third) => two + third),
    ),
    pattern: String.raw`(?:M[DTjz]|N[DTjz]|O[DT])[AEIMQUYcgk][\w-]{20,25}\.[\w-]{6}\.[\w-]{27,}`,
  },
  {
    rule: "discord-webhook",
    needles: ["/api/webhooks/"],
    pattern: String.raw`\/api\/webhooks\/\d{5,30}\/[\w-]{40,}`,
  },
  { rule: "telegram-token", needles: [":AA"], pattern: String.raw`\d{8,10}:AA[\w-]{32,}` },
  {
    rule: "azure-client-secret",
    needles: [..."0123456789"].map((digit) => `${digit}Q~`),
    pattern: String.raw`[\w~.-]{3}\dQ~[\w~.-]{31,}`,
  },
  { rule: "databricks-token", needles: ["dapi"], pattern: String.raw`dapi[a-f0-9]{32,}(?:-\d)?` },
  { rule: "neptune-token", needles: ["eyJhcGlf"], pattern: "eyJhcGlf[A-Za-z0-9+/_-]{40,}={0,2}" },
  {
    rule: "jwt",
    needles: ["eyJ"],
    pattern: String.raw`${atWord("eyJ")}[\w-]{8,}\.eyJ[\w-]{8,}(?:\.[\w-]*)?`,
  },
  { rule: "wandb-key", needles: ["wandb_v"], pattern: String.raw`wandb_v\d_[\w-]{40,}` },
  { rule: "grafana-token", needles: ["glsa_", "glc_"], pattern: "gl(?:sa|c)_[A-Za-z0-9_+/=]{32,}" },
  { rule: "vault-token", needles: ["hvs.", "hvb.", "hvr."], pattern: String.raw`hv[sbr]\.[\w-]{24,}` },
  { rule: "docker-token", needles: ["dckr_pat_", "dckr_oat_"], pattern: String.raw`dckr_[op]at_[\w-]{20,}` },
  { rule: "replicate-token", needles: ["r8_"], pattern: "r8_[A-Za-z0-9]{37,}" },
  { rule: "groq-key", needles: ["gsk_"], pattern: "gsk_[A-Za-z0-9]{40,}" },
  { rule: "xai-key", needles: ["xai-"], pattern: "xai-[A-Za-z0-9]{60,}" },
  { rule: "perplexity-key", needles: ["pplx-"], pattern: "pplx-[A-Za-z0-9]{40,}" },
  { rule: "nvidia-key", needles: ["nvapi-"], pattern: String.raw`nvapi-[\w-]{50,}` },
  {
    rule: "langsmith-key",
    needles: ["lsv2_pt_", "lsv2_sk_"],
    pattern: "lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10,}",
  },
  { rule: "pinecone-key", needles: ["pcsk_"], pattern: String.raw`pcsk_\w{40,}` },
  { rule: "kaggle-token", needles: ["KGAT_"], pattern: "KGAT_[a-f0-9]{32,}" },
  { rule: "alibaba-key", needles: ["LTAI"], pattern: `LTAI[A-Za-z0-9]{17,26}${wordEnds}` },
  {
    rule: "shopify-token",
    needles: ["shpat_", "shpca_", "shppa_", "shpss_"],
    pattern: "shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32,}",
  },
  { rule: "postman-key", needles: ["PMAK-"], pattern: "PMAK-[a-f0-9]{24}-[a-f0-9]{34,}" },
  { rule: "newrelic-key", needles: ["NRAK-"], pattern: "NRAK-[A-Z0-9]{27,}" },
  { rule: "pulumi-token", needles: ["pul-"], pattern: "pul-[a-f0-9]{40,}" },
  { rule: "linear-key", needles: ["lin_api_", "lin_oauth_"], pattern: "lin_(?:api|oauth)_[A-Za-z0-9]{32,}" },
  { rule: "atlassian-token", needles: ["ATATT3"], pattern: String.raw`ATATT3[\w=-]{50,}` },
  { rule: "rubygems-key", needles: ["rubygems_"], pattern: "rubygems_[a-f0-9]{48,}" },
  { rule: "age-key", needles: ["AGE-SECRET-KEY-1"], pattern: "AGE-SECRET-KEY-1[0-9A-Z]{50,}" },
  { rule: "sentry-token", needles: ["sntrys_", "sntryu_"], pattern: "sntry[su]_[A-Za-z0-9+/=_-]{40,}" },
  {
    rule: "doppler-token",
    needles: ["dp.pt.", "dp.st.", "dp.ct.", "dp.sa.", "dp.scim."],
    pattern: String.raw`dp\.(?:pt|st|ct|sa|scim)\.[\w.-]{40,}`,
  },
  { rule: "mailgun-key", needles: ["key-"], pattern: `${atWord("key-")}[a-f0-9]{32}${wordEnds}` },
  { rule: "figma-token", needles: ["figd_"], pattern: String.raw`figd_[\w-]{38,}` },
  { rule: "notion-token", needles: ["ntn_"], pattern: "ntn_[A-Za-z0-9]{40,}" },
  { rule: "tailscale-key", needles: ["tskey-"], pattern: String.raw`tskey-[a-z]{2,8}-[\w-]{16,}` },
  {
    rule: "planetscale-token",
    needles: ["pscale_"],
    pattern: String.raw`pscale_(?:tkn|pw|oauth)_[\w=.-]{32,}`,
  },
  { rule: "onepassword-token", needles: ["ops_eyJ"], pattern: String.raw`ops_eyJ[\w+/=-]{100,}` },
  { rule: "heroku-key", needles: ["HRKU-"], pattern: String.raw`HRKU-[\w-]{36,}` },
  { rule: "netlify-token", needles: ["nfp_"], pattern: "nfp_[A-Za-z0-9]{36,}" },
  { rule: "supabase-token", needles: ["sbp_"], pattern: "sbp_[a-f0-9]{40,}" },
  {
    rule: "authorization",
    needles: ["earer "],
    pattern: String.raw`[Bb]earer +(?=[A-Za-z_.~+/=-]{0,256}\d)[\w.~+/=-]{16,}`,
  },
  { rule: "authorization", needles: ["asic "], pattern: "[Bb]asic +[A-Za-z0-9+/]{10,}={1,2}" },
];

let search: NeedleSearch | undefined;
let everyFamily: RegExp | undefined;

/** One expression for all, and only for lines with the beginning of a token: it costs milliseconds to compile. */
export function findTokens(line: string): Secret[] {
  search ??= createNeedleSearch(families.flatMap(({ needles }) => needles.map((text) => ({ text }))));
  if (search(Buffer.from(line, "latin1"), 0) < 0) return [];
  everyFamily ??= new RegExp(families.map(({ pattern }) => `(${pattern})`).join("|"), "g");
  return Array.from(line.matchAll(everyFamily), (match) => ({
    start: match.index,
    end: match.index + match[0].length,
    rule: families[match.findIndex((part, group) => group > 0 && part !== undefined) - 1]!.rule,
  }));
}
