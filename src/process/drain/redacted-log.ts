/** The log of one stream: what is read from the spool, freed of its secrets, and noted there before it is written. */
import type { StreamRedactor } from "../../secrets/stream.js";
import type { LogFile } from "./log-file.js";
import { type LogOutcome, notKept } from "./log-outcome.js";
import type { SpoolReader } from "./spool.js";

export interface RedactedLog {
  /** Bytes of the stream so far. */
  readonly bytes: number;
  add(piece: Uint8Array): void;
  /** So many bytes came and are lost; nothing where it is not a positive number. */
  miss(count: number): void;
  /** Everything that has been added can go from the spool. */
  shortenSpool(): void;
  /** What is held back is written too. */
  close(): void;
  outcome(complete: boolean): LogOutcome;
}

/** `log` is text, the reason, where there is none. */
export function openRedactedLog(
  log: LogFile | string,
  redactor: StreamRedactor & { readonly removed?: number },
  spool: SpoolReader,
): RedactedLog {
  let bytes = 0;
  let logged = 0;
  let dropped = 0;
  let faulty = false;

  /** What cannot be searched for secrets is not logged; the command hears nothing of it. */
  const redact = (step: () => Uint8Array): Uint8Array => {
    if (faulty) return nothing;
    try {
      return step();
    } catch {
      faulty = true;
      return nothing;
    }
  };
  const held = (): Uint8Array => (faulty ? nothing : redactor.held);
  const append = (out: Uint8Array): void => {
    const { length } = held();
    spool.mark(logged, logged + out.length, length);
    if (typeof log === "string" || out.length === 0) return;
    const taken = log.append(out);
    logged += taken;
    dropped += out.length - taken;
    if (taken < out.length) spool.mark(logged, logged, length);
  };

  return {
    get bytes() {
      return bytes;
    },
    add: (piece) => {
      bytes += piece.length;
      const out = typeof log === "string" ? nothing : redact(() => redactor.push(piece));
      if (faulty) dropped += piece.length;
      append(out);
    },
    miss: (count) => {
      if (!(count > 0)) return;
      bytes += count;
      dropped += count;
    },
    shortenSpool: () => spool.shorten(logged, held()),
    close: () => {
      if (typeof log === "string") return;
      append(redact(() => redactor.end()));
      log.close();
    },
    outcome: (complete) => {
      const written = bytes - (redactor.removed ?? 0);
      if (typeof log === "string") return { ...notKept(log), bytes: written, complete };
      const { redactions } = redactor;
      return { kept: true, reason: null, bytes: written, dropped_bytes: dropped, redactions, complete };
    },
  };
}

const nothing = new Uint8Array(0);
