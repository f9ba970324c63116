import type { Element as Described, Nudge } from "../protocol.gen";
import { findAnchor, visualAnchor } from "./anchor";
import { icon, make } from "./build";
import { draw, link, safeAddress } from "./content";
import { place } from "./place";
import type { Strings } from "./strings";
import { styles } from "./styles";
import { themeAt } from "./theme";

/** How often it is looked whether the field moved, was drawn anew, or went. */
const LOOK_MS = 200;
/** The field's message is looked for anew so often: about once a second. */
const MESSAGE_LOOKS = 5;
/** A field that is gone for so long will not come back; frameworks replace one within a frame or two. */
const GONE_MS = 1_000;
const RING_MS = 4_000;
/** A live region must exist for a moment before it speaks. */
const SPEAK_MS = 200;
/** Kept from the page: a click in the tip is no click outside its menu, a key no short cut of its own. */
const OURS = ["pointerdown", "mousedown", "click", "keydown", "focusin"];

export interface TipHost {
  nudge: Nudge;
  base: string;
  theme: string;
  strings: Strings;
  describe(el: Element): Described | undefined;
  message: ((el: Element) => Element | undefined) | undefined;
  /** What the user did with it. */
  event(what: "clicked" | "dismissed" | "why", reason: string): void;
  /** Its field is gone for good. */
  gone(): void;
  safe<A extends unknown[]>(run: (...args: A) => void): (...args: A) => void;
}

/** The tooltip at one field. It never takes the focus; what it draws lives in its own shadow root. */
export class Tip {
  readonly element = document.createElement("beforehand-tip");
  private _end = new AbortController();
  private _root: HTMLElement;
  private _tip: HTMLElement;
  private _arrow = make("div", "arrow");
  private _ring: HTMLElement | undefined;
  private _rtl: boolean;
  private _missing = 0;
  private _message: Element | undefined;
  private _looks = 0;
  private _seen = "";

  /** Answers nothing if the nudge's element is not on the page. */
  static at(host: TipHost): Tip | undefined {
    const { anchor } = host.nudge;
    const el = anchor && findAnchor(anchor, host.describe);
    return el ? new Tip(host, visualAnchor(el)) : undefined;
  }

  private constructor(private readonly _host: TipHost, private _at: Element) {
    const { dir = "auto", lang = "en" } = _host.nudge.content;
    this._rtl = (dir === "auto" ? getComputedStyle(_at).direction : dir) === "rtl";
    this._tip = this._draw();
    this._root = make("div", "bh", [this._tip], { lang, dir: this._rtl ? "rtl" : "ltr" });
    const shadow = this.element.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [styles()];
    shadow.append(this._root);
    this.setTheme(_host.theme);
    this._attach();
    this._follow();
    this._speak();
  }

  setTheme(theme: string): void {
    this._root.dataset.theme = themeAt(this._at, theme);
  }

  close(): void {
    this._end.abort();
    this.element.remove();
  }

  private _draw(): HTMLElement {
    const { nudge: { content }, base, strings } = this._host;
    const { source, why = [], title, nodes } = content;
    const from = safeAddress(source.href, base);
    const cited = from ? link(from, [source.title]) : source.title;
    const because = make("div", "because", [make("ul", "", why.map((line) => make("li", "", [line])))]);
    const reasons = this._button("why", [strings.why], () => {
      because.hidden = !because.hidden;
      reasons.setAttribute("aria-expanded", String(!because.hidden));
      if (!because.hidden) this._host.event("why", "");
      this._look();
    });
    because.hidden = true;
    reasons.setAttribute("aria-expanded", "false");
    const tip = make("div", "tip away", [
      this._arrow,
      make("h2", "", [title], { id: "t", dir: "auto" }),
      make("div", "body", draw(nodes, base)),
      make("p", "src", [icon("book"), make("span", "", [cited], { lang: source.lang ?? "", dir: "auto" })]),
      make("div", "acts", [
        this._button("go", [strings.show], () => this._show()),
        this._button("", [strings.later], () => this._dismiss("not_now")),
        ...(why.length ? [reasons] : []),
      ]),
      because,
      this._button("x", [icon("close")], () => this._dismiss("close"), strings.close),
    ], { role: "dialog", "aria-modal": "false", "aria-labelledby": "t" });
    if (cited instanceof Element) cited.addEventListener("click", () => this._host.event("clicked", "source"));
    return tip;
  }

  private _button(className: string, children: (Node | string)[], press: () => void, label = ""): HTMLButtonElement {
    const button = make("button", className, children, { type: "button", "aria-label": label });
    button.addEventListener("click", this._host.safe(press));
    return button;
  }

  private _dismiss(reason: string): void {
    const within = this.element.matches(":focus-within");
    this._host.event("dismissed", reason);
    if (within) (this._at as HTMLElement).focus({ preventScroll: true });
  }

  /** Leads the eye, and then the hand, to the field. */
  private _show(): void {
    const calm = matchMedia("(prefers-reduced-motion:reduce)").matches;
    this._at.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
    (this._at as HTMLElement).focus({ preventScroll: true });
    this._ring ??= make("div", "ring");
    this._root.append(this._ring);
    setTimeout(() => {
      this._ring?.remove();
      this._ring = undefined;
    }, RING_MS);
    this._look();
    this._host.event("clicked", "show_me");
  }

  /** Into the body, or into the modal that makes everything outside it inert; in the top layer where there is one. */
  private _attach(): void {
    const { element } = this;
    (this._at.closest("dialog[open],[aria-modal=true]") ?? document.body).append(element);
    try {
      element.popover = "manual";
      // The source gives the tip its place in the tab order: right after the field.
      (element.showPopover as (options: object) => void)({ source: this._at });
    } catch {
      // Without popovers its z-index must do.
    }
  }

  private _follow(): void {
    const { signal } = this._end;
    const { safe } = this._host;
    const look = safe(() => this._look());
    const timer = setInterval(look, LOOK_MS);
    signal.addEventListener("abort", () => clearInterval(timer));
    for (const type of ["scroll", "resize"]) addEventListener(type, look, { capture: true, passive: true, signal });
    for (const type of OURS) this.element.addEventListener(type, (event) => event.stopPropagation(), { signal });
    const escape = safe((event: KeyboardEvent) => {
      const here = this.element.matches(":focus-within") || document.activeElement === this._at;
      if (event.key === "Escape" && here) this._dismiss("escape");
    });
    addEventListener("keydown", escape, { capture: true, signal });
    // In a task of its own: drawing was one.
    requestAnimationFrame(look);
  }

  private _look(): void {
    if (!this._at.isConnected && !this._again()) return;
    if (!this.element.isConnected) this._attach();
    this._missing = 0;
    // Reading is cheap while nothing changed; placing is not.
    if (this._looks++ % MESSAGE_LOOKS === 0) this._message = this._host.message?.(this._at);
    if (this._layout() === this._seen) return;
    const seen = place(this._tip, this._arrow, this._at, this._message, this._rtl);
    this._tip.classList.toggle("away", !seen);
    if (this._ring) this._circle(this._ring);
    this._seen = this._layout();
  }

  /** Where everything stands, as one comparable text. */
  private _layout(): string {
    const rects = [this._at, this._message, this._tip, this._ring].map((el) => {
      const { x, y, width, height } = el?.getBoundingClientRect() ?? new DOMRect();
      return [x, y, width, height];
    });
    return `${rects},${innerWidth},${innerHeight}`;
  }

  /** The field left the page: was it only drawn anew? */
  private _again(): boolean {
    const found = findAnchor(this._host.nudge.anchor!, this._host.describe);
    if (found) this._at = visualAnchor(found);
    else if (!this._missing) this._missing = performance.now();
    else if (performance.now() - this._missing > GONE_MS) this._host.gone();
    this._tip.classList.toggle("away", !found);
    return !!found;
  }

  private _circle(ring: HTMLElement): void {
    const { x, y, width, height } = this._at.getBoundingClientRect();
    Object.assign(ring.style, { left: `${x - 4}px`, top: `${y - 4}px`, width: `${width + 8}px`, height: `${height + 8}px` });
  }

  private _speak(): void {
    const status = make("div", "vh", [], { role: "status" });
    this._root.append(status);
    setTimeout(() => status.append(this._host.strings.help + this._host.nudge.content.title), SPEAK_MS);
  }
}
