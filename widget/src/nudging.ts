import type { Nudge } from "./protocol.gen";
import type { Config } from "./config";
import type { Scene } from "./dom/scene";
import { part } from "./transport/part";
import type { OpenSurface, Surface } from "./ui/surface";
import { currentRoute } from "./sensors/navigation";

type What = "shown" | "clicked" | "dismissed" | "withdrawn" | "stale" | "unanchored" | "why" | "left";

/** What the nudges need from the client. */
export interface NudgingHost {
  config: Config;
  scene(): Scene;
  tapeId(): string;
  locale(): string;
  suppressed(): boolean;
  /** Was this field's or alert's message shown, and then gone? */
  cleared(fp: string): boolean;
  emit(name: string, detail: unknown): void;
}

/** Shows one nudge at a time, and tells what becomes of it. */
export class Nudging {
  private _nudge: Nudge | undefined;
  private _surface: Surface | undefined;

  constructor(private readonly _host: NudgingHost) {}

  get element(): HTMLElement | undefined {
    return this._surface?.element;
  }

  /** Loads the tooltip and shows the nudge, unless the moment is over. */
  async show(nudge: Nudge): Promise<void> {
    const arrived = performance.now();
    const late = () => performance.now() - arrived > (nudge.ttl_ms ?? 10_000);
    this.withdraw("replaced");
    this._nudge = nudge;
    if (this._over(nudge)) return;
    const loaded = await part<{ open: OpenSurface }>(this._host.config.base, "tooltip");
    // Loading took a moment, in which the user may have succeeded or the server have thought again.
    if (this._nudge !== nudge || this._over(nudge, late())) return;
    this._open(nudge, loaded.open);
  }

  private _open(nudge: Nudge, open: OpenSurface): void {
    const { config, locale, scene, emit } = this._host;
    const detail = { decision: nudge.decision, title: nudge.content.title };
    const { describer, safe } = scene();
    this._surface = open({
      nudge,
      base: config.base,
      locale: locale(),
      theme: config.theme,
      describe: (el) => describer.of(el),
      safe,
      gone: () => this._forget(),
      event: (what, reason) => {
        this._tell(nudge, what, reason);
        if (what !== "withdrawn") emit(what === "dismissed" ? "nudge:dismiss" : "nudge:click", { ...detail, reason });
      },
    });
    if (!this._surface) return this._drop(nudge, "unanchored");
    this._tell(nudge, "shown");
    emit("nudge:show", detail);
  }

  /** Takes the nudge away; `decision` "" means whichever is there. */
  withdraw(reason: string, decision = "", what: What = "withdrawn"): void {
    const nudge = this._nudge;
    if (!nudge || (decision && decision !== nudge.decision)) return;
    const shown = this._surface;
    this._forget();
    shown?.close();
    this._tell(nudge, shown ? what : "stale", reason);
  }

  setTheme(): void {
    this._surface?.setTheme(this._host.config.theme);
  }

  private _over(nudge: Nudge, late = false): boolean {
    const { tapeId, cleared, suppressed } = this._host;
    const reason =
      nudge.tape !== tapeId() ? "document" : nudge.route !== currentRoute() ? "route" : late ? "late" :
      suppressed() ? "suppressed" : nudge.anchor && cleared(nudge.anchor.fp) ? "cleared" : "";
    if (reason) this._drop(nudge, "stale", reason);
    return !!reason;
  }

  private _drop(nudge: Nudge, what: What, reason = ""): void {
    this._forget();
    this._tell(nudge, what, reason);
  }

  private _forget(): void {
    this._nudge = this._surface = undefined;
  }

  private _tell({ decision }: Nudge, what: What, reason = ""): void {
    this._host.scene().emit({ t: "nudge", decision, what, reason }, true);
  }
}
