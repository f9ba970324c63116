/** One event as it will be sent: its number and its JSON, made once. */
interface Held {
  seq: number;
  json: string;
}

/**
 * The events of one tape that the server has not acknowledged: numbered from 1, without a hole, bounded.
 * When it is full the oldest go first; the reader learns of them through `first`.
 */
export class Queue {
  private _held: Held[] = [];
  private _chars = 0;
  private _next: number;

  constructor(private readonly _maxChars: number, next = 1) {
    this._next = next;
  }

  /** The number the next event gets. */
  get next(): number {
    return this._next;
  }

  /** The lowest number still held, or the next one. */
  get first(): number {
    return this._held[0]?.seq ?? this._next;
  }

  get chars(): number {
    return this._chars;
  }

  /** Appends an event without its number; the number it got. */
  push(event: object): number {
    const seq = this._next++;
    const json = JSON.stringify({ ...event, seq });
    this._held.push({ seq, json });
    this._chars += json.length;
    while (this._chars > this._maxChars && this._held.length > 1) this._shift();
    return seq;
  }

  /** Forgets everything up to and with `mark`: it is durable. */
  ack(mark: number): void {
    while (this._held.length && this.first <= mark) this._shift();
    if (this._next <= mark) this._next = mark + 1;
  }

  /** Up to `count` events from number `from` on whose JSON is at most `chars` long (one at least). */
  slice(from: number, count: number, chars: number): { first: number; last: number; json: string } | undefined {
    const start = Math.max(from - this.first, 0);
    const taken: string[] = [];
    for (const { json } of this._held.slice(start, start + count)) {
      chars -= json.length + 1;
      if (chars < 0 && taken.length) break;
      taken.push(json);
    }
    const first = this.first + start;
    return taken.length ? { first, last: first + taken.length - 1, json: `[${taken.join()}]` } : undefined;
  }

  /** Takes over another queue as it stands. */
  take(other: Queue): void {
    this._held = other._held;
    this._chars = other._chars;
    this._next = other._next;
  }

  /** Takes over events that another document numbered. */
  adopt(events: readonly { seq: number }[]): void {
    for (const event of events) {
      this._next = event.seq;
      this.push(event);
    }
  }

  private _shift(): void {
    const gone = this._held.shift();
    if (gone) this._chars -= gone.json.length;
  }
}
