/** Characters of a batch: at three bytes each it stays under the wire's 64 KiB. */
export const BATCH_CHARS = 20_000;

/** An events frame around a batch of a queue; sent and page date the events. */
export function eventsFrame({ first, json }: { first: number; json: string }): string {
  return `{"type":"events","first":${first},"sent":${Date.now()},"page":${Math.round(performance.now())},"events":${json}}`;
}

/** Says that these numbers are no longer held. */
export function droppedFrame(first: number, last: number): string {
  return `{"type":"dropped","first":${first},"last":${last},"count":${last - first + 1}}`;
}

/** The body of a post or beacon. */
export function body(frames: readonly string[], wait = 0): string {
  return `{"frames":[${frames.join()}],"wait":${wait}}`;
}
