import { describe, expect, test } from "@jest/globals";
import { describeCpu, vectorExtensions } from "../../src/environment/slow-facts/system-details.js";

describe("describeCpu", () => {
  test("says nothing where systeminformation found nothing", () => {
    const found = {
      manufacturer: "",
      brand: "Unknown",
      family: "-",
      cores: 2,
      physicalCores: 0,
      speedMax: "",
      cache: { l1d: "", l2: 1024 },
    };
    expect(describeCpu({ ...found, flags: "" })).toEqual({
      manufacturer: null,
      brand: null,
      family: null,
      model: null,
      stepping: null,
      physical_cores: null,
      logical_cores: 2,
      sockets: null,
      maximum_ghz: null,
      cache_bytes: { l1d: null, l1i: null, l2: 1024, l3: null },
      vector_extensions: [],
    });
  });
});

describe("vectorExtensions", () => {
  test("keeps the instruction sets that decide numerical kernels", () => {
    expect(vectorExtensions("fpu vme avx2 sse4_2 fma avx512f syscall avx2")).toEqual([
      "avx2",
      "avx512f",
      "fma",
      "sse4_2",
    ]);
    expect(vectorExtensions("fp asimd aes sve2 i8mm")).toEqual(["asimd", "i8mm", "sve2"]);
    expect(vectorExtensions("")).toEqual([]);
  });
});
