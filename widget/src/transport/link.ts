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
  /** Every frame that is not about delivery. */
  frame(frame: ServerFrame): void;
  /** The server will not have us: said once, and nothing is tried again. */
  refused(code: string, sentence: string): void;
  /** The server does not know this tape: the next hello must name another. */
  renew(): void;
}

/** Keeps one way to the service open and moves the tape over it, in order, until it is acknowledged. */
export class Link {
  status: Status = "idle";
  failures = 0;
  private _wire: Wire | undefined;
  /** Highest number given to the present wire. */
  private _sent = 0;
  private _flushMs = FLUSH_MS;
  private _due = Infinity;
  private _lastBatch = 0;
  private _flushTimer = 0;
  private _retryTimer = 0;
  private _pingTimer = 0;
  private _asked = false;
  private _openPost: typeof Fallback.openPost | undefined;

  get mode(): string {
    return this._openPost ? "post" : "socket";
  }

  constructor(private readonly _service: Service, private readonly _host: LinkHost) {}

  start(): void {
    if (this.status !== "idle" && this.status !== "waiting") return;
    clearTimeout(this._retryTimer);
    this.status = "connecting";
    const events = {
      open: () => wire === this._wire && wire.send(this._host.hello()),
      frame: (frame: ServerFrame) => wire === this._wire && this._take(frame),
      closed: () => wire === this._wire && this._lost(),
    };
    const wire: Wire = this._openPost?.(this._service, this._host.hello, events) ?? openSocket(this._service, events);
    this._wire = wire;
  }

  /** Closes the way; what is unacknowledged stays on the tape. */
  stop(): void {
    this._drop();
    clearTimeout(this._retryTimer);
    if (this.status !== "refused") this.status = "idle";
  }

  /** Closes and greets anew. */
  restart(): void {
    this.stop();
    this.start();
  }

  /** A frame that is not an event; dropped unless ready, as the hello carries the state. */
  tell(frame: object): void {
    if (this.status === "ready") this._wire?.send(JSON.stringify(frame));
  }

  /** Asks for the tape's new events to be sent: at once if urgent, else within a second. */
  flush(urgent = false): void {
    if (this.status !== "ready") return;
    const due = Math.max(Date.now() + (urgent ? URGENT_MS : this._flushMs), this._lastBatch + SPACING_MS);
    if (due >= this._due) return;
    this._due = due;
    clearTimeout(this._flushTimer);
    this._flushTimer = setTimeout(() => this.flushNow(), due - Date.now());
  }

  flushNow(): void {
    this._due = Infinity;
    clearTimeout(this._flushTimer);
    const { queue } = this._host.tape();
    if (this.status !== "ready" || this._sent + 1 >= queue.next) return;
    this._lastBatch = Date.now();
    if (queue.first > this._sent + 1) this._skip(this._sent + 1, queue.first - 1);
    for (let batch; (batch = queue.slice(this._sent + 1, MAX_BATCH_EVENTS, BATCH_CHARS)); this._sent = batch.last) {
      this._wire?.send(eventsFrame(batch));
    }
  }

  private _skip(first: number, last: number): void {
    this._wire?.send(droppedFrame(first, last));
    this._sent = last;
  }

  private _take(frame: ServerFrame): void {
    this._stayAwake();
    const { queue } = this._host.tape();
    if (frame.type === "welcome") this._welcome(frame.mark, frame.flush_ms);
    if (frame.type === "ack") queue.ack(frame.mark);
    if (frame.type === "goaway") this._retry(1000 * (frame.retry_after + Math.random() * frame.jitter));
    if (frame.type === "error") this._error(frame);
    this._host.frame(frame);
    if (frame.type === "welcome") this.flush(true);
  }

  private _welcome(mark: number, flushMs = FLUSH_MS): void {
    this._host.tape().queue.ack(mark);
    this._sent = this.status === "ready" ? Math.max(this._sent, mark) : mark;
    this._flushMs = flushMs;
    this.status = "ready";
    this.failures = 0;
  }

  private _error({ code, sentence, expected = 0, retry_after = 0, fatal }: Extract<ServerFrame, { type: "error" }>): void {
    const { queue } = this._host.tape();
    if (FINAL.test(code)) this._refuse(code, sentence);
    else if (code === "gap") this._again(expected - 1);
    else if (code === "bad_resume") {
      this._host.renew();
      this._retry(0);
    } else if (UNFIT.test(code) && this._sent >= queue.first) {
      this._skip(queue.first, this._sent);
      queue.ack(this._sent);
    } else if (retry_after && !fatal) {
      this._lastBatch = Date.now() + retry_after * 1000;
      this._again(queue.first - 1);
    }
  }

  private _again(from: number): void {
    this._sent = from;
    this.flush(true);
  }

  private _refuse(code: string, sentence: string): void {
    this._drop();
    this.status = "refused";
    this._host.refused(code, sentence);
  }

  private _drop(): void {
    const wire = this._wire;
    this._wire = undefined;
    clearTimeout(this._pingTimer);
    clearTimeout(this._flushTimer);
    this._due = Infinity;
    wire?.close();
  }

  private _retry(wait: number): void {
    this._drop();
    this.status = "waiting";
    clearTimeout(this._retryTimer);
    this._retryTimer = setTimeout(() => this.start(), wait);
  }

  /** The way is gone. One that never greeted may have been refused, which only a plain request can read. */
  private _lost(): void {
    const greeted = this.status === "ready";
    this._retry(backoff(++this.failures, Math.random()));
    if (greeted || this._asked) return;
    this._asked = true;
    this._why().catch(() => (this._asked = false));
  }

  private async _why(): Promise<void> {
    const { openPost, why } = await part<typeof Fallback>(this._service.base, "fallback");
    const { code, sentence } = await why(this._service);
    if (sentence) this._refuse(code, sentence);
    else if (this.failures < SOCKET_TRIES) this._asked = false;
    else this._openPost = openPost;
  }

  private _stayAwake(): void {
    clearTimeout(this._pingTimer);
    if (this._openPost) return;
    this._pingTimer = setTimeout(() => {
      this.tell({ type: "ping" });
      this._pingTimer = setTimeout(() => this._lost(), PONG_MS);
    }, PING_MS);
  }
}

