import { routeOf } from "../core/route";
import type { Scene } from "../dom/scene";

type How = "push" | "replace" | "traverse";
interface Navigation extends EventTarget {
  readonly currentEntry: unknown;
}

/** The route the document shows now. */
export function currentRoute(): string {
  return routeOf(location.pathname, location.hash);
}

/** Calls `moved` after each change of the address within the document, by the Navigation API or the history. */
function watchAddress(scene: Scene, moved: (how: How) => void): void {
  const { navigation } = window as unknown as { navigation?: Navigation };
  if (navigation) {
    scene.on<Event & { navigationType: string | null }>(navigation, "currententrychange", ({ navigationType }) => {
      if (navigationType) moved(navigationType as How);
    });
    return;
  }
  for (const how of ["push", "replace"] as const) patch(scene, how, moved);
  scene.on(window, "popstate hashchange", () => moved("traverse"));
}

function patch(scene: Scene, how: "push" | "replace", moved: (how: How) => void): void {
  const name = `${how}State` as const;
  const original = history[name];
  const tell = scene.safe(() => scene.signal.aborted || moved(how));
  const ours: typeof original = function (this: History, ...args) {
    original.apply(this, args);
    tell();
  };
  history[name] = ours;
  scene.signal.addEventListener("abort", () => {
    // Who wrapped it after us keeps a function that only passes on.
    if (history[name] === ours) history[name] = original;
  });
}

/** Client-side navigation: a new route is a new page; a query that changes while one types is none. */
export function navigation(scene: Scene): void {
  let route = currentRoute();
  let path = location.pathname;
  watchAddress(scene, (how) => {
    const next = currentRoute();
    if (next === route && (how === "replace" || location.pathname === path)) return;
    route = next;
    path = location.pathname;
    scene.page(how);
    scene.tell("route", next);
  });
}
