/** The code of a run, kept and looked at again. Loaded only as far as a run needs it. */
import type { CodePorts } from "../../operations/run/record-code.js";
import { now } from "../clock.js";

/** What is not read by then was too much to wait for, in milliseconds after the last command's end. */
const patience = 2000;

export function codePorts(env: NodeJS.ProcessEnv): CodePorts {
  return {
    takeSnapshot: async ({ captured, project, request }, experimentId) => {
      const settings = project.config.snapshot ?? {};
      const [{ takeSnapshot }, { findSecretRules }] = await Promise.all([
        import("../../git/snapshot/take-snapshot.js"),
        import("../../git/snapshot/scan-file.js"),
      ]);
      return takeSnapshot(captured, {
        env,
        experimentId,
        include: [...(settings.include ?? []), ...request.include],
        exclude: [...(settings.exclude ?? []), ...request.exclude],
        caps: {
          ...(settings.maxFileBytes !== undefined && { fileBytes: settings.maxFileBytes }),
          ...(settings.maxTotalBytes !== undefined && { totalBytes: settings.maxTotalBytes }),
          ...(settings.maxFiles !== undefined && { files: settings.maxFiles }),
        },
        scan: findSecretRules,
        now,
      });
    },
    captureBaseline: async ({ captured }) =>
      (await import("../../git/drift/baseline.js")).captureBaseline(captured, now),
    discardSnapshot: async ({ captured }, snapshot) =>
      (await import("../../git/snapshot/discard-snapshot.js")).discardSnapshot(captured.root, snapshot, env),
    digestLeftOut: async ({ code, prepared }, ended) => {
      if (code.undigested.length === 0) return [];
      const { digestLeftOut } = await import("../../git/snapshot/digest-left-out.js");
      const controller = new AbortController();
      const { root } = prepared.captured;
      const digesting = digestLeftOut({ root, files: code.undigested, signal: controller.signal });
      void ended.then(() => {
        const timer = setTimeout(() => controller.abort(), patience);
        void digesting.finally(() => clearTimeout(timer));
      });
      return digesting;
    },
    observeDrift: async ({ code }, { startedAt, endedAt }, leftOut, wrote) => {
      const { observeDrift } = await import("../../git/drift/observe-drift.js");
      return observeDrift(code.baseline, { env, startedAt, endedAt, leftOut, ...(wrote && { wrote }) });
    },
  };
}
