import { LINE } from "../core/limits";
import { routeOf } from "../core/route";
import { tidy } from "../core/text";
import type { Scene } from "../dom/scene";

/** The same fault again within this time is an endless loop's, and one document reports so many at most. */
const REPEAT_MS = 1_000;
const MOST = 50;
/** Noise that tells nothing: errors hidden by the same-origin policy, and a harmless notice of browsers. */
const NOISE = /^Script error\.?$|^ResizeObserver loop/;

function place(file: string): string {
  try {
    const { origin, pathname, protocol } = new URL(file, location.href);
    if (!/^https?:$/.test(protocol)) return "";
    return (origin === location.origin ? "" : origin) + pathname;
  } catch {
    return "";
  }
}

/** Script errors and unhandled rejections, with the action they followed. */
export function faults(scene: Scene): void {
  const seen = new Map<string, number>();
  let count = 0;

  function report(kind: "error" | "rejection", raw: string, file = "", line = 0): void {
    const message = tidy(raw, LINE);
    const now = scene.now();
    if (!message || NOISE.test(message) || /^\w+-extension:/.test(file)) return;
    if (now - (seen.get(message) ?? -REPEAT_MS) < REPEAT_MS || ++count > MOST) return;
    seen.set(message, now);
    scene.emit({ t: "error", message, kind, file: file && place(file) && routeOf(place(file)), line: Math.max(0, line | 0), cause: scene.cause() }, true);
  }

  scene.on<ErrorEvent>(window, "error", (event) => {
    if (event.target === window) report("error", String(event.message), event.filename, event.lineno);
  });
  scene.on<PromiseRejectionEvent>(window, "unhandledrejection", ({ reason }) => {
    report("rejection", String((reason as Error | undefined)?.message ?? reason));
  });
}
