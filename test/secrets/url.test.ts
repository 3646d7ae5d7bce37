import { describe, expect, test } from "@jest/globals";
import { redactUrl } from "../../src/secrets/url.js";
import { alnum, draw, seededRandom } from "./samples.js";

const token = ["gh", "p_"].join("") + draw(seededRandom(7), 36, alnum);
const login = { "url-credentials": 1 };

describe("redactUrl", () => {
  test.each([
    [`https://u:${token}@h/r.git`, "https://h/r.git", login],
    [`https://${token}@h/r.git`, "https://h/r.git", login],
    ["https://bob@h/r.git?x=1#f", "https://h/r.git", { "url-credentials": 1, "url-query": 1 }],
    ["https://u:p@ss@h:8443/r", "https://h:8443/r", login],
    ["https://u:p/w@h/r", "https://h/r", login],
    ["https://u:p?w#x@h/r?y", "https://h/r", { "url-credentials": 1, "url-query": 1 }],
    ["HTTPS://u:p@h/@scope/r", "HTTPS://h/@scope/r", login],
    ["https::https://u:p@h/r", "https::https://h/r", login],
    ["ssh://git:pw@h:22/r", "ssh://git@h:22/r", login],
    [`ssh://${token}@h/r`, "ssh://h/r", login],
    [`https://h/${token}/r.git`, "https://h/«redacted:github-pat»/r.git", { "github-pat": 1 }],
    ["file:///srv/r?token=x", "file:///srv/r", { "url-query": 1 }],
  ])("records %s as %s", (url, value, redactions) => {
    expect(redactUrl(url)).toEqual({ value, redactions });
  });

  test.each([
    "git@h:a/b.git",
    "ssh://git@h:22/a.git",
    "git+ssh://git@h/a.git",
    "https://h:8443/r.git",
    "https://[::1]:8080/@x/r.git",
    "/srv/r.git",
    "../r.git",
    "file:///srv/r",
    "",
  ])("keeps %p", (url) => {
    expect(redactUrl(url)).toEqual({ value: url, redactions: {} });
  });
});
