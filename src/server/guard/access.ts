/** Who may ask: the user who started the server, known by the kernel, by the token, or by the cookie that the token was exchanged for. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { refuse } from "../answers/refusal.js";
import { identifyPeer, type Peer } from "./peer.js";

export interface Access {
  /** 256 bits, in base64url. */
  readonly token: string;
  /** @throws Refusal */
  readonly guard: (request: IncomingMessage, port: number) => void;
  /** What `Set-Cookie` says to a browser that has shown the token; `undefined` when it is not the token. */
  readonly exchange: (token: unknown, port: number) => string | undefined;
}

export function newAccess(peerOf: (socket: Socket) => Peer = identifyPeer): Access {
  const [token, session] = [secret(), secret()];
  const known = new WeakMap<Socket, Peer>();
  /** The other end of a connection stays who it is; only what was not found may be found later. */
  const lookUp = (socket: Socket): Peer => {
    const peer = known.get(socket) ?? peerOf(socket);
    if (peer !== "unknown") known.set(socket, peer);
    return peer;
  };
  return {
    token,
    guard: (request, port) => {
      const { socket, headers } = request;
      const bearer = /^Bearer ([A-Za-z0-9_-]+)$/i.exec(headers.authorization ?? "")?.[1];
      if (bearer !== undefined && isSame(bearer, token)) return;
      const peer = lookUp(socket);
      if (peer === "own") return;
      // A browser sends the cookie to every port of this host, so another user's server may have come to see it.
      const cookie = peer === "other" ? undefined : cookieOf(headers.cookie, cookieName(port));
      if (cookie === undefined || !isSame(cookie, session)) throw refuse("TOKEN_NEEDED");
    },
    exchange: (given, port) =>
      typeof given === "string" && isSame(given, token)
        ? `${cookieName(port)}=${session}; Path=/; HttpOnly; SameSite=Strict`
        : undefined,
  };
}

/** Cookies belong to a host, whatever the port: each server has its own. */
export function cookieName(port: number): string {
  return `colophon-${port}`;
}

function secret(): string {
  return randomBytes(32).toString("base64url");
}

function cookieOf(header: string | undefined, name: string): string | undefined {
  const found = (header ?? "").split(";").map((pair) => pair.trim());
  return found.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** In a time that says nothing about how much of it is right. */
function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
