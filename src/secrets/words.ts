/** The words of a command. As many come out as went in; what a flag is called stays, what it was given goes. */
import { judgeValue, looksRandom, standsForNothing } from "./judge.js";
import { isLogin } from "./logins.js";
import { findNameRule } from "./names.js";
import { mergeRedactions, type Redacted } from "./redactions.js";
import { redactLines } from "./text.js";
import { redactWhole } from "./whole.js";

export function redactWords(words: readonly string[]): Redacted<string[]> {
  const each = redactEachWord(words);
  return {
    value: each.map(({ value }) => value),
    redactions: mergeRedactions(...each.map(({ redactions }) => redactions)),
  };
}

export function redactEachWord(words: readonly string[]): Redacted<string>[] {
  return words.map((word, index) => redactWord(word, words[index - 1]));
}

function redactWord(word: string, before: string | undefined): Redacted<string> {
  return (
    (before === undefined ? undefined : redactArgument(word, before)) ??
    redactAttached(word) ??
    redactLines(word, "data")
  );
}

/** `--x v`: a word that the word before it makes a secret. */
function redactArgument(word: string, flag: string): Redacted<string> | undefined {
  if (headerFlag.test(flag)) return redactHeader(word);
  if (loginFlag.test(flag)) return isLogin(word) ? redactWhole(word, "login") : undefined;
  if (!/^--?[A-Za-z][\w.-]*$/.test(flag)) return undefined;
  if (isFlag(word)) return undefined;
  const rule = judgeValue(flag, word, "data");
  return rule === undefined ? undefined : redactWhole(word, rule);
}

const headerFlag = /^(?:-H|--header|--proxy-header)$/;
const loginFlag = /^(?:-u|-U|--user|--proxy-user)$/;

/** `--use-auth --lr 3`: the flag before took no value. A random word may begin with a dash all the same. */
function isFlag(word: string): boolean {
  return (
    /^(?:-[A-Za-z]|--?[A-Za-z][\w.-]*(?:=.*)?|--)$/s.test(word) &&
    (word.startsWith("--") || !looksRandom(word))
  );
}

/** `--x=v`, `X=v`, `+x=v`, `x:=v`, `--header=…`, `-HAuthorization: …`, `-uuser:password`. */
function redactAttached(word: string): Redacted<string> | undefined {
  const [, flag = "", rest = ""] =
    /^(-H|--(?:proxy-)?header=|-[uU]|--(?:proxy-)?user=)(.+)$/s.exec(word) ?? [];
  if (/^-H|header=/.test(flag)) return withFront(flag, redactHeader(rest));
  if (flag !== "" && isLogin(rest)) return withFront(flag, redactWhole(rest, "login"));

  const [, front = "", name = "", value = ""] = /^([-+~]{0,2}([\w.-]+):?=)(.*)$/s.exec(word) ?? [];
  const rule = judgeValue(name, value, "data");
  return rule === undefined ? undefined : withFront(front, redactWhole(value, rule));
}

/** A header's value ends where the header ends. */
function redactHeader(header: string): Redacted<string> | undefined {
  const [, front = "", name = "", value = ""] = /^(([\w-]+)[ \t]{0,8}:[ \t]{0,8})(.*)$/s.exec(header) ?? [];
  const rule = findNameRule(name);
  if (rule === undefined || standsForNothing(value)) return undefined;
  return withFront(front, redactWhole(value, rule));
}

function withFront(front: string, rest: Redacted<string> | undefined): Redacted<string> | undefined {
  return rest === undefined ? undefined : { value: front + rest.value, redactions: rest.redactions };
}
