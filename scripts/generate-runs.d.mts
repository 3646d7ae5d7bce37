/** Gives the ids, the oldest first. */
export function generateRuns(root: string, spec: string, count: number, first?: number): string[];
