/**
 * `--metric-pattern`: where in a printed line its metrics stand. Either as the line looks, with a name in braces for each number
 * (`epoch {step} loss {loss}`), or as a regular expression with named groups (`epoch (?<step>\d+)`).
 */
import { UsageError } from "../../errors.js";
import { faultOfName } from "../../manifest/metrics.js";
import { printedNumber } from "./printed-number.js";

export interface MetricPattern {
  /** As it was given. */
  readonly text: string;
  /** Of a regular expression whose groups are those of `names`, in their order; other groups have `null`. */
  readonly source: string;
  readonly names: readonly (string | null)[];
}

const longest = 1000;

/** `where` the text was given. @throws UsageError */
export function parseMetricPattern(text: string, where = "--metric-pattern"): MetricPattern {
  if (text.length > longest || /[\0-\x08\x0a-\x1f]/.test(text))
    throw bad(where, text, `is longer than ${longest} characters, or holds a control character`);
  const pattern = /\(\?<[^=!]/.test(text) ? readExpression(text, where) : readLine(text);
  const names = pattern.names.filter((name) => name !== null);
  if (names.length === 0) throw bad(where, text, "names no metric");
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw bad(where, text, `names "${twice}" twice`);
  for (const name of names) {
    const fault = faultOfName(name);
    if (fault !== null) throw bad(where, text, `has a name that ${fault}`);
  }
  return { text, ...pattern };
}

type Read = Pick<MetricPattern, "source" | "names">;

/** Names of groups are read from the expression itself, so that numbered groups among them do no harm. */
function readExpression(text: string, where: string): Read {
  try {
    // An alternative that always matches shows the groups.
    const found = new RegExp(`${text}|`).exec("");
    const order = [...text.matchAll(/\\.|\[(?:\\.|[^\]\\])*\]|\((?!\?)|\(\?<([^=!>][^>]*)>/g)]
      .filter(([token]) => token.startsWith("("))
      .map(([, name]) => name ?? null);
    if (found === null || found.length - 1 !== order.length)
      throw new Error("its groups cannot be told apart");
    return { source: text, names: order };
  } catch (cause) {
    throw bad(where, text, `is no regular expression: ${(cause as Error).message}`);
  }
}

/** Blanks match blanks, `{}` whatever stands there, everything else itself. */
function readLine(text: string): Read {
  const names: string[] = [];
  const pieces = text.trim().split(/(\{\}|\{[A-Za-z_][^{}\s]*\})/);
  const source = pieces.map((piece, index) => {
    if (index % 2 === 0) return asItIs(piece);
    if (piece === "{}") return ".*?";
    names.push(piece.slice(1, -1));
    return `${before(pieces[index - 1])}(${printedNumber})${after(pieces[index + 1])}`;
  });
  return { source: `${beginning(pieces[0])}${source.join("")}`, names };
}

/** `loss {loss}` is not what stands in `val_loss 0.3`. */
function beginning(piece = ""): string {
  return /^[A-Za-z_]/.test(piece) ? "(?<![A-Za-z_])" : "";
}

function asItIs(piece: string): string {
  return piece.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`).replaceAll(/\s+/g, String.raw`\s+`);
}

/** A number is not cut out of a longer word or number: what stands right beside it has to be in the pattern. */
function before(piece = ""): string {
  return /\S$/.test(piece) ? String.raw`\s*` : String.raw`(?<![\w.,+-])`;
}

function after(piece = ""): string {
  return /^\S/.test(piece) ? "" : String.raw`(?![\w]|[.,]\d)`;
}

function bad(where: string, text: string, fault: string): UsageError {
  return new UsageError("BAD_METRIC_PATTERN", `${where} ${JSON.stringify(text.slice(0, 200))} ${fault}`, {
    hint: "Write the line as it is printed, with a name in braces for each number: --metric-pattern 'epoch {step} loss {loss}'",
  });
}
