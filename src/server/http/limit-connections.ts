/** At most so many connections at once. One more than that, and the one that has waited longest without a request gives way. */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** Gives what is to be applied to every server that shares the limit. */
export function limitConnections(most: number): (server: Server) => void {
  /** In the order of their arrival; `true` while a request is being answered. */
  const open = new Map<Socket, boolean>();
  const begin = (socket: Socket) => {
    open.set(socket, false);
    socket.once("close", () => open.delete(socket));
    if (open.size <= most) return;
    const [oldest = socket] = [...open].find(([, isBusy]) => !isBusy) ?? [];
    open.delete(oldest);
    oldest.destroy();
  };
  const answerFrom = ({ socket }: IncomingMessage, response: ServerResponse) => {
    if (open.has(socket)) open.set(socket, true);
    response.once("close", () => {
      if (open.delete(socket) && !socket.destroyed) open.set(socket, false);
    });
  };
  return (server) => {
    server.on("connection", begin);
    server.prependListener("request", answerFrom);
  };
}
