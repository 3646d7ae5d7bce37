/** Files that are counted by what they belong to, since a list of them would hide what matters. */
import type { ObservedPath } from "../../../process/observe/observed-event.js";

/** Wherever they lie, by the path behind the repository's root or the whole of it; the first that fits counts. */
const anywhere: readonly (readonly [string, RegExp])[] = [
  ["git", /\/\.git(\/|$)/],
  ["python bytecode", /\/__pycache__\/[^/]*$|\.pyc$/],
  ["python packages", /\/(site|dist)-packages\//],
  [
    "python",
    /\/lib(32|64)?\/python[\d.]+t?\/|\/lib\/python\d+\.zip$|\/pyvenv\.cfg$|\/(bin|shims)\/python[\d.]*$/,
  ],
  ["node packages", /\/node_modules\//],
  ["r packages", /\/(site-library|R\/library)\//],
  ["settings", /\/\.config\/|\/\.cache\/(fontconfig|matplotlib|pip)\/|\/\.gitconfig$/],
];

/** A repository may lie below one of these. */
const outside: readonly (readonly [string, RegExp])[] = [
  ["/proc", /^\/proc\//],
  ["/sys", /^\/sys\//],
  ["/dev", /^\/dev\//],
  ...anywhere,
  ["libraries", /\.(so|dylib)(\.[\d.]+)?$/],
  ["programs", /\/(bin|sbin|libexec|shims)\/[^/]*$|\/\.(pyenv|asdf|nvm|rbenv|rustup)\//],
  [
    "system",
    /^\/(usr|lib|lib32|lib64|libx32|bin|sbin|etc|opt\/[^/]+\/lib|nix\/store|run|var\/(cache|run))\//,
  ],
];

/** `inside`: relative to the repository's root, with a slash in front. `undefined` for a file that is to be listed. */
export function groupOf(path: ObservedPath, inside: ObservedPath | undefined): string | undefined {
  const groups = inside === undefined ? outside : anywhere;
  return groups.find(([, form]) => form.test(inside ?? path))?.[0];
}

/** The source beside which Python keeps what it compiled; `undefined` for any other file. */
export function sourceOfBytecode(path: ObservedPath): ObservedPath | undefined {
  const [, folder, name] = /^(.*)\/__pycache__\/([^/]+?)\.[\w-]+(?:\.opt-\w+)?\.pyc$/.exec(path) ?? [];
  return folder === undefined ? undefined : `${folder}/${name}.py`;
}

/** Names of files that hold data rather than code, also where Git tracks them. */
export function looksLikeData(path: ObservedPath): boolean {
  return dataForm.test(path);
}

const dataForm =
  /\.(csv|tsv|jsonl|ndjson|parquet|feather|arrow|orc|avro|npy|npz|pkl|pickle|joblib|pt|pth|ckpt|safetensors|onnx|h5|hdf5|nc|zarr|mat|rds|rdata|sav|dta|sas7bdat|xls|xlsx|ods|db|sqlite3?|duckdb|png|jpe?g|tiff?|gif|bmp|webp|wav|flac|mp3|mp4|avi|mov|bin|dat|data|tfrecords?|lmdb|zip|tar|gz|bz2|xz|zst|7z|fasta|fastq|bam|vcf|bed|nii|dcm|las|laz|shp|geojson)$/i;
