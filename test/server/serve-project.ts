/** The built `colophon serve`, as a process of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { cli, type Repository } from "../journeys/repository.js";

export interface Served {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly stop: () => Promise<void>;
}

export async function serveProject({ root, env }: Repository): Promise<Served> {
  const server = spawn(process.execPath, [cli, "serve", "--json"], {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let told = "";
  server.stderr.setEncoding("utf8").on("data", (text: string) => {
    told += text;
  });
  const ended = once(server, "close");
  const [line] = await Promise.race([
    once(createInterface(server.stdout), "line"),
    ended.then(() => {
      throw new Error(`colophon serve ended: ${told}`);
    }),
  ]);
  return {
    origin: new URL((JSON.parse(line as string) as { url: string }).url).origin,
    stop: async () => {
      server.kill("SIGINT");
      await ended;
    },
  };
}
