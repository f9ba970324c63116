/** A batch of a queue: the numbers it spans, and its events as JSON. */
export interface Batch {
  first: number;
  last: number;
  json: string;
}

/** The events of one tape that the server has not acknowledged. */
export interface Queue {
  /** The lowest number still held, or the next one. */
  readonly first: number;
  /** The number the next event gets. */
  readonly next: number;
  /** Appends an event without its number; the number it got. */
  push(event: object): number;
  /** Forgets everything up to and with `mark`: it is durable. */
  ack(mark: number): void;
  /** Up to `count` events from number `from` on whose JSON is at most `chars` long (one at least). */
  slice(from: number, count: number, chars: number): Batch | undefined;
}

/**
 * A queue that numbers events from `next` on, without a hole, and holds at most `maxChars` of JSON. When it is
 * full the oldest go first; who reads it learns of that through `first`.
 */
export function makeQueue(maxChars: number, next = 1): Queue {
  let held: string[] = [];
  let chars = 0;

  const first = () => next - held.length;
  function forget(count: number): void {
    for (const json of held.splice(0, count)) chars -= json.length;
  }

  return {
    get first() {
      return first();
    },
    get next() {
      return next;
    },
    push(event) {
      const json = JSON.stringify({ ...event, seq: next });
      held.push(json);
      chars += json.length;
      while (chars > maxChars && held.length > 1) forget(1);
      return next++;
    },
    ack(mark) {
      forget(Math.max(0, mark + 1 - first()));
      next = Math.max(next, mark + 1);
    },
    slice(from, count, room) {
      const start = Math.max(from - first(), 0);
      let end = start;
      for (; end < held.length && end - start < count; end++) {
        room -= held[end]!.length + 1;
        if (room < 0 && end > start) break;
      }
      const taken = held.slice(start, end);
      return taken.length ? { first: first() + start, last: first() + end - 1, json: `[${taken}]` } : undefined;
    },
  };
}
