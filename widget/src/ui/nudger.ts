import type { Nudge } from "../protocol.gen";
import type { Config } from "../config";
import type { Scene } from "../dom/scene";

export type What = "shown" | "clicked" | "dismissed" | "withdrawn" | "stale" | "unanchored" | "why" | "left";

/** A nudge with the question why it may not be shown any more ("" if it may). */
export type Timely = Nudge & { over(): string };

/** What the lazy part is given. Both files are built apart, so these names are their contract. */
export interface NudgerHost {
  config: Config;
  scene(): Scene;
  locale(): string;
  emit(name: string, detail: unknown): void;
}

/** What the lazy part offers. */
export interface Nudger {
  /** Our element in the page while something is shown. */
  element(): HTMLElement | undefined;
  show(nudge: Timely): void;
  /** Takes the nudge away; `decision` "" means whichever is there. */
  withdraw(reason: string, decision?: string, what?: What): void;
  setTheme(): void;
}

export type OpenNudger = (host: NudgerHost) => Nudger;
