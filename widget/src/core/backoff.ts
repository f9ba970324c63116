/** First wait after a lost connection, and the longest one, in ms. */
const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/** How long to wait before try `failures` (from 1): doubling, half of it random so that pages do not return together. */
export function backoff(failures: number, random: number): number {
  const ceiling = Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS);
  return ceiling / 2 + (random * ceiling) / 2;
}
