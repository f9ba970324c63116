/** What a page changes to show a state; other attributes (src, data-*, transforms) are of no interest. */
const ATTRIBUTES = ["class", "style", "hidden", "open", "disabled", "value", "aria-invalid", "aria-expanded", "aria-hidden", "aria-describedby", "aria-checked", "aria-selected"];

type Reader = (records: MutationRecord[]) => void;

export interface Watch {
  read(reader: Reader): void;
  /** Watches for `ms` from now at least. */
  open(ms: number): void;
}

/**
 * One MutationObserver for all sensors, attached only for a while after the user did something: pages that
 * change all the time cost nothing otherwise. `own`: our element in the page, which is not the page's doing.
 */
export function makeWatch(own: () => Node | undefined, signal: AbortSignal): Watch {
  const readers: Reader[] = [];
  let until = 0;
  let timer = 0;
  const observer = new MutationObserver((records) => {
    const theirs = records.filter(({ target, addedNodes, removedNodes }) => {
      const host = own();
      return !host || (target !== host && addedNodes[0] !== host && removedNodes[0] !== host);
    });
    if (theirs.length) for (const reader of readers) reader(theirs);
  });
  function stop(): void {
    clearTimeout(timer);
    timer = 0;
    observer.disconnect();
  }
  signal.addEventListener("abort", stop);
  return {
    read: (reader) => readers.push(reader),
    open(ms) {
      const end = performance.now() + ms;
      if (timer && end <= until) return;
      if (!timer) observer.observe(document, { subtree: true, childList: true, characterData: true, attributeFilter: ATTRIBUTES });
      until = end;
      clearTimeout(timer);
      timer = setTimeout(stop, ms);
    },
  };
}
