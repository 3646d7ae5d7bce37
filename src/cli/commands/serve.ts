import { exitStatus, UsageError } from "../../errors.js";
import { type Serving, serve as startServing } from "../../local-ports/serve/load-server.js";
import { type Flags, parseArguments } from "../arguments.js";
import type { Command } from "../commands.js";
import { explain } from "../main.js";
import { errPaint } from "../terminal/paint.js";
import type { Streams } from "../terminal/streams.js";

const flags: Flags = {
  port: { value: "N", short: "p", about: "the port (default: one that is free)" },
  "artifacts-root": { value: "DIR", about: "the folder of the figures, relative to the project" },
  json: { about: "print one line of JSON (spec/cli/serve.schema.json), and go on" },
};

export const serve: Command = {
  summary: "show figures and the rows behind them in a browser, on this machine alone",
  usage: "colophon serve [--port N] [--artifacts-root DIR] [--json]",
  flags,
  notes: [
    "Answers at 127.0.0.1 and ::1 until Ctrl-C. On Linux whoever started it needs no token; everybody else, and everybody on other",
    "systems, needs the one it prints: in the address for a browser, as Authorization: Bearer for programs. Nothing is changed,",
    "nothing is fetched.",
    "",
    "  colophon serve",
    "  curl http://127.0.0.1:PORT/trace/stacked.7fc3a9d1",
  ],
  run: runServe,
};

async function runServe(words: readonly string[], streams: Streams): Promise<number> {
  const given = parseArguments("serve", words, flags);
  if (given.paths.length > 0)
    throw new UsageError("BAD_FLAG_VALUE", `colophon serve takes no words; found ${given.paths.join(" ")}`, {
      hint: "Type: colophon serve, inside the project",
    });
  const ended = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
  });
  const serving = await startServing(
    {
      directory: streams.directory,
      env: streams.env,
      port: portOf(given.value("port")),
      artifacts: given.value("artifacts-root"),
      onFault: (fault) => explain(fault, streams),
    },
    process.argv[1] as string,
  );
  tell(serving, given.has("json"), streams);
  await ended;
  await serving.close();
  return exitStatus.fine;
}

function tell({ port, token, addresses, knowsPeers }: Serving, json: boolean, streams: Streams): void {
  const url = `http://127.0.0.1:${port}/`;
  const withToken = `${url}#token=${token}`;
  if (json) {
    streams.out(`${JSON.stringify({ url, port, token, browser_url: withToken, addresses })}\n`);
    return;
  }
  streams.out(`${knowsPeers ? url : withToken}\n`);
  const { glyphs } = errPaint(streams);
  if (knowsPeers) streams.err(`${glyphs.rule} where a token is asked for: ${withToken}\n`);
  streams.err(`${glyphs.rule} Ctrl-C ends it\n`);
}

function portOf(text: string | undefined): number {
  if (text === undefined) return 0;
  const port = Number(text);
  if (/^[0-9]{1,5}$/.test(text) && port <= 65535) return port;
  throw new UsageError("BAD_FLAG_VALUE", `--port takes a number from 0 to 65535; found "${text}"`, {
    hint: "Type: colophon serve --port 4317",
  });
}
