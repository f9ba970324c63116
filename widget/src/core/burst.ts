/** Clicks within this time that make a burst, and how many: three in a second is the usual mark of a rage click. */
const BURST_MS = 1_000;
const BURST_CLICKS = 3;

/** Tells of each click (on element `fp`, at time `at` in ms) whether it is the third or later of a burst. */
export function bursts(): (fp: string, at: number) => boolean {
  let clicks: [string, number][] = [];
  return (fp, at) => {
    clicks = clicks.filter(([other, time]) => other === fp && at - time < BURST_MS);
    return clicks.push([fp, at]) >= BURST_CLICKS;
  };
}
