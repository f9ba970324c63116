import type { Event as Told } from "../protocol.gen";
import type { Emitter } from "../core/emitter";
import type { Describer } from "./describe";
import type { Watch } from "./watch";

type Unnumbered<T> = T extends unknown ? Omit<T, "seq" | "at"> : never;
/** An event as a sensor makes it. */
export type Body = Unnumbered<Told>;

/** What a user did that a page may answer. burst: it was one of many quick clicks. */
export interface Action {
  seq: number;
  el: Element;
  burst: boolean;
}

/** What sensors tell each other, by topic. */
export interface Topics {
  action: Action;
  /** A form was sent; its fingerprint. */
  attempt: string;
  /** A request of the page began, or ended (ok: below 400). */
  request: { began: boolean; ok: boolean };
  /** The route changed; the new one. */
  route: string;
}

/** What a sensor is given. Everything it starts ends with `signal`. */
export interface Scene {
  readonly signal: AbortSignal;
  readonly describer: Describer;
  readonly watch: Watch;
  readonly hub: Emitter;
  /** Requests to addresses under this one are ours and never counted. */
  readonly base: string;
  /** How often each form, by fingerprint, was sent in this document. */
  readonly attempts: Record<string, number>;
  /** The element that shows a field's message; known once the form sensors are loaded. */
  message?: (field: Element) => Element | undefined;
  /** Page time in ms. */
  now(): number;
  /** Puts an event on the tape; its number, 0 if nothing is collected. */
  emit(event: Body, urgent?: boolean): number;
  /** Listens in the capture phase, passively; an exception in `handler` stays with us. */
  on<E extends Event>(target: EventTarget, types: string, handler: (event: E) => void): void;
  tell<T extends keyof Topics>(topic: T, detail: Topics[T]): void;
  hear<T extends keyof Topics>(topic: T, handler: (detail: Topics[T]) => void): void;
  /** The innermost element an event happened at, unless it is part of our own surface. */
  target(event: Event): Element | undefined;
  /** The number of the click or submit before this, 0 if that was long ago. */
  cause(): number;
  /** The page as it stands is worth telling: it was entered, or changed. */
  page(how: "load" | "push" | "replace" | "traverse" | "update"): void;
  /** A function that never throws. */
  safe<A extends unknown[]>(run: (...args: A) => void): (...args: A) => void;
}

export type Sensor = (scene: Scene) => void;

/** Runs `work` when the browser has nothing better to do, within `ms` at the latest. */
export function whenIdle(work: () => void, ms: number): void {
  if ("requestIdleCallback" in window) requestIdleCallback(work, { timeout: ms });
  else setTimeout(work, Math.min(ms, 50));
}
