/** Reads a specification of a figure: JSON, YAML or TOML, as strictly as parameters. */
import { ConfigError, FileError } from "../errors.js";
import { readParameterFile } from "./parameter-file.js";

/** `shown` is the path as typed. @throws ConfigError */
export async function readFigureSpec(
  path: string,
  shown: string,
): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await readParameterFile(path, shown)).values;
  } catch (cause) {
    if (!(cause instanceof FileError)) throw cause;
    throw new ConfigError("BAD_FIGURE_SPEC", cause.message.replace(/^--config /, ""), {
      hint: cause.hint,
      cause,
    });
  }
}
