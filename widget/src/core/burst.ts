/** Clicks within this time that make a burst, and how many: three in a second is the usual mark of a rage click. */
const BURST_MS = 1_000;
const BURST_CLICKS = 3;

/** Notices bursts of clicks on one element, so that they are sent at once. */
export class Burst {
  private _fp = "";
  private _times: number[] = [];

  /** Is this click, at page time `at` on element `fp`, the third or later of a burst? */
  click(fp: string, at: number): boolean {
    if (fp !== this._fp) this._times = [];
    this._fp = fp;
    this._times = this._times.filter((time) => at - time < BURST_MS);
    this._times.push(at);
    return this._times.length >= BURST_CLICKS;
  }
}
