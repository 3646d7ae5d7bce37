/** What fixtures are made with on this machine: somebody's generators, and a folder for what comes of them. */
import { existsSync, lstatSync } from "node:fs";
import { join, resolve } from "node:path";
import type { GeneratePorts } from "../../operations/fixtures/generate/generate-fixture.js";
import type { GeneratorChoice } from "../../operations/fixtures/generate/request.js";
import type { ResolvePorts } from "../../operations/fixtures/generate/resolve-request.js";
import { moduleRunner, startGenerator } from "../../process/start-generator.js";
import { redactMembers } from "../../secrets/values.js";
import { redactWords } from "../../secrets/words.js";
import { readLines } from "../../store/fixtures/read-lines.js";
import { readDocument } from "../../store/read-document.js";
import { stageFolder } from "../../store/staging/stage-folder.js";
import { isSignerGone, signature } from "../owner.js";
import { fixturePorts } from "./fixtures.js";

export function generatePorts(
  directory: string,
  env: NodeJS.ProcessEnv,
  onProgress: (events: number) => void,
): GeneratePorts {
  return {
    ...fixturePorts,
    stage: (folder) => stageFolder(folder, { signature, isSignerGone }),
    namesIn: (folder, names) =>
      names.filter((name) => lstatSync(join(folder, name), { throwIfNoEntry: false }) !== undefined),
    readLines: (folder, name) => {
      const path = join(folder, name);
      return existsSync(path) ? readLines(path) : [];
    },
    runGenerator: (generator, request, pass) =>
      startGenerator(
        {
          words: wordsOf(generator),
          directory,
          env: pass === "first" ? env : elsewhere(env),
          showErrors: pass === "first",
        },
        request,
      ),
    onProgress,
  };
}

function wordsOf(generator: GeneratorChoice & { readonly origin: "module" | "command" }): readonly string[] {
  if (generator.origin === "command") return generator.words;
  return [process.execPath, "--input-type=module", "--eval", moduleRunner, "--", generator.path];
}

/** The same machine as it would be in another country. */
function elsewhere(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const zone = env.TZ === "Pacific/Chatham" ? "America/St_Johns" : "Pacific/Chatham";
  return { ...env, TZ: zone, LC_ALL: "tr_TR.UTF-8", LANG: "tr_TR.UTF-8" };
}

export function resolvePorts(directory: string): ResolvePorts {
  return {
    readBytes: (path) => readDocument(directory, path),
    absolute: (path) => resolve(directory, path),
    redactMembers,
    redactWords,
  };
}
