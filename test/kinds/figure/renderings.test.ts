import { describe, expect, test } from "@jest/globals";
import { mediaTypeOf, otherThan } from "../../../src/kinds/figure/renderings.js";

const bytes = (text: string) => Buffer.from(text, "latin1");
const foundIn = (content: Buffer) => otherThan("none", content);
const svg = (text: string) => foundIn(Buffer.from(text)) === "image/svg+xml";

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

describe("otherThan", () => {
  test("tells files by how they begin", () => {
    const png = "\x89PNG\r\n\x1A\n\0\0\0\rIHDR";
    const known = [
      [png, "image/png"],
      ["%PDF-1.7\n", "application/pdf"],
      ["\xFF\xD8\xFF\xE0", "image/jpeg"],
      ["GIF89a", "image/gif"],
      ["<!DOCTYPE html><title>502</title>", "text/html"],
      [" \n<html lang='en'>", "text/html"],
      ["", "an empty file"],
    ] as const;
    for (const [content, type] of known) {
      expect([content, foundIn(bytes(content))]).toEqual([content, type]);
      expect(otherThan(type, bytes(content))).toBeNull();
    }
    expect(otherThan("image/svg+xml", bytes(png))).toBe("image/png");
  });

  test("says nothing of bytes that it does not know", () => {
    for (const content of ["\x89PNG", "\x89PNG\n\x1A\n", "PDF", "<htmls>", "%PD", "drawn", "\0"])
      expect([content, foundIn(bytes(content))]).toEqual([content, null]);
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
    expect(foundIn(Buffer.from("\ufeff<svg/>", "utf16le"))).toBe("image/svg+xml");
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
