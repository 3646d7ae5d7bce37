/** What becomes of a stream whose keeper has been killed: it goes on to where it went, and keeps its writers alive. */
import { spawn } from "node:child_process";
import { closeOutlet, openOutlet } from "./outlet.js";

export function passOn(reader: number, stream: number | null): void {
  const outlet = openOutlet(stream);
  const script = "trap '' HUP INT QUIT TERM USR1 USR2 PIPE; cat; cat >/dev/null";
  const child = spawn("/bin/sh", ["-c", script], { stdio: [reader, outlet, "ignore"], detached: true });
  child.on("error", () => {});
  child.unref();
  closeOutlet(outlet);
}
