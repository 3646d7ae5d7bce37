/**
 * Names of files are bytes, and not all of them are UTF-8. A byte path is a string in which every character stands for one
 * byte, so that it sorts as `LC_ALL=C sort` does and leads back to the very file; ASCII looks the same in both.
 */
export type BytePath = string & { readonly unit: "byte" };

const beyondAscii = /[^\x00-\x7f]/;

export function bytePathOf(name: Buffer): BytePath {
  return name.toString("latin1") as BytePath;
}

export function joinBytes(folder: BytePath, name: BytePath): BytePath {
  return (folder === "" ? name : `${folder}/${name}`) as BytePath;
}

/** To be read by people; what is not UTF-8 becomes U+FFFD. */
export function textOf(path: BytePath): string {
  return beyondAscii.test(path) ? Buffer.from(path, "latin1").toString() : path;
}

/** What the functions of `node:fs` take. */
export function locate(root: string, path: BytePath): string | Buffer {
  if (path === "") return root;
  const below = `${root}/`;
  return beyondAscii.test(path)
    ? Buffer.concat([Buffer.from(below), Buffer.from(path, "latin1")])
    : below + path;
}
