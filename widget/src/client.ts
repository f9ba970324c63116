import type { Facts, ServerFrame } from "./protocol.gen";
import { type Config, privacySignals, type Theme } from "./config";
import { Emitter } from "./core/emitter";
import { facts } from "./core/facts";
import { LABEL, LINE, ROUTE } from "./core/limits";
import { Tape } from "./core/tape";
import { oneLine, tidy } from "./core/text";
import { VERSION } from "./core/version";
import { Recorder } from "./recorder";
import { Nudging } from "./nudging";
import { currentRoute } from "./sensors/navigation";
import { sendBeacon } from "./transport/beacon";
import type * as Fallback from "./transport/fallback";
import { Link } from "./transport/link";
import { part } from "./transport/part";
import { Store, TAPE } from "./transport/store";

export type Consent = "granted" | "pending" | "denied";
type Claim = { id: string; traits: Facts };

/** Waits this long after a stored change before it is written, while the server is away. */
const KEEP_PAUSE_MS = 1_000;

/** One widget in one document: consent, identity, the recorder, the link and what is shown. */
export class Client {
  readonly events = new Emitter((error) => this.caught(error));
  consent: Consent;
  user = "anonymous";
  session = "";
  lastRefusal = "";
  private _tape = newTape();
  private _store: Store;
  private _link: Link;
  private _nudging: Nudging;
  private _recorder: Recorder | undefined;
  private _page = new AbortController();
  private _token: string;
  private _claim: Claim | undefined;
  private _group: Claim | undefined;
  private _context: Facts = {};
  private _suppressed = false;
  private _ready = false;
  private _keepTimer = 0;
  private _warned = new Set<string>();

  constructor(readonly config: Config) {
    this._token = config.token;
    this._store = new Store(config.key, () => this.consent === "granted");
    this.consent = this._store.get("consent") === "denied" ? "denied" : config.consent === "required" ? "pending" : "granted";
    this._link = new Link(config, {
      tape: () => this._tape,
      hello: () => this._hello(),
      frame: (frame) => this._frame(frame),
      refused: (code, sentence) => this._refused(code, sentence),
      renew: () => this._renew(),
    });
    this._nudging = new Nudging({
      config,
      scene: () => this._recorder!.scene,
      tapeId: () => this._tape.id,
      locale: () => this.locale,
      suppressed: () => this._suppressed,
      cleared: (fp) => !!this._recorder?.cleared.has(fp),
      emit: (name, detail) => this.events.emit(name, detail),
    });
    this._followDocument();
    this._begin();
  }

  get locale(): string {
    return this.config.locale || document.documentElement.lang || navigator.language;
  }

  /** Why nothing is collected, "" if it is. */
  get silence(): string {
    const signals = this.config.privacySignals === "ignore" ? "" : privacySignals().join();
    return signals ? `the browser asks not to be tracked (${signals})` : this.consent === "granted" ? "" : `consent is ${this.consent}`;
  }

  // --- what the site calls ---

  identify(who: string | { token?: string }, traits?: object): void {
    if (typeof who === "object") {
      this._token = String(who?.token ?? "");
      this._link.tell({ type: "identify", user: this._token });
    } else {
      this._claim = { id: tidy(String(who), LINE), traits: this._facts(traits) };
      this._emit({ t: "identify", ...this._claim });
    }
  }

  group(id: string, traits?: object): void {
    this._group = { id: tidy(String(id), LINE), traits: this._facts(traits) };
    this._emit({ t: "group", ...this._group });
  }

  page(name?: string, props?: object): void {
    if (name) this._recorder?.turn("push", oneLine(String(name), ROUTE));
    else this._recorder?.turn("update");
    if (props) this.setContext(props);
  }

  track(name: string, props?: object): void {
    const called = oneLine(String(name ?? ""), LABEL - 32);
    if (called) this._emit({ t: "track", name: called, properties: this._facts(props) });
    else this.warn("track", "track(name) needs a name");
  }

  setContext(entries: object): void {
    const known = this._facts(entries);
    Object.assign(this._context, known);
    this._emit({ t: "context", entries: known });
  }

  /** Log-out: what was said so far is sent, then forgotten; a new visitor begins. */
  reset(): void {
    this._link.flushNow();
    this._link.tell({ type: "reset" });
    this._end();
    this._store.clear();
    this._token = "";
    this._claim = this._group = undefined;
    this._context = {};
    this._begin();
  }

  setConsent(value: Consent): void {
    if (value === this.consent) return;
    this.consent = value;
    if (value !== "granted") {
      this._link.tell({ type: "consent", value });
      this._end();
      this._store.clear();
      // The one thing kept is the refusal itself.
      if (value === "denied") this._store.set("consent", value, true);
    } else {
      this._store.set("consent", "");
      this._begin();
    }
  }

  suppress(on = true): void {
    this._suppressed = on;
    if (on) this._nudging.withdraw("suppressed");
    this._link.tell({ type: "suppress", on });
  }

  on(name: string, listener: (detail: unknown) => void): void {
    this.events.on(name, listener);
    if (name === "ready" && this._ready) listener({ session: this.session, user: this.user });
  }

  setLocale(locale: string): void {
    this.config.locale = oneLine(String(locale), LABEL);
  }

  setTheme(theme: Theme): void {
    this.config.theme = theme;
    this._nudging.setTheme();
  }

  debug(): object {
    const { consent, silence, user, session, lastRefusal, config } = this;
    const { status, mode, failures } = this._link;
    const { queue } = this._tape;
    return {
      version: VERSION, service: config.base, origin: location.origin, consent, silence, connection: status, mode, failures,
      user, session, tape: this._tape.id, route: currentRoute(), waiting: queue.next - queue.first, lastRefusal,
    };
  }

  destroy(): void {
    this._end();
    this._page.abort();
  }

  warn(once: string, sentence: string): void {
    if (this._warned.has(once)) return;
    this._warned.add(once);
    console.warn("Beforehand: " + sentence);
  }

  /** An error of our own or of a listener: the page never sees it, a developer who asks does. */
  caught(error: unknown): void {
    if (this.config.debug) console.info("Beforehand:", error);
  }

  // --- life ---

  private _begin(): void {
    if (this._recorder || this.silence) return;
    this._recorder = new Recorder({
      config: this.config,
      queue: () => this._tape.queue,
      surface: () => this._nudging.element,
      pushed: (urgent) => this._pushed(urgent),
      left: () => this._nudging.withdraw("route", "", "left"),
      caught: (error) => this.caught(error),
    });
    if (this._claim) this._emit({ t: "identify", ...this._claim });
    if (this._group) this._emit({ t: "group", ...this._group });
    if (Object.keys(this._context).length) this._emit({ t: "context", entries: this._context });
    this._link.start();
    this._leftovers();
  }

  /** Stops and forgets this document's tape. */
  private _end(): void {
    this._nudging.withdraw("ended");
    this._recorder?.end();
    this._recorder = undefined;
    clearTimeout(this._keepTimer);
    this._store.done(this._tape);
    this._link.stop();
    this._tape = newTape();
    this._ready = false;
    this.user = "anonymous";
  }

  /** The server does not take this tape up again: its events go on under a new name. */
  private _renew(): void {
    const { queue } = this._tape;
    this._store.done(this._tape);
    this._tape = newTape();
    this._tape.queue.take(queue);
  }

  private _emit(event: Parameters<Recorder["emit"]>[0]): void {
    this._recorder?.emit(event);
  }

  private _facts(record?: object): Facts {
    return facts(record, (name) => this.warn("facts." + name, `"${name}" was left out: values must be short text, numbers or booleans`));
  }

  private _pushed(urgent: boolean): void {
    this._link.flush(urgent);
    if (this._link.status !== "ready") this._keepTimer ||= setTimeout(() => this._keep(), KEEP_PAUSE_MS);
  }

  /** While the server is away the tape is kept in the browser: a crash or reload must lose nothing. */
  private _keep(): void {
    this._keepTimer = 0;
    if (this._link.status !== "ready" && this._recorder) this._store.keep(this._tape);
  }

  private _leftovers(): void {
    if (!this._store.names().some((name) => name.startsWith(TAPE) && name !== TAPE + this._tape.id)) return;
    part<typeof Fallback>(this.config.base, "fallback")
      .then(({ sendLeftovers }) => sendLeftovers(this.config, this._store, this._tape.id, (tape) => this._hello(tape)))
      .catch((error) => this.caught(error));
  }

  private _followDocument(): void {
    const { signal } = this._page;
    const on = (type: string, run: (event: PageTransitionEvent) => void) =>
      addEventListener(type, (event) => {
        try {
          run(event as PageTransitionEvent);
        } catch (error) {
          this.caught(error);
        }
      }, { signal, capture: true });
    on("pagehide", ({ persisted }) => this._hide(persisted));
    on("pageshow", ({ persisted }) => persisted && this._return());
    on("online", () => this._recorder && this._link.start());
  }

  private _hide(persisted: boolean): void {
    if (!this._recorder) return;
    this._nudging.withdraw("page", "", "left");
    if (!persisted) this._emit({ t: "closing" });
    const kept = this._store.keep(this._tape);
    // A tape the server has never seen would be another visitor's in a beacon; the next document tells it.
    if (this._tape.resume || !kept) sendBeacon(this.config, this._tape, this._hello());
    this._link.stop();
  }

  private _return(): void {
    if (!this._recorder) return;
    this._store.done(this._tape);
    this._link.start();
    this._recorder.turn("traverse");
  }

  // --- frames ---

  private _hello(tape = this._tape): string {
    return JSON.stringify({
      type: "hello",
      tape: tape.id,
      sent: Date.now(),
      page: Math.round(performance.now()),
      next: tape.queue.first,
      visitor: this._store.get("visitor"),
      resume: tape.resume,
      user: this._token,
      consent: this.consent,
      locale: oneLine(this.locale, 64),
      zone: Intl.DateTimeFormat().resolvedOptions().timeZone ?? "",
      touch: matchMedia("(pointer:coarse)").matches,
      capabilities: ["tooltip"],
      signals: privacySignals(),
      version: VERSION,
      debug: this.config.debug,
    });
  }

  private _frame(frame: ServerFrame): void {
    if (this.config.debug) console.info("Beforehand:", frame);
    if (frame.type === "welcome") this._welcome(frame);
    else if (frame.type === "nudge") this._nudging.show(frame.nudge).catch((error) => this.caught(error));
    else if (frame.type === "withdraw") this._nudging.withdraw(frame.reason || "withdrawn", frame.decision);
    else if (frame.type === "user") this._userIs(frame.state, frame.sentence);
    else if (frame.type === "error") this._problem(frame.code, frame.sentence);
    else if (frame.type === "resolved") {
      this._nudging.withdraw("resolved", frame.decision);
      this.events.emit("resolved", { decision: frame.decision });
    }
  }

  private _welcome({ visitor, resume, session, user = "anonymous", sentence = "" }: Extract<ServerFrame, { type: "welcome" }>): void {
    this._tape.resume = resume;
    this.session = session;
    if (visitor) this._store.set("visitor", visitor);
    this._store.done(this._tape);
    this._userIs(user, sentence);
    if (this._suppressed) this._link.tell({ type: "suppress", on: true });
    if (this._ready) return;
    this._ready = true;
    this._leftovers();
    this.events.emit("ready", { session, user });
  }

  private _userIs(state: string, sentence = ""): void {
    this.user = state;
    if (!/^(verified|anonymous)$/.test(state)) this._problem(state, sentence);
  }

  private _problem(code: string, sentence: string): void {
    this.lastRefusal = `${code}: ${sentence}`;
    if (/token/.test(code)) this.warn("token", `the user token (data-token, or identify({token})) was refused: ${sentence} The user stays anonymous; give a new token with identify({token}).`);
    this.events.emit("error", { code, sentence });
  }

  private _refused(code: string, sentence: string): void {
    this.warn("refused", `off on this page, the service refused it (${code}). ${sentence}`);
    this.lastRefusal = `${code}: ${sentence}`;
    this._recorder?.end();
    this._recorder = undefined;
    this.events.emit("error", { code, sentence });
  }
}

function newTape(): Tape {
  return Tape.fresh((bytes) => crypto.getRandomValues(bytes));
}
