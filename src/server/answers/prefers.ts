/** Whether a client would rather have one media type than another, by its header `Accept`. */
export function prefers(accept: string, type: string, other: string): boolean {
  return qualityOf(accept, type) > qualityOf(accept, other);
}

/** RFC 9110: of the ranges that a type is in, the narrowest counts. */
function qualityOf(accept: string, type: string): number {
  const ranges = accept.split(",").map((range) => {
    const [name = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
    return { name, quality: quality === undefined ? 1 : Number(quality) || 0 };
  });
  const [family] = type.split("/");
  for (const wanted of [type, `${family}/*`, "*/*"]) {
    const found = ranges.find(({ name }) => name === wanted);
    if (found !== undefined) return found.quality;
  }
  return 0;
}
