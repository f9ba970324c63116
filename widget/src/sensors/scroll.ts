import { whenIdle, type Scene } from "../dom/scene";

/** Depth is told in steps of this many percent, once each per page. */
const STEP = 25;
/** Reading the scroll position can force a layout: not more often than this, and when idle. */
const PAUSE_MS = 500;

/** How deep a page was scrolled; also where not the document but its main part scrolls. */
export function scroll(scene: Scene): void {
  let deepest = 0;
  let timer = 0;

  scene.on(document, "scroll", ({ target }) => {
    timer ||= setTimeout(() => whenIdle(scene.safe(() => {
      timer = 0;
      const { scrollTop, clientHeight, scrollHeight } = target instanceof Element ? target : document.documentElement;
      const depth = Math.floor((100 / STEP) * Math.min(1, (scrollTop + clientHeight + 1) / scrollHeight)) * STEP;
      if (clientHeight * 2 < innerHeight || depth <= deepest) return;
      deepest = depth;
      scene.emit({ t: "scroll", depth });
    }), PAUSE_MS), PAUSE_MS);
  });
  scene.hear("route", () => (deepest = 0));
}
