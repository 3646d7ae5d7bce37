/** Whose process is at the other end of a connection: on Linux the kernel lists the owner of every socket. */
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { endianness } from "node:os";

export type Peer = "own" | "root" | "other" | "unknown";

const overflowUser = 65534;

/** `unknown` where the system has no such list, or the other end is in none. */
export function identifyPeer({ remoteAddress, remotePort, localAddress, localPort }: Socket): Peer {
  const own = process.getuid?.();
  if (own === undefined || remoteAddress === undefined || localAddress === undefined) return "unknown";
  const [theirs, ours] = [
    { address: remoteAddress, port: remotePort as number },
    { address: localAddress, port: localPort as number },
  ];
  const owner = ["tcp", "tcp6"]
    .map((list) => findOwner(readList(`/proc/self/net/${list}`), theirs, ours))
    .find((found) => found !== undefined);
  // Users that a container does not know all have this number.
  if (owner === undefined || owner === overflowUser) return "unknown";
  if (owner === own) return "own";
  return owner === 0 ? "root" : "other";
}

interface End {
  readonly address: string;
  readonly port: number;
}

/**
 * The user who owns the socket at `theirs` that is connected to `ours`. A socket that nobody holds any more stands there
 * without an inode and as if it were root's: it has no owner.
 */
export function findOwner(list: string, theirs: End, ours: End): number | undefined {
  const ends = [spellings(theirs), spellings(ours)] as const;
  for (const line of list.split("\n").slice(1)) {
    const [, local = "", remote = "", , , , , user = "", , inode = "0"] = line.trim().split(/\s+/);
    if (ends[0].includes(local) && ends[1].includes(remote) && inode !== "0" && /^[0-9]+$/.test(user))
      return Number(user);
  }
  return undefined;
}

/** An address of IPv4 is also listed as one of IPv6, by who connected with a socket of that family. */
function spellings({ address, port }: End): readonly string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const four = /(?:^|:)([0-9]+)\.([0-9]+)\.([0-9]+)\.([0-9]+)$/.exec(address)?.slice(1).map(Number);
  if (four === undefined) return address === "::1" ? [words([0, 0, 0, 1]) + suffix] : [];
  const word = four.reduce((sum, byte) => sum * 256 + byte, 0);
  return [words([word]) + suffix, words([0, 0, 0xffff, word]) + suffix];
}

/** The kernel prints each 32-bit word of an address as the machine's own integer. */
function words(values: readonly number[]): string {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  if (endianness() === "LE") bytes.swap32();
  return bytes.toString("hex").toUpperCase();
}

/** Empty on a system without such lists, and where they are hidden. */
function readList(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
