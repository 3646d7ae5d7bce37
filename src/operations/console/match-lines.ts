/** Printed lines held against the patterns: what of them are points. One line of the output is one line of the journal, or none. */
import { isStep, spellMetric } from "../../manifest/metrics.js";
import type { MetricPattern } from "./metric-pattern.js";
import type { PrintedLine } from "./printed-lines.js";
import { parsePrintedNumber } from "./printed-number.js";

export interface LineMatcher {
  /** More lines of one stream. */
  add(stream: string, lines: readonly PrintedLine[]): void;
  /** Works through what was added. It may be stopped in the middle of it: then call `skip`, and this again. */
  work(): void;
  /** What was being matched takes too long: the pattern is done with this line, and with all after a few of them. */
  skip(): void;
  /** What was found since, as lines of a journal without their times. */
  take(): readonly FoundPoints[];
  readonly tallies: readonly PatternTally[];
}

export interface FoundPoints {
  readonly step: number | null;
  readonly metrics: Readonly<Record<string, number | string>>;
}

export interface PatternTally {
  readonly pattern: string;
  /** Lines that matched. */
  readonly lines: number;
  /** Matched texts that are no numbers, and steps that are none. */
  readonly no_numbers: number;
  /** Lines on which it took too long. */
  readonly too_slow: number;
}

const mostSlow = 3;

interface Compiled {
  readonly names: MetricPattern["names"];
  readonly expression: RegExp;
  /** It says the step of what follows, until another line says another. */
  readonly isStepAlone: boolean;
  readonly tally: { -readonly [K in keyof PatternTally]: PatternTally[K] };
}

interface Stream {
  step: number | null;
  /** What the line before said, where it has been drawn over since. */
  overdrawn: string | null;
}

interface Found {
  step: number | null;
  hasStep: boolean;
  values: Record<string, number | string>;
}

export function createLineMatcher(patterns: readonly MetricPattern[]): LineMatcher {
  const different = patterns.filter(
    ({ text }, index) => patterns.findIndex((other) => other.text === text) === index,
  );
  const compiled = different.map(compile).sort((a, b) => Number(b.isStepAlone) - Number(a.isStepAlone));
  const streams = new Map<string, Stream>();
  const queue: { readonly stream: Stream; readonly line: PrintedLine }[] = [];
  let points: FoundPoints[] = [];
  let at = 0;
  let next = 0;
  let found: Found[] = [];

  const matchLine = (stream: Stream, text: string) => {
    while (next < compiled.length) {
      const pattern = compiled[next] as Compiled;
      const match = pattern.tally.too_slow >= mostSlow ? null : pattern.expression.exec(text);
      next += 1;
      if (match === null) continue;
      const read = readMatch(pattern, match);
      if (pattern.isStepAlone) stream.step = read.step ?? stream.step;
      else found.push(read);
    }
  };
  const settle = (stream: Stream, { text, isRedrawn }: PrintedLine) => {
    const lines = joinBySteps(found, stream.step);
    const said = lines.length === 0 ? null : JSON.stringify(lines);
    // A bar that is drawn again without a change says nothing new.
    if (said !== null && said !== stream.overdrawn) points.push(...lines);
    if (said !== null || text === "") stream.overdrawn = isRedrawn ? said : null;
    found = [];
    next = 0;
  };

  return {
    add(name, lines) {
      const stream = streams.get(name) ?? { step: null, overdrawn: null };
      streams.set(name, stream);
      for (const line of lines) queue.push({ stream, line });
    },
    work() {
      for (; at < queue.length; at += 1) {
        const { stream, line } = queue[at] as (typeof queue)[number];
        matchLine(stream, line.text);
        settle(stream, line);
      }
      queue.length = 0;
      at = 0;
    },
    skip() {
      const slow = compiled[next];
      if (slow !== undefined) slow.tally.too_slow += 1;
      next += 1;
    },
    take() {
      const taken = points;
      points = [];
      return taken;
    },
    tallies: different.map(({ text }) => compiled.find(({ tally }) => tally.pattern === text)!.tally),
  };
}

function compile({ text, source, names }: MetricPattern): Compiled {
  return {
    names,
    expression: new RegExp(source),
    isStepAlone: names.every((name) => name === "step" || name === null),
    tally: { pattern: text, lines: 0, no_numbers: 0, too_slow: 0 },
  };
}

function readMatch({ names, tally }: Compiled, match: RegExpExecArray): Found {
  const found: Found = { step: null, hasStep: false, values: {} };
  tally.lines += 1;
  names.forEach((name, index) => {
    const text = match[index + 1];
    // A group that took no part, as one side of an alternative.
    if (name === null || text === undefined) return;
    const value = parsePrintedNumber(text);
    if (value === undefined || (name === "step" && !isStep(value))) tally.no_numbers += 1;
    else if (name !== "step") found.values[name] = spellMetric(value);
    else found.step = value;
    if (name === "step") found.hasStep = true;
  });
  return found;
}

/** A value at a wrong step would be a wrong value: what names a step that is none, says nothing. */
function joinBySteps(found: readonly Found[], current: number | null): FoundPoints[] {
  const lines: { step: number | null; metrics: Record<string, number | string> }[] = [];
  for (const { step: own, hasStep, values } of found) {
    if (Object.keys(values).length === 0 || (hasStep && own === null)) continue;
    const step = own ?? current;
    // The same metric twice at one step is two points.
    const line = lines.find(
      (one) => one.step === step && Object.keys(values).every((name) => !Object.hasOwn(one.metrics, name)),
    );
    if (line === undefined) lines.push({ step, metrics: { ...values } });
    else Object.assign(line.metrics, values);
  }
  return lines;
}
