import { whenIdle, type Scene } from "../dom/scene";

/** Depth is told in steps of this many percent, once each per page. */
const STEP = 25;
/** Reading the scroll position can force a layout: not more often than this, and when idle. */
const PAUSE_MS = 500;

/** How deep a page was scrolled; also where not the document but its main part scrolls. */
export function scroll(scene: Scene): void {
  let deepest = 0;
  let timer = 0;

  function measure(target: Element): void {
    timer = 0;
    const { scrollTop, clientHeight, scrollHeight } = target;
    if (clientHeight * 2 < innerHeight || scrollHeight <= clientHeight) return;
    const depth = Math.floor(Math.min(100, (100 * (scrollTop + clientHeight + 1)) / scrollHeight) / STEP) * STEP;
    if (depth <= deepest) return;
    deepest = depth;
    scene.emit({ t: "scroll", depth });
  }

  scene.on(document, "scroll", (event) => {
    const target = event.target instanceof Element ? event.target : document.scrollingElement;
    if (target) timer ||= setTimeout(() => whenIdle(scene.safe(() => measure(target)), PAUSE_MS), PAUSE_MS);
  });
  scene.hear("route", () => (deepest = 0));
}
