/** Who Git says is at work, in the form of its commits: `Name <address>`. */
import { runGit } from "../run-git.js";
import { findUserName } from "./user-name.js";

/** `null` where Git is missing or knows no name; without an address it is the name alone. */
export async function findUserAddress(directory: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  const [name, address] = await Promise.all([findUserName(directory, env), findAddress(directory, env)]);
  return name === null || address === null ? name : `${name} <${address}>`;
}

async function findAddress(directory: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  if (env.GIT_AUTHOR_EMAIL) return env.GIT_AUTHOR_EMAIL;
  try {
    const { status, stdout } = await runGit(["config", "--get", "user.email"], { directory, env });
    return status === 0 ? stdout.toString().trim() || null : null;
  } catch {
    return null;
  }
}
