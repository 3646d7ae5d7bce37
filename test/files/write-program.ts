/** A program around the writer, to be run where writing fails: `node write-program.cjs PATH TEXT REPETITIONS`. */
import { writeAtomic } from "../../src/files/write-atomic.js";

const [path = "", text = "", repetitions = "1"] = process.argv.slice(2);
try {
  for (let turn = 0; turn < Number(repetitions); turn++) {
    writeAtomic(path, (turn % 2 === 0 ? text : text.toUpperCase()).repeat(4096));
  }
  process.stdout.write("written");
} catch (error) {
  const { name, code, cause } = error as { name: string; code: string; cause?: Error };
  process.stdout.write(`${name} ${code} ${cause?.message ?? ""}`);
}
