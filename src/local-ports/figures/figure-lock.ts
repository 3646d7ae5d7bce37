/** Figures are placed one at a time: the index names all of them, and whoever writes it must have read the latest. */
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { join } from "node:path";
import { exclusively, type Owner } from "../../files/exclusive.js";
import { identifyProcess } from "../../process/identify-process.js";
import { startTimeOf } from "../../process/observe-process.js";
import { openStateFolder } from "../../store/state-folder.js";

const waiting = { between: 5, atMost: 60_000 };

export function lockFigures<T>(root: string, work: () => T): Promise<T> {
  const folder = join(openStateFolder(root), "locks", "figures");
  return exclusively(folder, ownerHere(), work, waiting);
}

/** The name says where its process can be looked for: host, boot, namespace, number, start. */
function ownerHere(): Owner {
  const { boot_id, pid_namespace, pid, start_time } = identifyProcess();
  const place = [hostname(), boot_id ?? "", pid_namespace ?? ""].map((part) =>
    part.replace(/[^A-Za-z0-9]/g, "_"),
  );
  const name = [...place, pid, start_time ?? "", randomBytes(8).toString("hex")].join("-");
  return { name, lives: (other) => lives(other, place) };
}

/** Whether the process of that name lives; `undefined` where it cannot be seen from this place. */
export function lives(name: string, [host, boot, namespace]: readonly string[]): boolean | undefined {
  const [otherHost, otherBoot, otherNamespace, pid, start] = name.split("-");
  if (otherHost !== host) return undefined;
  // The same machine, started again since.
  if (otherBoot !== boot) return false;
  if (otherNamespace !== namespace) return undefined;
  const started = startTimeOf(Number(pid));
  if (started === null) return false;
  return started === undefined || start === "" || Number(start) === started;
}
