/** Who Git says is at work: the variable of an author, else `user.name`. */
import { runGit } from "../run-git.js";

/** `null` where Git is missing or knows no name; nothing depends on it. */
export async function findUserName(directory: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  if (env.GIT_AUTHOR_NAME) return env.GIT_AUTHOR_NAME;
  try {
    const { status, stdout } = await runGit(["config", "--get", "user.name"], { directory, env });
    return status === 0 ? stdout.toString().trim() || null : null;
  } catch {
    return null;
  }
}
