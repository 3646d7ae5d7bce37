import { describe, expect, test } from "@jest/globals";
import { beginsAs, mediaTypeOf } from "../../../src/kinds/figure/renderings.js";

const bytes = (text: string) => Buffer.from(text, "latin1");
const svg = (text: string) => beginsAs("image/svg+xml", Buffer.from(text));

describe("mediaTypeOf", () => {
  test("goes by the ending, in any case, and knows three", () => {
    expect(["a.png", "b/a.SVG", "a.x.pdf", "a.jpg", "png"].map(mediaTypeOf)).toEqual([
      "image/png",
      "image/svg+xml",
      "application/pdf",
      undefined,
      undefined,
    ]);
  });
});

describe("beginsAs", () => {
  test("knows a PNG by its signature, whole", () => {
    expect(beginsAs("image/png", bytes("\x89PNG\r\n\x1A\n\0\0\0\rIHDR"))).toBe(true);
    for (const other of ["", "\x89PNG", "\x89PNG\n\x1A\n", "<svg/>", "<!doctype html>", "\xFF\xD8\xFF"])
      expect(beginsAs("image/png", bytes(other))).toBe(false);
  });

  test("knows a PDF, also behind a few bytes of something else", () => {
    expect(beginsAs("application/pdf", bytes("%PDF-1.7\n"))).toBe(true);
    expect(beginsAs("application/pdf", bytes("\r\n%PDF-1.4"))).toBe(true);
    expect(beginsAs("application/pdf", bytes(`${" ".repeat(1024)}%PDF-1.4`))).toBe(false);
    expect(beginsAs("application/pdf", bytes("PDF"))).toBe(false);
  });

  test("knows an SVG by its root, whatever may stand before it", () => {
    const doctype =
      '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">';
    const entities = '<!DOCTYPE svg [\n<!ENTITY ns "http://www.w3.org/2000/svg">\n]>';
    const prolog = '\ufeff<?xml version="1.0" standalone="no"?>\n';
    for (const head of [
      "",
      "  \n",
      prolog,
      `${prolog}${doctype}\n`,
      entities,
      "<!-- <html> --><?a b?>\n<!-- -->",
    ])
      for (const root of ["<svg/>", '<svg xmlns="x">', "<svg\n>", '<svg:svg xmlns:svg="x"/>'])
        expect([head, root, svg(head + root)]).toEqual([head, root, true]);
    expect(beginsAs("image/svg+xml", Buffer.from("\ufeff<svg/>", "utf16le"))).toBe(true);
  });

  test("takes no other document for an SVG, and no broken one", () => {
    const none = [
      "",
      "svg",
      "<html><svg/></html>",
      "<svgs/>",
      "<!-- <svg/> ",
      "<?xml <svg/>",
      "{}",
      "\x1f\x8b\b",
      "<svg",
    ];
    for (const text of none) expect([text, svg(text)]).toEqual([text, false]);
  });

  test("is as quick for what is meant to hold it up", () => {
    for (const text of [
      "<!--".repeat(200_000),
      "<?".repeat(200_000),
      "<!DOCTYPE [".repeat(100_000),
      " ".repeat(1e6),
    ])
      expect(svg(text)).toBe(false);
  });
});
