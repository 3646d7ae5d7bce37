/** JSON values: parameters, tags, notes, configuration that was read. */
import { judgeValue } from "./judge.js";
import { mergeRedactions, type Redacted, type Redactions } from "./redactions.js";
import { redactText } from "./text.js";
import { redactWhole } from "./whole.js";
import { redactEachWord } from "./words.js";

export interface RedactedMembers extends Redacted<unknown> {
  /** RFC 6901 pointers of the values that lost something, in the order of the document. */
  readonly pointers: readonly string[];
}

/** A new value of the same shape; keys stay as they are, and so does everything that is neither text nor number. */
export function redactMembers(value: unknown): RedactedMembers {
  const pointers: string[] = [];
  const counts: Redactions[] = [];
  return { value: redact(value, "", ""), redactions: mergeRedactions(...counts), pointers };

  /** `name` is that of the nearest member around the value: the items of `api_keys` are keys. */
  function redact(item: unknown, name: string, pointer: string): unknown {
    if (typeof item === "string" || typeof item === "number") {
      return note(pointer, item, redactNamed(String(item), name) ?? redactText(String(item)));
    }
    if (Array.isArray(item)) return redactItems(item, name, pointer);
    if (typeof item !== "object" || item === null) return item;
    const label = findLabel(item);
    // Built from entries, so that a key `__proto__` stays a member and never becomes a prototype.
    return Object.fromEntries(
      Object.entries(item).map(([key, member]) => {
        const called = key === "value" ? (label ?? name) : key;
        return [key, redact(member, called, `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`)];
      }),
    );
  }

  /** A list of texts may be a command, in which one word makes a secret of the next. */
  function redactItems(items: readonly unknown[], name: string, pointer: string): unknown[] {
    const texts = items.filter((item) => typeof item === "string");
    const words = texts.length === items.length ? redactEachWord(texts) : [];
    return items.map((item, index) => {
      const word = words[index];
      const place = `${pointer}/${index}`;
      if (word === undefined) return redact(item, name, place);
      return note(place, texts[index]!, redactNamed(texts[index]!, name) ?? word);
    });
  }

  function note(pointer: string, original: string | number, redacted: Redacted<string>): string | number {
    if (redacted.value === String(original)) return original;
    pointers.push(pointer);
    counts.push(redacted.redactions);
    return redacted.value;
  }
}

function redactNamed(text: string, name: string): Redacted<string> | undefined {
  const rule = judgeValue(name, text, "data");
  return rule === undefined ? undefined : redactWhole(text, rule);
}

/** `{"key": "api_token", "value": "…"}`: lists of pairs, as other trackers and Kubernetes write them. */
function findLabel(object: object): string | undefined {
  const { name, key } = object as { name?: unknown; key?: unknown };
  return typeof key === "string" ? key : typeof name === "string" ? name : undefined;
}
