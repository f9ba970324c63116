import type { Element as Described, Nudge } from "../protocol.gen";
import type { Theme } from "../config";

/** What a lazy part is given. Both files are built apart, so these names are their contract. */
export interface SurfaceHost {
  nudge: Nudge;
  /** Of the service, ending in "/v1/". */
  base: string;
  locale: string;
  theme: Theme;
  describe(el: Element): Described | undefined;
  /** Something became of the nudge. */
  event(what: "clicked" | "dismissed" | "withdrawn" | "why", reason: string): void;
  /** The surface is gone by itself. */
  gone(): void;
  safe<A extends unknown[]>(run: (...args: A) => void): (...args: A) => void;
}

export interface Surface {
  /** Our element in the page; what happens in it is not the page's. */
  readonly element: HTMLElement;
  close(): void;
  setTheme(theme: Theme): void;
}

/** The lazy part's one export: draws the nudge at its element, or answers nothing if that is not on the page. */
export type OpenSurface = (host: SurfaceHost) => Surface | undefined;
