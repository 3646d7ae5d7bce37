/** What `colophon tag` and `colophon note` work with. */
import { findUserName } from "../../git/repository/user-name.js";
import type { FindRunPorts } from "../../operations/records/find-run.js";
import type { AddNotePorts } from "../../operations/records/notes/add-note.js";
import { redactText } from "../../secrets/text.js";
import { now } from "../clock.js";
import { appendLineAndTell } from "./append-line.js";
import { recordPorts } from "./records.js";

export function notePorts(directory: string, env: NodeJS.ProcessEnv): AddNotePorts & FindRunPorts {
  const { project, ids, folderOf, resolvePath, findRecord, loading } = recordPorts(directory, env);
  return {
    ids,
    folderOf,
    resolvePath,
    findRecord,
    readFile: loading.readFile,
    inRepository: loading.inRepository,
    now,
    findUser: () => findUserName(directory, env),
    redactText,
    appendLine: appendLineAndTell(project),
  };
}
