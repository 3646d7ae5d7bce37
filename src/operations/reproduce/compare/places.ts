/** Where a run lay. In every comparison the places of the reproduction stand for those of the recorded run. */

export interface Places {
  /** Of the tree that the command ran in; absolute. */
  readonly root: string;
  /** The run's folder, absolute, and its id. */
  readonly folder: string;
  readonly id: string;
}

/** Text of the reproduction as it would read in the recorded run; the same value when no place stands in it. */
export function inPlaceOf(recorded: Places, now: Places, text: string): string {
  // The longer names first: the folder of a run lies in a root, and holds its id.
  const pairs: readonly (readonly [string, string])[] = [
    [now.folder, recorded.folder],
    [now.root, recorded.root],
    [now.id, recorded.id],
  ];
  return pairs.reduce((read, [from, to]) => (from === to ? read : read.replaceAll(from, to)), text);
}
