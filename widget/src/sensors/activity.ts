import type { Activity } from "../protocol.gen";
import { isField } from "../dom/fields";
import type { Action, Scene } from "../dom/scene";

/** How long after a click or submit a sign of life still answers it. */
const WINDOW_MS = 3_000;
/** What a user can do by hand as well: after another press of button or key these answer nothing. */
const BY_HAND = /^(scroll|selection|focus|input)$/;
/** Clocks and live regions that tick by themselves answer nobody. */
const TICKING = "time,[role=timer],[role=marquee]";

interface Window extends Action {
  at: number;
  seen: Set<string>;
}

/** A style of the pressed control itself (":active" by class, ripples) is no answer; its words or state are. */
function answers(record: MutationRecord, pressed: Element): boolean {
  const el = record.target instanceof Element ? record.target : record.target.parentElement;
  if (!el || el.closest(TICKING)) return false;
  if (!pressed.contains(el)) return true;
  if (record.type === "attributes") return !/^(class|style)$/.test(record.attributeName ?? "");
  return record.type === "characterData" || [...record.addedNodes].some((node) => node.textContent?.trim());
}

/** The first sign of each kind by which the page answers a click or submit. */
export function activity(scene: Scene): void {
  let open: Window[] = [];
  let hand = 0;

  function sign(kind: Activity["kind"], fits: (window: Window) => boolean = () => true): void {
    const now = scene.now();
    open = open.filter(({ at }) => now - at < WINDOW_MS);
    for (const window of open) {
      if (window.seen.has(kind) || !fits(window) || (BY_HAND.test(kind) && hand > window.at)) continue;
      window.seen.add(kind);
      scene.emit({ t: "activity", click: window.seq, kind, delay: now - window.at }, window.burst);
    }
  }

  scene.hear("action", (action) => {
    if (!action.seq) return;
    // What comes now answers this control, no earlier one.
    open = open.filter(({ el }) => el === action.el);
    open.push({ ...action, at: scene.now(), seen: new Set() });
    scene.watch.open(WINDOW_MS);
  });
  scene.on(document, "pointerdown keydown wheel touchmove", () => (hand = scene.now()));
  scene.watch.read((records) => {
    if (open.length) sign("mutation", ({ el }) => records.some((record) => answers(record, el)));
  });
  scene.hear("route", () => sign("navigation"));
  scene.hear("request", ({ began }) => began && sign("request"));
  scene.on(window, "pagehide", () => sign("navigation"));
  scene.on(document, "scroll", () => sign("scroll"));
  scene.on(document, "input change", (event) => scene.target(event) && sign("input"));
  scene.on(window, "blur", (event) => event.target === window && sign("window"));
  scene.on(document, "selectionchange", () => getSelection()?.isCollapsed === false && sign("selection"));
  scene.on(document, "focusin", (event) => {
    const target = scene.target(event);
    if (target && isField(target)) sign("focus", ({ el }) => el !== target);
  });
}
