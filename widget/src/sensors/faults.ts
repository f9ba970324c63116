import { LINE } from "../core/limits";
import { routeOf } from "../core/route";
import { tidy } from "../core/text";
import type { Scene } from "../dom/scene";

/** One document reports each message once a second (loops), and so many faults at most. */
const REPEAT_MS = 1_000;
const MOST = 50;
/** Noise that tells nothing: errors hidden by the same-origin policy, and a harmless notice of browsers. */
const NOISE = /^Script error\.?$|^ResizeObserver loop/;

/** Script errors and unhandled rejections, with the action they followed. */
export function faults(scene: Scene): void {
  const seen: Record<string, number> = {};
  let count = 0;

  function report(kind: "error" | "rejection", raw: unknown, file = "", line = 0): void {
    const message = tidy(String(raw), LINE);
    const now = scene.now();
    const ours = /^(?!https?:)[\w-]+:/.test(file);
    if (ours || NOISE.test(message) || now < (seen[message] ?? 0) || ++count > MOST) return;
    seen[message] = now + REPEAT_MS;
    const route = file && routeOf(new URL(file, location.href).pathname);
    scene.emit({ t: "error", message, kind, file: route, line, cause: scene.cause() }, true);
  }

  scene.on<ErrorEvent>(window, "error", ({ target, message, filename, lineno }) => {
    if (target === window) report("error", message, filename, lineno);
  });
  scene.on<PromiseRejectionEvent>(window, "unhandledrejection", ({ reason }) => report("rejection", (reason as Error)?.message ?? reason));
}
