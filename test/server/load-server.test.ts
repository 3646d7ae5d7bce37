import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { serve } from "../../src/local-ports/serve/load-server.js";
import { scratchFolder } from "../files/scratch.js";

const request = { directory: ".", env: {}, port: 0, artifacts: undefined, onFault: () => {} };

test("a program without the server's file beside it says so", async () => {
  const program = join(scratchFolder(), "colophon.cjs");
  writeFileSync(program, "");
  await expect(serve(request, program)).rejects.toMatchObject({ code: "SERVER_MISSING" });
});
