import type { Nudge, ServerFrame } from "./protocol.gen";
import { type Config, privacySignals, type Theme } from "./config";
import { makeEmitter } from "./core/emitter";
import { type Facts, facts } from "./core/facts";
import { LINE, ROUTE, SHORT } from "./core/limits";
import { freshTape, type Tape } from "./core/tape";
import { oneLine, tidy } from "./core/text";
import { VERSION } from "./core/version";
import { makeRecorder, type Recorder } from "./recorder";
import { currentRoute } from "./sensors/navigation";
import { sendBeacon } from "./transport/beacon";
import type * as Fallback from "./transport/fallback";
import { makeLink } from "./transport/link";
import type { Notice } from "./transport/notice";
import { part } from "./transport/part";
import { makeStore, type Store, TAPE } from "./transport/store";
import type { Nudger, OpenNudger } from "./ui/nudger";

export type Consent = "granted" | "pending" | "denied";
type Listener = (detail: unknown) => void;

/** While the server is away the tape is kept in the browser, this long after a change. */
const KEEP_PAUSE_MS = 1_000;
/** A log-out or refusal was just sent: the way stays open so long for it to be read. */
const LAST_WORDS_MS = 500;
/** Longest name of a tracked event. */
const TRACK_NAME = 128;

/** What the script's public methods do; each is called inside a guard. */
export type Client = ReturnType<typeof makeClient>;

/** One widget in one document: consent, identity, the recorder, the link and what is shown. */
export function makeClient(config: Config, notice: Notice) {
  const page = new AbortController();
  const events = makeEmitter(caught);
  const store: Store = makeStore(config.key, () => consent === "granted");
  let consent: Consent = store.get("consent") === "denied" ? "denied" : config.consent === "required" ? "pending" : "granted";
  let tape = newTape();
  let recorder: Recorder | undefined;
  let nudger: Nudger | undefined;
  let opening: Promise<Nudger> | undefined;
  const seen = new Set<string>();
  const withdrawn = new Set<string>();
  let token = config.token ?? "";
  let claims: Parameters<Recorder["emit"]>[0][] = [];
  let context: Facts = {};
  let suppressed = false;
  let ready: { session: string; user: string } | undefined;
  let keepTimer = 0;
  let refusal = "";

  const link = makeLink(config, {
    tape: () => tape,
    hello,
    frame: (frame) => (HANDLERS[frame.type] as ((frame: ServerFrame) => void) | undefined)?.(frame),
    refused(code, sentence) {
      notice("refused", `${code}: ${sentence}`);
      problem(code, sentence);
      recorder?.end();
      recorder = undefined;
    },
    renew() {
      store.done(tape);
      tape = newTape(tape.queue);
    },
  });

  /** An error of our own or of a listener: the page never sees it, a developer who asks does. */
  function caught(error: unknown): void {
    if (config.debug) console.info("Beforehand:", error);
  }

  const locale = () => config.locale || document.documentElement.lang || navigator.language;
  const record = (given?: object) => facts(given, (name) => notice("facts", name));
  const emit = (event: Parameters<Recorder["emit"]>[0]) => recorder?.emit(event);

  /** Why nothing is collected, "" if it is. */
  function silence(): string {
    return (config.privacySignals === "ignore" ? "" : privacySignals().join()) || (consent === "granted" ? "" : "consent " + consent);
  }

  function hello(of = tape): string {
    return JSON.stringify({
      type: "hello",
      tape: of.id,
      sent: Date.now(),
      page: Math.round(performance.now()),
      next: of.queue.first,
      visitor: store.get("visitor"),
      resume: of.resume,
      user: token,
      consent,
      locale: oneLine(locale(), SHORT),
      zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      touch: matchMedia("(pointer:coarse)").matches,
      capabilities: ["tooltip"],
      signals: privacySignals(),
      version: VERSION,
      debug: config.debug,
    });
  }

  // --- life ---

  function begin(): void {
    if (recorder || silence()) return;
    recorder = makeRecorder({
      config,
      notice,
      queue: () => tape.queue,
      surface: () => nudger?.element(),
      pushed,
      left: () => nudger?.withdraw("route", "", "left"),
      caught,
    });
    claims.forEach(emit);
    if (Object.keys(context).length) emit({ t: "context", entries: context });
    // In a task of its own: the page is loading.
    setTimeout(() => {
      if (!recorder) return;
      link.start();
      sendLeftovers();
    });
  }

  /** Stops, and forgets this document's tape. */
  function end(): void {
    nudger?.withdraw("ended");
    recorder?.end();
    recorder = ready = undefined;
    store.done(tape);
    link.stop(LAST_WORDS_MS);
    tape = newTape();
  }

  function forget(): void {
    end();
    store.clear();
  }

  function pushed(urgent: boolean): void {
    link.flush(urgent);
    keepTimer ||= setTimeout(() => {
      keepTimer = 0;
      if (recorder && link.status() !== "ready") store.keep(tape);
    }, KEEP_PAUSE_MS);
  }

  function sendLeftovers(): void {
    if (!store.names().some((name) => name.startsWith(TAPE) && name !== TAPE + tape.id)) return;
    part<typeof Fallback>(config.base, "fallback").then((loaded) => loaded.sendLeftovers(config, store, tape.id, hello)).catch(caught);
  }

  function hide({ persisted }: PageTransitionEvent): void {
    if (!recorder) return;
    nudger?.withdraw("page", "", "left");
    if (!persisted) emit({ t: "closing" });
    const kept = store.keep(tape);
    // A tape the server has never seen would be another visitor's in a beacon; the next document tells it.
    if (tape.resume || !kept) sendBeacon(config, tape, hello());
    link.stop();
  }

  function comeBack({ persisted }: PageTransitionEvent): void {
    if (!persisted || !recorder) return;
    store.done(tape);
    link.start();
    recorder.turn("traverse");
  }

  function follow<E extends Event>(type: string, run: (event: E) => void): void {
    const guarded = (event: Event) => {
      try {
        run(event as E);
      } catch (error) {
        caught(error);
      }
    };
    addEventListener(type, guarded, { signal: page.signal, capture: true });
  }

  // --- frames ---

  type Of<T extends ServerFrame["type"]> = Extract<ServerFrame, { type: T }>;
  const HANDLERS: { [T in ServerFrame["type"]]?: (frame: Of<T>) => void } = {
    welcome({ visitor, resume, session, user = "anonymous", sentence = "" }) {
      tape.resume = resume;
      if (visitor) store.set("visitor", visitor);
      store.done(tape);
      if (suppressed) link.tell({ type: "suppress", on: true });
      const first = !ready;
      ready = { session, user };
      userIs(user, sentence);
      if (!first) return;
      sendLeftovers();
      events.emit("ready", ready);
    },
    nudge: ({ nudge }) => show(nudge),
    withdraw: ({ decision, reason }) => withdraw(decision, reason || "withdrawn"),
    resolved({ decision }) {
      withdraw(decision, "resolved");
      events.emit("resolved", { decision });
    },
    user: ({ state, sentence }) => userIs(state, sentence),
    error: ({ code, sentence }) => problem(code, sentence),
  };

  function userIs(state: string, sentence = ""): void {
    if (ready) ready.user = state;
    if (!/^(verified|anonymous)$/.test(state)) problem(state, sentence);
  }

  function problem(code: string, sentence: string): void {
    refusal = `${code}: ${sentence}`;
    if (/token/.test(code)) notice("token", sentence);
    events.emit("error", { code, sentence });
  }

  function withdraw(decision: string, reason: string): void {
    withdrawn.add(decision);
    nudger?.withdraw(reason, decision);
  }

  /** Loading takes a moment, in which the user may succeed, go on, or the server think again. */
  function show(nudge: Nudge): void {
    // A server that is not sure says it again.
    if (seen.has(nudge.decision)) return;
    seen.add(nudge.decision);
    const arrived = performance.now();
    const over = () =>
      nudge.tape !== tape.id ? "document" : nudge.route !== currentRoute() ? "route" : withdrawn.has(nudge.decision) ? "withdrawn" :
      suppressed ? "suppressed" : performance.now() - arrived > (nudge.ttl_ms ?? Infinity) ? "late" :
      nudge.anchor && recorder!.cleared.has(nudge.anchor.fp) ? "cleared" : "";
    opening ??= part<{ open: OpenNudger }>(config.base, "widget-tooltip").then(({ open }) => (nudger = open({
      config,
      scene: () => recorder!.scene,
      locale,
      emit: (name, detail) => events.emit(name, detail),
    })));
    opening.then((it) => recorder && it.show({ ...nudge, over })).catch((error) => {
      opening = nudger && opening;
      caught(error);
    });
  }

  return {
    caught,
    start(): void {
      follow("pagehide", hide);
      follow("pageshow", comeBack);
      follow("online", () => recorder && link.start());
      begin();
    },
    destroy(): void {
      end();
      page.abort();
    },
    methods: publicMethods(),
  };

  /** What the page may call. */
  function publicMethods() {
    return {
      identify(who: string | { token?: string }, traits?: object): void {
        if (typeof who === "object") {
          token = String(who?.token ?? "");
          link.tell({ type: "identify", user: token });
        } else claim({ t: "identify", id: tidy(String(who), LINE), traits: record(traits) });
      },
      group: (id: string, traits?: object) => claim({ t: "group", id: tidy(String(id), LINE), traits: record(traits) }),
      page(name?: string, props?: object): void {
        recorder?.turn(name ? "push" : "update", name && oneLine(String(name), ROUTE));
        if (props) setContext(props);
      },
      track(name: string, props?: object): void {
        const called = oneLine(String(name ?? ""), TRACK_NAME);
        if (called) emit({ t: "track", name: called, properties: record(props) });
        else notice("track");
      },
      setContext,
      /** Log-out: what was said so far is sent, then forgotten; a new visitor begins. */
      reset(): void {
        link.flushNow();
        link.tell({ type: "reset" });
        token = "";
        claims = [];
        context = {};
        forget();
        begin();
      },
      consent(value: Consent | boolean): void {
        const next = value === true ? "granted" : value === false ? "denied" : value;
        if (!/^(granted|pending|denied)$/.test(next)) return notice("consent");
        if (next === consent) return;
        consent = next;
        if (next === "granted") {
          store.set("consent", "");
          begin();
        } else {
          link.tell({ type: "consent", value: next });
          forget();
          // The one thing kept is the refusal itself.
          if (next === "denied") store.set("consent", next, true);
        }
      },
      suppress(on = true): void {
        suppressed = on;
        if (on) nudger?.withdraw("suppressed");
        link.tell({ type: "suppress", on });
      },
      on(name: string, listener: Listener): void {
        events.on(name, listener);
        if (name === "ready" && ready) listener(ready);
      },
      off: (name: string, listener?: Listener) => events.off(name, listener),
      ready: (listener: Listener) => (ready ? listener(ready) : events.on("ready", listener)),
      setLocale: (next: string) => void (config.locale = oneLine(String(next), SHORT)),
      setTheme(theme: Theme): void {
        config.theme = theme;
        nudger?.setTheme();
      },
      debug(): Promise<object> {
        return part<typeof Fallback>(config.base, "fallback").then(({ report }) => report({
          version: VERSION, service: config.base, consent, silence: silence(), connection: link.status(), mode: link.mode(),
          tape: tape.id, route: currentRoute(), waiting: tape.queue.next - tape.queue.first, refusal, ...ready,
        }));
      },
    };
  }

  function claim(event: Parameters<Recorder["emit"]>[0]): void {
    claims = [...claims.filter(({ t }) => t !== event.t), event];
    emit(event);
  }

  function setContext(entries: object): void {
    const known = record(entries);
    Object.assign(context, known);
    emit({ t: "context", entries: known });
  }
}

function newTape(queue?: Tape["queue"]): Tape {
  return freshTape((bytes) => crypto.getRandomValues(bytes), queue);
}
