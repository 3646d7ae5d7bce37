/** The configuration of a generator. A module of its own, as it loads the readers of YAML and TOML when they are needed. */
import { readParameterFile } from "../../store/parameter-file.js";

export async function readConfiguration(
  path: string,
  shown: string,
): Promise<{ readonly values: object; readonly text: string }> {
  return readParameterFile(path, shown);
}
