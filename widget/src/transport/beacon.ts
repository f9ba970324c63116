import { MAX_BATCH_EVENTS } from "../protocol.gen";
import type { Tape } from "../core/tape";
import { BATCH_CHARS, body, eventsFrame } from "./frames";
import { type Service, url } from "./wire";

/** Sends the first batch of what is unacknowledged while the document goes away; nobody hears whether it arrived. */
export function sendBeacon(service: Service, { queue }: Tape, hello: string): void {
  const batch = queue.slice(queue.first, MAX_BATCH_EVENTS, BATCH_CHARS);
  if (batch) navigator.sendBeacon(url(service, "beacon"), body([hello, eventsFrame(batch)]));
}
