/** What GitHub Actions and GitLab CI say about their checkout: a detached HEAD, often of a merge commit made for the test. */
import { readFileSync, statSync } from "node:fs";
import type { Source } from "../../generated/types.js";

type Ci = NonNullable<Source["ci"]>;

const largestEvent = 16 * 1024 * 1024;

export function findCi(env: NodeJS.ProcessEnv): Source["ci"] {
  if (env.GITHUB_ACTIONS === "true") return githubActions(env);
  if (env.GITLAB_CI === "true") return gitlabCi(env);
  return null;
}

function githubActions(env: NodeJS.ProcessEnv): Ci {
  const request = /^refs\/pull\/(\d+)\//.exec(env.GITHUB_REF ?? "")?.[1] ?? null;
  return {
    provider: "github-actions",
    branch:
      env.GITHUB_HEAD_REF || (env.GITHUB_REF_TYPE === "branch" ? env.GITHUB_REF_NAME : undefined) || null,
    sha: objectId(env.GITHUB_SHA),
    pull_request: request,
    pr_head_sha: request === null ? null : headOfEvent(env.GITHUB_EVENT_PATH ?? ""),
  };
}

/** No variable of GitHub's holds it; the event that started the workflow does. */
function headOfEvent(path: string): string | null {
  try {
    if (statSync(path).size > largestEvent) return null;
    return objectId(JSON.parse(readFileSync(path, "utf8")).pull_request.head.sha);
  } catch {
    return null;
  }
}

function gitlabCi(env: NodeJS.ProcessEnv): Ci {
  const request = /^\d+$/.exec(env.CI_MERGE_REQUEST_IID ?? "")?.[0] ?? null;
  return {
    provider: "gitlab-ci",
    branch: env.CI_MERGE_REQUEST_SOURCE_BRANCH_NAME || env.CI_COMMIT_BRANCH || null,
    sha: objectId(env.CI_COMMIT_SHA),
    pull_request: request,
    // Only a pipeline that tests the merged result names it apart; the others check out the branch itself.
    pr_head_sha:
      request === null ? null : objectId(env.CI_MERGE_REQUEST_SOURCE_BRANCH_SHA || env.CI_COMMIT_SHA),
  };
}

function objectId(value: unknown): string | null {
  return typeof value === "string" && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(value) ? value : null;
}
