import { routeOf } from "../core/route";
import { SHORT } from "../core/limits";
import type { Scene } from "../dom/scene";

/** A user notices after 1 s and doubts after some more; slower requests than this are told though they succeed. */
const SLOW_MS = 3_000;
const FAILED = 400;

/** Failed and slow requests of the page: method, route, status, time. Bodies and headers are never touched. */
export function requests(scene: Scene): void {
  let leaving = false;
  scene.on(window, "beforeunload pagehide", () => (leaving = true));
  scene.on(window, "pageshow", () => (leaving = false));

  /** A request begins; the returned function takes its status (0: no answer, -1: the page itself gave up). */
  function begin(method: string, address: string): (status: number) => void {
    const at = new URL(address, location.href);
    if (at.href.startsWith(scene.base) || !/^https?:/.test(at.protocol)) return () => {};
    const start = scene.now();
    const cause = scene.cause();
    scene.tell("request", { began: true, ok: true });
    return scene.safe((status) => {
      const duration = scene.now() - start;
      const ok = status < 0 || (status > 0 && status < FAILED);
      scene.tell("request", { began: false, ok });
      if (leaving || (ok && (status < 0 || duration < SLOW_MS))) return;
      const route = (at.origin === location.origin ? "" : at.host) + routeOf(at.pathname);
      scene.emit({ t: "request", method: method.toUpperCase().slice(0, SHORT), route, status: Math.max(0, status), duration, cause }, !ok);
    });
  }

  const quietly = (method: string, address: string) => {
    try {
      return begin(method, address);
    } catch {
      return () => {};
    }
  };
  patchFetch(scene, quietly);
  patchXhr(scene, quietly);
}

type Begin = (method: string, address: string) => (status: number) => void;

function patchFetch(scene: Scene, begin: Begin): void {
  const original = window.fetch;
  const ours: typeof fetch = function (this: unknown, ...args) {
    const answer = original.apply(this as Window, args);
    if (scene.signal.aborted) return answer;
    const [input, init] = args;
    const request = input instanceof Request ? input : undefined;
    const end = begin(init?.method ?? request?.method ?? "GET", request?.url ?? String(input));
    answer.then(
      ({ status, type }) => end(type.startsWith("opaque") ? -1 : status),
      (error: unknown) => end((error as Error | undefined)?.name === "AbortError" ? -1 : 0),
    );
    return answer;
  };
  window.fetch = ours;
  scene.signal.addEventListener("abort", () => {
    if (window.fetch === ours) window.fetch = original;
  });
}

function patchXhr(scene: Scene, begin: Begin): void {
  const proto = XMLHttpRequest.prototype;
  const { open, send } = proto;
  const opened = new WeakMap<XMLHttpRequest, [string, string]>();
  const ourOpen = function (this: XMLHttpRequest, ...args: [string, string | URL]) {
    opened.set(this, [String(args[0]), String(args[1])]);
    return open.apply(this, args as never);
  };
  const ourSend: typeof send = function (this: XMLHttpRequest, ...args) {
    const address = opened.get(this);
    if (address && !scene.signal.aborted) {
      const end = begin(...address);
      let gaveUp = false;
      this.addEventListener("abort", () => (gaveUp = true), { once: true });
      this.addEventListener("loadend", () => end(gaveUp ? -1 : this.status), { once: true });
    }
    return send.apply(this, args);
  };
  proto.open = ourOpen as typeof open;
  proto.send = ourSend;
  scene.signal.addEventListener("abort", () => {
    if (proto.open === ourOpen) proto.open = open;
    if (proto.send === ourSend) proto.send = send;
  });
}
