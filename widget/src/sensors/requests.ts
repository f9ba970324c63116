import { routeOf } from "../core/route";
import { SHORT } from "../core/limits";
import type { Scene } from "../dom/scene";

/** A user notices after 1 s and doubts after some more; slower requests than this are told though they succeed. */
const SLOW_MS = 3_000;
/** First status that means failure; 0 means no answer, GAVE_UP that the page itself did not want one. */
const FAILED = 400;
const GAVE_UP = -1;

/** Failed and slow requests of the page: method, route, status, time. Bodies and headers are never touched. */
export function requests(scene: Scene): void {
  const { signal } = scene;
  let leaving = false;
  scene.on(window, "beforeunload pagehide", () => (leaving = true));
  scene.on(window, "pageshow", () => (leaving = false));

  /** A request begins; the returned function takes its status. */
  function begin(method: string, address: string | URL): (status: number) => void {
    let end = (_status: number) => {};
    scene.safe(() => {
      const { href, origin, host, pathname } = new URL(address, location.href);
      if (signal.aborted || href.startsWith(scene.base) || !/^h/.test(href)) return;
      const start = scene.now();
      const cause = scene.cause();
      scene.tell("request", { began: true, ok: true });
      end = scene.safe((status) => {
        const duration = scene.now() - start;
        const ok = status === GAVE_UP || (status > 0 && status < FAILED);
        scene.tell("request", { began: false, ok });
        if (leaving || (ok && (status < 0 || duration < SLOW_MS))) return;
        const route = (origin === location.origin ? "" : host) + routeOf(pathname);
        scene.emit({ t: "request", method: method.toUpperCase().slice(0, SHORT), route, status, duration, cause }, !ok);
      });
    })();
    return end;
  }

  /** Wraps `name` of `owner` until the end; who wrapped it after us keeps a function that only passes on. */
  function wrap<T extends object, K extends keyof T>(owner: T, name: K, by: (original: T[K]) => T[K]): void {
    const original = owner[name];
    const ours = by(original);
    owner[name] = ours;
    signal.addEventListener("abort", () => owner[name] === ours && (owner[name] = original));
  }

  wrap(window, "fetch", (original) => function (this: unknown, ...args) {
    const answer = original.apply(this as Window, args);
    const [input, init] = args;
    const { method, url } = input as Request;
    const end = begin(init?.method ?? method ?? "GET", url ?? input);
    answer.then(
      ({ status, type }) => end(/^opaque/.test(type) ? GAVE_UP : status),
      (error) => end(error?.name === "AbortError" ? GAVE_UP : 0),
    );
    return answer;
  });

  const opened = new WeakMap<XMLHttpRequest, [string, string | URL]>();
  const xhr = XMLHttpRequest.prototype;
  wrap(xhr, "open", (original) => function (this: XMLHttpRequest, ...args: [string, string | URL]) {
    opened.set(this, args);
    return original.apply(this, args as never);
  } as typeof original);
  wrap(xhr, "send", (original) => function (this: XMLHttpRequest, ...args) {
    const asked = opened.get(this);
    const end = asked && begin(...asked);
    let gaveUp = false;
    const note = () => (gaveUp = true);
    const done = () => end?.(gaveUp ? GAVE_UP : this.status);
    this.addEventListener("abort", note, { once: true });
    this.addEventListener("loadend", done, { once: true });
    return original.apply(this, args);
  });
}
