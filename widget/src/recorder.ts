import type { Config } from "./config";
import { Emitter } from "./core/emitter";
import type { Queue } from "./core/queue";
import { SHORT } from "./core/limits";
import { tidy } from "./core/text";
import { Describer } from "./dom/describe";
import { masks } from "./dom/masks";
import { snapshot } from "./dom/page";
import { type Action, type Body, type Scene, whenIdle } from "./dom/scene";
import { Watch } from "./dom/watch";
import { Words } from "./dom/words";
import { SENSORS } from "./sensors/index";
import { currentRoute } from "./sensors/navigation";

/** A click or submit explains what happens within this time. */
const CAUSE_MS = 5_000;
/** A new page is told once it had this long to render, or before the user's next act. */
const RENDER_MS = 100;
/** Later, what has loaded meanwhile is told as an update. */
const LATER_MS = 1_500;
/** Acts of a user that must not come before the page they happened on. */
const ON_PAGE = /^(click|input|submit|validation|error|nudge|closing)$/;

export interface RecorderHost {
  config: Config;
  queue(): Queue;
  /** Our own element in the page, if there is one. */
  surface(): HTMLElement | undefined;
  pushed(urgent: boolean): void;
  /** The route was left. */
  left(): void;
  caught(error: unknown): void;
}

type How = Parameters<Scene["page"]>[0];

/** The sensors of one document and what they share; writes the tape. */
export class Recorder {
  readonly scene: Scene;
  /** Fingerprints whose message was shown and is gone. */
  readonly cleared = new Set<string>();
  private _end = new AbortController();
  private _turned: How | "" = "";
  private _route = "";
  private _told = "";
  private _timer = 0;
  private _last: Action | undefined;
  private _lastAt = 0;

  constructor(private readonly _host: RecorderHost) {
    this.scene = this._makeScene();
    this.scene.hear("action", (action) => {
      this._last = action;
      this._lastAt = this.scene.now();
    });
    this.scene.hear("route", () => _host.left());
    this.turn("load");
    for (const sensor of SENSORS) this.scene.safe(sensor)(this.scene);
  }

  end(): void {
    clearTimeout(this._timer);
    this._end.abort();
  }

  emit = (event: Body, urgent = false): number => {
    if (this._end.signal.aborted) return 0;
    if (this._turned && ON_PAGE.test(event.t)) this._tellPage();
    if (event.t === "validation") this.cleared[event.cleared ? "add" : "delete"](event.el.fp);
    const seq = this._host.queue().push({ at: this.scene.now(), ...event });
    this._host.pushed(urgent);
    return seq;
  };

  /** A page is entered (by how) or changed; `route` when the site names it itself. */
  turn(how: How, route = ""): void {
    this._turned = how;
    this._route = route;
    this._later(RENDER_MS);
  }

  private _later(wait: number): void {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => whenIdle(this.scene.safe(() => this._tellPage()), RENDER_MS), wait);
  }

  private _tellPage(): void {
    if (this._end.signal.aborted) return;
    const how = this._turned || "update";
    const page = snapshot(this.scene.describer, this._route || currentRoute(), tidy(this._host.config.release, SHORT));
    const text = JSON.stringify(page);
    this._turned = "";
    if (how !== "update" || text !== this._told) this.emit({ ...page, how });
    this._told = text;
    if (how !== "update") this._later(LATER_MS);
    else clearTimeout(this._timer);
  }

  private _makeScene(): Scene {
    const { config, surface, caught } = this._host;
    const { signal } = this._end;
    const hub = new Emitter(caught);
    const safe: Scene["safe"] = (run) => (...args) => {
      try {
        run(...args);
      } catch (error) {
        caught(error);
      }
    };
    return {
      signal,
      hub,
      safe,
      base: config.base,
      describer: new Describer(new Words(masks(config.mask, config.unmask, config.block))),
      watch: new Watch(surface, signal),
      now: () => Math.round(performance.now()),
      emit: this.emit,
      page: (how) => this.turn(how),
      tell: (topic, detail) => hub.emit(topic, detail),
      hear: (topic, handler) => hub.on(topic, handler as (detail: unknown) => void),
      cause: () => (this._last && this.scene.now() - this._lastAt < CAUSE_MS ? this._last.seq : 0),
      on(target, types, handler) {
        for (const type of types.split(" ")) {
          target.addEventListener(type, safe(handler as (event: Event) => void), { capture: true, passive: true, signal });
        }
      },
      target(event) {
        const [inner] = event.composedPath();
        return inner instanceof Element && !(surface() && event.composedPath().includes(surface()!)) ? inner : undefined;
      },
    };
  }
}
