import { describe, expect, test } from "@jest/globals";
import { injectedVariables } from "../../../src/process/observe/injected-variables.js";

const live = "/study/.colophon/live/0123456789abcdef";
const places = { python: `${live}/python`, node: "/lib/preload.cjs", spool: `${live}/spool` };

describe("injectedVariables", () => {
  test("names the spool and both programs", () => {
    expect(injectedVariables({}, places, [])).toEqual({
      COLOPHON_OBSERVE: places.spool,
      PYTHONPATH: places.python,
      NODE_OPTIONS: "--require /lib/preload.cjs",
    });
  });

  test("keeps what the user has in them, pieces that stand for the current folder included", () => {
    const { PYTHONPATH, NODE_OPTIONS } = injectedVariables(
      { PYTHONPATH: ":/own", NODE_OPTIONS: "--max-old-space-size=64" },
      places,
      [],
    );
    expect(PYTHONPATH).toBe(`${places.python}::/own`);
    expect(NODE_OPTIONS).toBe("--max-old-space-size=64 --require /lib/preload.cjs");
  });

  test("makes no piece of an empty PYTHONPATH, which Python takes for none", () => {
    expect(injectedVariables({ PYTHONPATH: "" }, places, []).PYTHONPATH).toBe(places.python);
  });

  test("takes the place of an observation around it", () => {
    const around = injectedVariables(
      {},
      { ...places, python: "/p/.colophon/live/fedcba9876543210/python" },
      [],
    );
    expect(injectedVariables(around, places, [])).toEqual(injectedVariables({}, places, []));
  });

  test.each([
    ["/a b/preload.cjs", '--require "/a b/preload.cjs"'],
    ['/a "b\\/preload.cjs', '--require "/a \\"b\\\\/preload.cjs"'],
  ])("quotes %s as Node reads it", (node, words) => {
    expect(injectedVariables({}, { ...places, node }, []).NODE_OPTIONS).toBe(words);
  });

  test("leaves a Node alone that may read named files only", () => {
    expect(injectedVariables({}, places, ["node", "--permission", "x.js"])).not.toHaveProperty(
      "NODE_OPTIONS",
    );
    expect(injectedVariables({ NODE_OPTIONS: "--experimental-permission" }, places, [])).not.toHaveProperty(
      "NODE_OPTIONS",
    );
  });

  test("leaves Python alone where the path cannot be written into PYTHONPATH", () => {
    expect(injectedVariables({}, { ...places, python: "/a:b" }, [])).not.toHaveProperty("PYTHONPATH");
  });
});
