import type { Config } from "./config";
import { makeEmitter } from "./core/emitter";
import type { Queue } from "./core/queue";
import { SHORT } from "./core/limits";
import { tidy } from "./core/text";
import { makeDescriber } from "./dom/describe";
import { masks } from "./dom/masks";
import { snapshot } from "./dom/page";
import { type Action, type Body, type Scene, type Sensor, whenIdle } from "./dom/scene";
import { makeWatch } from "./dom/watch";
import { makeWords } from "./dom/words";
import { SENSORS } from "./sensors/index";
import { currentRoute } from "./sensors/navigation";
import type { Notice } from "./transport/notice";
import { part } from "./transport/part";

/** A click or submit explains what happens within this time. */
const CAUSE_MS = 5_000;
/** A new page is told once it had this long to render, or before the user's next act. */
const RENDER_MS = 100;
/** Later, what has loaded meanwhile is told as an update. */
const LATER_MS = 1_500;
/** What may come before the page it happened on: what the site says, and the very navigation. Nothing else may. */
const BEFORE_PAGE = /^(activity|track|context|identify|group)$/;

export interface RecorderHost {
  config: Config;
  notice: Notice;
  queue(): Queue;
  /** Our own element in the page, if there is one. */
  surface(): HTMLElement | undefined;
  pushed(urgent: boolean): void;
  /** The route was left. */
  left(): void;
  caught(error: unknown): void;
}

type How = Parameters<Scene["page"]>[0];

export interface Recorder {
  readonly scene: Scene;
  /** Fingerprints whose message was shown and is gone. */
  readonly cleared: ReadonlySet<string>;
  emit: Scene["emit"];
  /** A page is entered (by how) or changed; `route` when the site names it itself. */
  turn(how: How, route?: string): void;
  end(): void;
}

/** The sensors of one document and what they share; writes the tape. */
export function makeRecorder({ config, notice, queue, surface, pushed, left, caught }: RecorderHost): Recorder {
  const stop = new AbortController();
  const { signal } = stop;
  const hub = makeEmitter(caught);
  const cleared = new Set<string>();
  let turned: How | "" = "";
  let route = "";
  let told = "";
  let timer = 0;
  let last: Action | undefined;
  let lastAt = 0;

  const now = () => Math.round(performance.now());
  const safe: Scene["safe"] = (run) => (...args) => {
    try {
      run(...args);
    } catch (error) {
      caught(error);
    }
  };

  function emit(event: Body, urgent = false): number {
    if (signal.aborted) return 0;
    if (turned && !BEFORE_PAGE.test(event.t)) tellPage();
    if (event.t === "validation") cleared[event.cleared ? "add" : "delete"](event.el.fp);
    const seq = queue().push({ at: now(), ...event });
    pushed(urgent);
    return seq;
  }

  function turn(how: How, named = ""): void {
    turned = how;
    route = named;
    later(RENDER_MS);
  }

  function later(wait: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => whenIdle(safe(tellPage), RENDER_MS), wait);
  }

  function tellPage(): void {
    if (signal.aborted) return;
    clearTimeout(timer);
    const how = turned || "update";
    const page = snapshot(scene.describer, route || currentRoute(), tidy(config.release, SHORT));
    const text = JSON.stringify(page);
    turned = "";
    if (how !== "update" || text !== told) emit({ ...page, how });
    told = text;
    if (how !== "update") later(LATER_MS);
  }

  const scene: Scene = {
    signal,
    hub,
    safe,
    now,
    emit,
    base: config.base,
    describer: makeDescriber(makeWords(masks((selector) => notice("selector", selector), config.mask, config.unmask, config.block))),
    watch: makeWatch(surface, signal),
    attempts: {},
    page: turn,
    tell: (topic, detail) => hub.emit(topic, detail),
    hear: (topic, handler) => hub.on(topic, handler as (detail: unknown) => void),
    cause: () => (last && now() - lastAt < CAUSE_MS ? last.seq : 0),
    on(target, types, handler) {
      for (const type of types.split(" ")) {
        target.addEventListener(type, safe(handler as (event: Event) => void), { capture: true, passive: true, signal });
      }
    },
    target(event) {
      const path = event.composedPath();
      const own = surface();
      return path[0] instanceof Element && !(own && path.includes(own)) ? path[0] : undefined;
    },
  };

  scene.hear("action", (action) => {
    last = action;
    lastAt = now();
  });
  scene.hear("route", left);
  turn("load");
  for (const sensor of SENSORS) safe(sensor)(scene);
  part<{ validation: Sensor }>(config.base, "widget-forms").then(({ validation }) => safe(validation)(scene), caught);
  signal.addEventListener("abort", () => clearTimeout(timer));
  return { scene, cleared, emit, turn, end: () => stop.abort() };
}
