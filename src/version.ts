/** The version of Colophon, put in by the build; tests run from the sources and see `0.0.0-source`. */
declare const COLOPHON_VERSION: string | undefined;

export const version: string = typeof COLOPHON_VERSION === "undefined" ? "0.0.0-source" : COLOPHON_VERSION;

/** Put in by the build of the program; elsewhere nothing is derived that would outlive the sources. */
declare const COLOPHON_SOURCE: string;
export const sourceDigest = typeof COLOPHON_SOURCE === "string" ? COLOPHON_SOURCE : "sources";
