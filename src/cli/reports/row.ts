/** A line of facts behind its label. */
export function row(label: string, text: string): string {
  return `${label.padEnd(10)} ${text}`;
}
