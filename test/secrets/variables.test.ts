import { describe, expect, test } from "@jest/globals";
import { UsageError } from "../../src/errors.js";
import { allowEnvironment, allowedVariables } from "../../src/secrets/variables.js";
import { sampleFamilies, seededRandom } from "./samples.js";

describe("allowEnvironment", () => {
  test("records nothing that is not on the list", () => {
    const random = seededRandom(11);
    const secrets = sampleFamilies
      .slice(0, 30)
      .map((family, index) => [`PLANTED_${index}`, family.sample(random)]);
    const env = {
      ...Object.fromEntries(secrets),
      HOME: "/home/bob",
      OMP_NUM_THREADS: "8",
      CUDA_VISIBLE_DEVICES: "0,1",
    };
    expect(allowEnvironment(env, [])).toEqual({
      variables: { CUDA_VISIBLE_DEVICES: "0,1", OMP_NUM_THREADS: "8" },
      redactions: {},
    });
  });

  test("takes secrets out of the values of allowed variables", () => {
    const random = seededRandom(12);
    for (const family of sampleFamilies.filter(({ flag }) => flag === undefined)) {
      const secret = family.sample(random);
      const { variables, redactions } = allowEnvironment({ NCCL_COMMENT: `x ${secret}` }, []);
      expect(variables.NCCL_COMMENT).not.toContain(secret);
      expect(Object.values(redactions)).toEqual([1]);
    }
  });

  test("records a variable the user names, but never the secret its name announces", () => {
    const env = { DATA_ROOT: "/data", WANDB_API_KEY: "abc", UNSET: undefined };
    expect(allowEnvironment(env, ["WANDB_API_KEY", "DATA_ROOT", "UNSET", "ABSENT"])).toEqual({
      variables: { DATA_ROOT: "/data", WANDB_API_KEY: "«redacted:named-key»" },
      redactions: { "named-key": 1 },
    });
  });

  test.each(["*", "AWS_*", "A?", "[A-Z]", "", "A B", "A=B"])(
    "refuses %p with VARIABLE_NOT_A_NAME",
    (name) => {
      const refusal = expect(() => allowEnvironment({}, ["DATA_ROOT", name]));
      refusal.toThrow(UsageError);
      refusal.toThrow(expect.objectContaining({ code: "VARIABLE_NOT_A_NAME" }));
    },
  );

  test("gives the variables in the order of their names", () => {
    const { variables } = allowEnvironment(
      { TZ: "UTC", LC_ALL: "C", LANG: "C", RANK: "0", PYTHONHASHSEED: "0" },
      [],
    );
    expect(Object.keys(variables)).toEqual(["LANG", "LC_ALL", "PYTHONHASHSEED", "RANK", "TZ"]);
  });
});

describe("allowedVariables", () => {
  test("holds no pattern that a name could slip through at an end", () => {
    for (const pattern of allowedVariables.filter((allowed) => allowed instanceof RegExp)) {
      expect(pattern.source).toMatch(/^\^.*\$$/);
      expect(pattern.flags).toBe("");
    }
  });
});
