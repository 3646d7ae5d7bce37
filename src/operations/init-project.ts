/** Sets up a project: its settings and the records folder. Nothing that is there is changed, so it may be done again. */
import type { RecordsIgnore } from "../store/records-ignore.js";

export interface InitProjectPorts {
  /** Absolute path of the settings that hold for the current folder, if they lie in this repository. */
  readonly findSettings: () => string | undefined;
  /** The folder that records go to, as the settings to be written say it. */
  readonly records: string;
  /** Gives the absolute path of the settings it wrote. */
  readonly writeSettings: (text: string) => string;
  readonly ensureRecordsIgnore: () => RecordsIgnore;
}

export interface InitOutcome {
  readonly settings: { readonly path: string; readonly status: "written" | "present" };
  readonly ignore: RecordsIgnore;
}

export function initProject(ports: InitProjectPorts): InitOutcome {
  const present = ports.findSettings();
  const settings =
    present === undefined
      ? {
          path: ports.writeSettings(`${JSON.stringify({ records: ports.records }, null, 2)}\n`),
          status: "written" as const,
        }
      : { path: present, status: "present" as const };
  return { settings, ignore: ports.ensureRecordsIgnore() };
}
