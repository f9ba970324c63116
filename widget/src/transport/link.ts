import { FLUSH_MS, MAX_BATCH_EVENTS, type ServerFrame } from "../protocol.gen";
import { backoff } from "../core/backoff";
import type { Tape } from "../core/tape";
import type * as Fallback from "./fallback";
import { BATCH_CHARS, droppedFrame, eventsFrame } from "./frames";
import { part } from "./part";
import { openSocket } from "./socket";
import type { Service, Wire } from "./wire";

/** An urgent event waits this long for those that belong to it (a submit and its messages); 50 ms are allowed. */
const URGENT_MS = 15;
/** Least time between two batches: the server's sustained rate is 20 frames a second. */
const SPACING_MS = 50;
/** Proxies close idle ways after 60 s at the earliest. */
const PING_MS = 25_000;
/** Without any frame this long after a ping the way is dead. */
const PONG_MS = 10_000;
/** Sockets that never greeted, after which POST is tried. */
const SOCKET_TRIES = 2;
/** Refusals by which a server says that trying again is of no use. */
const FINAL = /^(wrong_origin|unknown_key|no_consent)$/;
/** Refusals of a batch itself: sending it again would be refused again. */
const UNFIT = /^(malformed|invalid|unknown_type|too_large|too_deep)$/;

export type Status = "idle" | "connecting" | "ready" | "waiting" | "refused";

export interface LinkHost {
  tape(): Tape;
  hello(): string;
  /** Every frame, after what it says about delivery was done. */
  frame(frame: ServerFrame): void;
  /** The server will not have us: said once, and nothing is tried again. */
  refused(code: string, sentence: string): void;
  /** The server does not know this tape: the next hello must name another. */
  renew(): void;
}

export interface Link {
  status(): Status;
  mode(): "socket" | "post";
  start(): void;
  /** Closes the way, after `linger` ms in which what was just sent is read; what is unacknowledged stays on the tape. */
  stop(linger?: number): void;
  /** A frame that is not an event; dropped unless ready, as the hello carries the state. */
  tell(frame: object): void;
  /** Asks for the tape's new events to be sent: at once if urgent, else within a second. */
  flush(urgent?: boolean): void;
  flushNow(): void;
}

/** Keeps one way to the service open and moves the tape over it, in order, until it is acknowledged. */
export function makeLink(service: Service, host: LinkHost): Link {
  let status: Status = "idle";
  let wire: Wire | undefined;
  let openPost: typeof Fallback.openPost | undefined;
  /** Highest number given to the present wire. */
  let sent = 0;
  let failures = 0;
  let flushMs = FLUSH_MS;
  let due = Infinity;
  let lastBatch = 0;
  let asked = false;
  let flushTimer = 0;
  let retryTimer = 0;
  let pingTimer = 0;

  const queue = () => host.tape().queue;
  const send = (frame: string) => wire?.send(frame);

  function start(): void {
    if (status !== "idle" && status !== "waiting") return;
    clearTimeout(retryTimer);
    status = "connecting";
    const mine = (run: () => void) => () => wire === opened && run();
    const events = {
      open: mine(() => send(host.hello())),
      frame: (frame: ServerFrame) => wire === opened && take(frame),
      closed: mine(lost),
    };
    const opened = openPost?.(service, host.hello, events) ?? openSocket(service, events);
    wire = opened;
  }

  function drop(next: Status, linger = 0): void {
    const old = wire;
    wire = undefined;
    for (const timer of [flushTimer, retryTimer, pingTimer]) clearTimeout(timer);
    due = Infinity;
    status = next;
    if (linger) setTimeout(() => old?.close(), linger);
    else old?.close();
  }

  function retry(wait: number): void {
    drop("waiting");
    retryTimer = setTimeout(start, wait);
  }

  /** The way is gone. One that never greeted may have been refused, which only a plain request can read. */
  function lost(): void {
    const greeted = status === "ready";
    // Where posts fail too, the network has changed: sockets get their chance again.
    if (openPost) asked = !!(openPost = undefined);
    retry(backoff(++failures, Math.random()));
    if (greeted || asked) return;
    asked = true;
    whyNot().catch(() => (asked = false));
  }

  async function whyNot(): Promise<void> {
    const loaded = await part<typeof Fallback>(service.base, "fallback");
    const { code, sentence } = await loaded.why(service);
    if (sentence) refuse(code, sentence);
    else if (failures < SOCKET_TRIES) asked = false;
    else openPost = loaded.openPost;
  }

  function refuse(code: string, sentence: string): void {
    drop("refused");
    host.refused(code, sentence);
  }

  function flush(urgent = false): void {
    if (status !== "ready") return;
    const now = Date.now();
    const at = Math.max(now + (urgent ? URGENT_MS : flushMs), lastBatch + SPACING_MS);
    if (at >= due) return;
    due = at;
    clearTimeout(flushTimer);
    flushTimer = setTimeout(flushNow, at - now);
  }

  function flushNow(): void {
    due = Infinity;
    clearTimeout(flushTimer);
    const { first, next } = queue();
    if (status !== "ready" || sent + 1 >= next) return;
    lastBatch = Date.now();
    if (first > sent + 1) skip(sent + 1, first - 1);
    for (let batch; (batch = queue().slice(sent + 1, MAX_BATCH_EVENTS, BATCH_CHARS)); sent = batch.last) send(eventsFrame(batch));
  }

  function skip(from: number, last: number): void {
    send(droppedFrame(from, last));
    sent = last;
  }

  function again(from: number): void {
    sent = from;
    flush(true);
  }

  function take(frame: ServerFrame): void {
    stayAwake();
    if (frame.type === "welcome") {
      queue().ack(frame.mark);
      sent = status === "ready" ? Math.max(sent, frame.mark) : frame.mark;
      flushMs = frame.flush_ms ?? FLUSH_MS;
      status = "ready";
      failures = 0;
    } else if (frame.type === "ack") queue().ack(frame.mark);
    else if (frame.type === "goaway") retry(1000 * (frame.retry_after + Math.random() * frame.jitter));
    else if (frame.type === "error") trouble(frame);
    host.frame(frame);
    if (frame.type === "welcome") flush(true);
  }

  function trouble({ code, sentence, expected = 0, retry_after: wait = 0, fatal }: Extract<ServerFrame, { type: "error" }>): void {
    const { first } = queue();
    if (FINAL.test(code)) refuse(code, sentence);
    else if (code === "gap") again(expected - 1);
    else if (code === "bad_resume") {
      host.renew();
      retry(0);
    } else if (UNFIT.test(code) && sent >= first) {
      skip(first, sent);
      queue().ack(sent);
    } else if (wait && !fatal) {
      lastBatch = Date.now() + wait * 1000;
      again(first - 1);
    }
  }

  function stayAwake(): void {
    clearTimeout(pingTimer);
    if (openPost) return;
    pingTimer = setTimeout(() => {
      send('{"type":"ping"}');
      pingTimer = setTimeout(lost, PONG_MS);
    }, PING_MS);
  }

  return {
    status: () => status,
    mode: () => (openPost ? "post" : "socket"),
    start,
    stop: (linger) => drop(status === "refused" ? status : "idle", linger),
    tell: (frame) => status === "ready" && send(JSON.stringify(frame)),
    flush,
    flushNow,
  };
}
