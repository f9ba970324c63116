/** What a page changes to show a state; other attributes (src, data-*, transforms) are of no interest. */
const ATTRIBUTES = ["class", "style", "hidden", "open", "disabled", "aria-invalid", "aria-expanded", "aria-hidden", "aria-describedby", "aria-busy", "aria-checked", "aria-selected", "value"];

type Reader = (records: MutationRecord[]) => void;

/**
 * One MutationObserver for all sensors, attached only for a while after the user did something: pages that
 * change all the time cost nothing otherwise.
 */
export class Watch {
  private _readers: Reader[] = [];
  private _observer: MutationObserver;
  private _until = 0;
  private _timer = 0;

  constructor(private readonly _host: () => Node | undefined, signal: AbortSignal) {
    this._observer = new MutationObserver((records) => {
      const host = this._host();
      const theirs = records.filter(({ target }) => target !== host && target !== document.documentElement);
      if (theirs.length) for (const reader of this._readers) reader(theirs);
    });
    signal.addEventListener("abort", () => this._stop());
  }

  read(reader: Reader): void {
    this._readers.push(reader);
  }

  /** Watches for `ms` from now at least. */
  open(ms: number): void {
    const now = performance.now();
    if (!this._timer) {
      this._observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES });
    }
    if (now + ms <= this._until && this._timer) return;
    this._until = now + ms;
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this._stop(), ms);
  }

  private _stop(): void {
    clearTimeout(this._timer);
    this._timer = 0;
    this._observer.disconnect();
  }
}
