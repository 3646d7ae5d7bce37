/** The clock of this machine, or the one that `SOURCE_DATE_EPOCH` (seconds since 1970) sets for reproducible documents. */
export function now(): number {
  const epoch = process.env.SOURCE_DATE_EPOCH;
  return epoch !== undefined && /^[0-9]+$/.test(epoch) ? Number(epoch) * 1000 : Date.now();
}
