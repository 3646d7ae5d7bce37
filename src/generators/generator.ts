/** What a generator is given, and what it gives. A generator is pure: no clock, no ambient randomness, no files. */
import type { FixtureEvent, FixtureRecord } from "../kinds/fixture/event.js";

export interface SeedBundle {
  readonly seed: number;
  readonly namespace: string;
  readonly partition: string;
}

/** Everything that decides the events; the names are those that a module or a command is given too. */
export interface GenerationRequest {
  readonly seed_bundle: SeedBundle;
  readonly profile: { readonly name: string; readonly content: unknown };
  readonly scenario: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** One event with what is said of it elsewhere. Events come in replay order. */
export interface GeneratedEvent {
  readonly event: FixtureEvent;
  readonly provenance: FixtureRecord;
  readonly labels: readonly FixtureRecord[];
}

export interface BuiltInGenerator {
  readonly name: string;
  readonly version: string;
  /** Their content by name. */
  readonly profiles: Readonly<Record<string, object>>;
  readonly scenarios: readonly string[];
  /** Parameter and what it takes, all of them required: nothing is filled in silently. */
  readonly params: Readonly<Record<string, string>>;
  /** What is wrong with the profile, the scenario or a parameter, a sentence each. */
  readonly faults: (request: GenerationRequest) => string[];
  /** The request has no faults. */
  readonly generate: (request: GenerationRequest) => Iterable<GeneratedEvent>;
}
