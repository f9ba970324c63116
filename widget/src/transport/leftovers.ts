import { MAX_BATCH_EVENTS, MAX_QUEUE_BYTES } from "../protocol.gen";
import { makeQueue } from "../core/queue";
import type { Tape } from "../core/tape";
import { BATCH_CHARS, droppedFrame, eventsFrame } from "./frames";
import { exchange } from "./post";
import { type Kept, type Store, TAPE } from "./store";
import type { Service } from "./wire";

/** One document waits for no more than this many posts of an earlier one. */
const MOST_POSTS = 60;
/** Older tapes are not sent any more: a session ends after 30 minutes, and a day is generous. */
const KEEP_MS = 86_400_000;

type Hello = (tape: Tape) => string;

/**
 * Sends what earlier documents left, each tape as itself with its own resume token. Where two tabs do it at
 * once the server drops the repetition; a lock, where there is one, avoids it. `hello` makes the first frame.
 */
export async function sendLeftovers(service: Service, store: Store, own: string, hello: Hello): Promise<void> {
  for (const name of store.names()) {
    if (!name.startsWith(TAPE) || name === TAPE + own) continue;
    const send = async () => {
      const kept = read(store.get(name));
      if (!kept || (await sendTape(service, kept, hello))) store.set(name, "");
    };
    if (!navigator.locks) await send();
    else await navigator.locks.request("beforehand." + name, { ifAvailable: true }, (lock) => lock && send());
  }
}

function read(text: string): Kept | undefined {
  try {
    const kept = JSON.parse(text) as Kept;
    return Date.now() - kept.saved < KEEP_MS ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** True when the server holds the whole tape, or will never take it. */
async function sendTape(service: Service, kept: Kept, hello: Hello): Promise<boolean> {
  const queue = makeQueue(MAX_QUEUE_BYTES, kept.events[0]?.seq);
  for (const event of kept.events) queue.push(event);
  const tape: Tape = { id: kept.id, resume: kept.resume, queue };
  // Page time goes on after the document is gone, so that its events keep their distance from now.
  const dated = (frame: string) =>
    JSON.stringify({ ...(JSON.parse(frame) as object), sent: Date.now(), page: kept.page + Math.max(0, Date.now() - kept.saved) });
  let skip: string[] = [];
  for (let posts = 0; posts < MOST_POSTS; posts++) {
    const batch = queue.slice(queue.first, MAX_BATCH_EVENTS, BATCH_CHARS);
    if (!batch) return true;
    const { first } = queue;
    const answer = await exchange(service, [dated(hello(tape)), ...skip, dated(eventsFrame(batch))]);
    const had = skip.length;
    skip = [];
    for (const frame of answer) {
      if (frame.type === "welcome" || frame.type === "ack") queue.ack(frame.mark);
      if (frame.type === "welcome") tape.resume = frame.resume;
      if (frame.type !== "error") continue;
      const { code, expected = 1, retry_after } = frame;
      if (code !== "gap" || had || expected >= first) return !retry_after;
      skip = [droppedFrame(expected, first - 1)];
    }
    if (queue.first === first && !skip.length) return false;
  }
  return false;
}
