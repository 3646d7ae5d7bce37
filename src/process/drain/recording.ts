/** One stream of the command on its way: read, logged without its secrets, passed on unchanged. */
import { type ConnectOpts, Socket, type SocketConstructorOpts } from "node:net";
import type { StreamRedactor } from "../../secrets/stream.js";
import type { LogFile } from "./log-file.js";
import { type LogOutcome, notKept } from "./log-outcome.js";
import type { Outlet } from "./outlet.js";
import type { Park } from "./park.js";

export interface StreamRequest {
  readonly reader: number;
  /** The reason why there is none, as text. */
  readonly log: LogFile | string;
  readonly park: Park;
  readonly redactor: StreamRedactor & { readonly removed?: number };
  readonly outlet: Outlet;
  readonly firstBytes: () => void;
}

export interface Recording {
  /** Settles at the end of the stream. */
  readonly ended: Promise<void>;
  /** Whoever reads our output has not taken what we passed on yet. */
  readonly isWaiting: () => boolean;
  /** Stops reading; what is held back is logged. */
  readonly release: () => void;
  readonly outcome: () => LogOutcome;
}

/** Half of a pipe: so that what is read also fits into the park. */
const chunkSize = 32 * 1024;

export function recordStream({ reader, log, park, redactor, outlet, firstBytes }: StreamRequest): Recording {
  let bytes = 0;
  let logged = 0;
  let dropped = 0;
  let waiting = false;
  let complete = false;
  let settled = false;
  let faulty = false;
  let end: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });

  /** What cannot be searched for secrets is not logged; the command hears nothing of it. */
  const redact = (step: () => Uint8Array): Uint8Array => {
    if (faulty) return empty;
    try {
      return step();
    } catch {
      faulty = true;
      return empty;
    }
  };
  const append = (out: Uint8Array, held: Uint8Array): void => {
    if (typeof log === "string") return;
    park.add(logged + out.length, held);
    const taken = log.append(out);
    logged += taken;
    dropped += out.length - taken;
    if (taken < out.length) park.add(logged, held);
    park.settle();
  };
  const keep = (chunk: Uint8Array): void => {
    if (bytes === 0) firstBytes();
    bytes += chunk.length;
    if (typeof log === "string") return;
    park.add(logged, chunk);
    const out = redact(() => redactor.push(chunk));
    if (faulty) dropped += chunk.length;
    else if (out.length > 0) append(out, redactor.held);
  };
  const release = (): void => {
    if (settled) return;
    settled = true;
    append(
      redact(() => redactor.end()),
      empty,
    );
    if (typeof log !== "string") log.close();
    socket.destroy();
    end();
  };

  // Its types know `onread` for connecting sockets only.
  const options: SocketConstructorOpts & Pick<ConnectOpts, "onread"> = {
    fd: reader,
    readable: true,
    writable: false,
    onread: {
      buffer: Buffer.allocUnsafeSlow(chunkSize),
      callback: (count, buffer) => {
        const chunk = buffer.subarray(0, count);
        keep(chunk);
        waiting = !outlet.pass(chunk, () => {
          waiting = false;
          if (!settled) socket.resume();
        });
        return !waiting;
      },
    },
  };
  const socket = new Socket(options);
  socket.on("error", release);
  socket.on("end", () => {
    complete = true;
    release();
  });
  socket.resume();

  const written = () => bytes - (redactor.removed ?? 0);
  return {
    ended,
    isWaiting: () => waiting,
    release,
    outcome: () =>
      typeof log === "string"
        ? { ...notKept(log), bytes: written(), complete }
        : {
            kept: true,
            reason: null,
            bytes: written(),
            dropped_bytes: dropped,
            redactions: redactor.redactions,
            complete,
          },
  };
}

const empty = new Uint8Array();
